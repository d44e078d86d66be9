"""The table of requests, each for both roles."""

import pytest

from wactorz_docker_proxy.refusal import Refused
from wactorz_docker_proxy.rules import Kind, judge
from wactorz_docker_proxy.settings import Role
from wactorz_docker_proxy.target import parse

BOTH = (Role.WATCH, Role.CREATE)
CREATE = (Role.CREATE,)
ALLOWED = [
    ("GET", "/_ping", Kind.PLAIN, BOTH),
    ("HEAD", "/_ping", Kind.PLAIN, BOTH),
    ("GET", "/version", Kind.PLAIN, BOTH),
    ("GET", "/containers/json?all=1&filters=%7B%7D", Kind.LIST, BOTH),
    ("GET", "/containers/abc/json", Kind.INSPECT, BOTH),
    ("GET", "/events?since=1.5&until=2&stream=1", Kind.EVENTS, BOTH),
    ("POST", "/containers/abc/start", Kind.ACT, BOTH),
    ("POST", "/containers/abc/stop?t=0", Kind.ACT, BOTH),
    ("POST", "/containers/abc/restart?t=10", Kind.ACT, BOTH),
    ("POST", "/containers/abc/kill?signal=SIGKILL", Kind.ACT, CREATE),
    ("DELETE", "/containers/abc?force=1&v=1", Kind.ACT, CREATE),
    ("POST", "/containers/abc/rename?name=x", Kind.RENAME, CREATE),
    ("POST", "/containers/abc/attach?stream=1&stdin=1&detachKeys=", Kind.ATTACH, CREATE),
    ("GET", "/containers/abc/logs?stdout=1&tail=100", Kind.STREAM, CREATE),
    ("GET", "/containers/abc/stats?stream=0", Kind.STREAM, CREATE),
    ("POST", "/containers/create?name=x", Kind.CREATE, CREATE),
    ("GET", "/volumes", Kind.LIST_VOLUMES, CREATE),
    ("POST", "/volumes/create", Kind.CREATE_VOLUME, CREATE),
    ("GET", "/volumes/x", Kind.INSPECT_VOLUME, CREATE),
    ("DELETE", "/volumes/x", Kind.DELETE_VOLUME, CREATE),
    ("GET", "/images/wactorz-dynamic-agent:local/json", Kind.IMAGE, CREATE),
]
REFUSED = [
    ("POST", "/containers/abc/exec"), ("POST", "/exec/abc/start"), ("POST", "/containers/abc/update"),
    ("POST", "/containers/abc/pause"), ("POST", "/containers/abc/unpause"), ("POST", "/containers/abc/wait"),
    ("GET", "/containers/abc/archive?path=/"), ("PUT", "/containers/abc/archive?path=/"),
    ("HEAD", "/containers/abc/archive"), ("POST", "/containers/abc/copy"), ("GET", "/containers/abc/export"),
    ("GET", "/containers/abc/changes"), ("GET", "/containers/abc/top"), ("POST", "/containers/prune"),
    ("POST", "/containers/abc/resize"), ("DELETE", "/containers/json"), ("DELETE", "/containers/create"),
    ("POST", "/build"), ("POST", "/build/prune"), ("POST", "/commit"), ("POST", "/images/create?fromImage=x"),
    ("POST", "/images/load"), ("POST", "/images/abc/push"), ("POST", "/images/abc/tag"), ("DELETE", "/images/abc"),
    ("GET", "/images/json"), ("GET", "/images/abc/history"), ("GET", "/networks"), ("POST", "/networks/create"),
    ("POST", "/networks/abc/connect"), ("DELETE", "/networks/abc"), ("POST", "/volumes/prune"),
    ("PUT", "/volumes/abc"), ("GET", "/info"), ("GET", "/system/df"), ("POST", "/auth"), ("GET", "/swarm"),
    ("POST", "/swarm/init"), ("GET", "/nodes"), ("GET", "/services"), ("POST", "/services/create"), ("GET", "/tasks"),
    ("GET", "/secrets"), ("POST", "/secrets/create"), ("GET", "/configs"), ("GET", "/plugins"),
    ("POST", "/plugins/pull"), ("POST", "/session"), ("POST", "/grpc"), ("GET", "/distribution/abc/json"),
    ("OPTIONS", "/containers/json"), ("POST", "/containers/json"), ("get", "/containers/json"),
    ("CONNECT", "/containers/json"), ("PATCH", "/containers/abc/json"), ("GET", "/containers/abc/start"),
    ("GET", "/containers/json?size=1&limit=1"), ("POST", "/containers/abc/start?detachKeys=x"),
    ("POST", "/containers/abc/stop?t=-1"), ("POST", "/containers/abc/stop?t=99999"),
    ("POST", "/containers/abc/kill?signal=STOP"), ("POST", "/containers/create?platform=x"),
    ("POST", "/containers/abc/attach?detachKeys=ctrl-c"), ("GET", "/containers/abc/logs?stdout=2"),
    ("GET", "/containers/abc/json?size=1"), ("DELETE", "/containers/abc?link=1"), ("GET", "/containers/prune/json"),
]  # fmt: skip


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("method", "path", "kind", "roles"), ALLOWED)
def test_what_the_table_lists(role: Role, method: str, path: str, kind: Kind, roles: tuple[Role, ...]) -> None:
    if role in roles:
        assert judge(role, method, parse(path)).kind is kind
        return
    with pytest.raises(Refused, match="The role watch may not do this"):
        judge(role, method, parse(path))


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("method", "path"), REFUSED)
def test_everything_else_is_refused(role: Role, method: str, path: str) -> None:
    with pytest.raises(Refused):
        judge(role, method, parse(path))


def test_a_call_knows_its_name_and_path() -> None:
    call = judge(Role.WATCH, "POST", parse("/v1.41/containers/abc/stop?t=3"))
    assert (call.name, call.path("full-id"), call.query) == ("abc", "/containers/full-id/stop", {"t": "3"})
