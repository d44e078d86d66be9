"""Labels, forced filters, and what is left out."""

import json

import pytest

from wactorz_docker_proxy.refusal import Refused
from wactorz_docker_proxy.scope import Scope, inspected, listed, require
from wactorz_docker_proxy.settings import Role

WATCH = Scope(Role.WATCH, "home")
CREATE = Scope(Role.CREATE, "home")
OWN = "com.docker.compose.project=home"


def test_the_watcher_acts_on_supervised_containers_of_the_project() -> None:
    require({"com.docker.compose.project": "home", "wactorz.supervised": "true"}, WATCH.acted_on)
    for labels in (
        {"com.docker.compose.project": "home"}, {"com.docker.compose.project": "home", "wactorz.supervised": "false"},
        {"com.docker.compose.project": "house", "wactorz.supervised": "true"}, {"wactorz.supervised": "true"}, {}, None,
    ):  # fmt: skip
        with pytest.raises(Refused, match="It does not bear the label"):
            require(labels, WATCH.acted_on)


def test_the_creator_acts_on_guests_of_the_project() -> None:
    require({"wactorz.project": "home", "wactorz.kind": "guest"}, CREATE.acted_on)
    for labels in (
        {"wactorz.project": "home"}, {"wactorz.project": "house", "wactorz.kind": "guest"},
        {"com.docker.compose.project": "home", "wactorz.supervised": "true"},
    ):  # fmt: skip
        with pytest.raises(Refused):
            require(labels, CREATE.acted_on)


def test_filters_are_narrowed_never_widened() -> None:
    assert json.loads(WATCH.filters("", "list")) == {"label": [OWN]}
    given = '{"label": {"com.docker.compose.project=house": true}, "status": ["running"]}'
    merged = json.loads(WATCH.filters(given, "list"))
    assert merged == {"label": ["com.docker.compose.project=house", OWN], "status": ["running"]}
    events = json.loads(WATCH.filters('{"event": ["die"]}', "events"))
    assert events == {"event": ["die"], "label": [OWN], "type": ["container"]}
    assert json.loads(CREATE.filters("", "volumes"))["label"] == ["wactorz.project=home", "wactorz.kind=guest"]


@pytest.mark.parametrize(
    "given",
    ['{"label!": ["a"]}', '{"type": ["image"]}', "[]", "{", '{"label": "a"}', '{"label": {"a": false}}',
     '{"label": [1]}', '{"volume": ["x"]}', "[" * 5000],
)  # fmt: skip
def test_strange_filters_are_refused(given: str) -> None:
    with pytest.raises(Refused):
        WATCH.filters(given, "list")


def test_secrets_stay_behind() -> None:
    found = {
        "Id": "1", "Name": "/a", "State": {"Running": True}, "Args": ["--password=x"], "Mounts": [{"Source": "/etc"}],
        "Config": {"Env": ["TOKEN=x"], "Cmd": ["--password=x"], "Labels": {"a": "b"}, "Image": "i"},
        "HostConfig": {"Binds": ["/etc:/etc"], "RestartPolicy": {"Name": "no"}},
    }  # fmt: skip
    seen = inspected(found, Role.WATCH)
    assert seen["State"] == {"Running": True}
    assert seen["Config"]["Labels"] == {"a": "b"}
    assert seen["HostConfig"] == {"RestartPolicy": {"Name": "no"}}
    assert not {"password", "TOKEN", "/etc"} & set(json.dumps(seen).replace('"', " ").replace("=", " ").split())
    guest = inspected(found, Role.CREATE)
    assert guest["Mounts"] == [{"Source": "/etc"}]
    assert "TOKEN" not in str(guest)
    assert (
        listed([{"Id": "1", "Names": ["/a"], "Mounts": [1], "Command": "x", "State": "running"}])[0]["State"]
        == "running"
    )
    assert "Command" not in listed([{"Id": "1", "Command": "x"}])[0]
