"""The container engine behind its door, played by a small server."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from wactorz_common.contracts.spawning import Limits
from wactorz_common.errors import ConfigError, Refused, TransportError
from wactorz_edge.container_engine import ContainerEngine, Place, new_id


class Door:
    """Answers what the test says, and notes what was asked."""

    def __init__(self):
        self.asked = []
        self.answers = {}

    async def handle(self, request):
        body = await request.json() if request.can_read_body else None
        path = request.path.removeprefix("/v1.41")
        self.asked.append((request.method, path, dict(request.query), body))
        status, answer = self.answers.get((request.method, path), (200, {"Id": "c1", "Name": "v1"}))
        if isinstance(status, list):
            status = status.pop(0)
        return web.json_response(answer, status=status)


@pytest.fixture
async def door():
    door = Door()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", door.handle)
    server = TestServer(app)
    await server.start_server()
    place = Place(str(server.make_url("")).rstrip("/"), "house", "local", "guest:1", {"TZ": "UTC"})
    door.engine = ContainerEngine(place)
    yield door
    await door.engine.close()
    await server.close()


async def make(door):
    return await door.engine.make("agent", "probe", "house-guest-1", Limits(memory_mb=64), {"wactorz.agent": "probe"})


async def test_only_a_few_values_are_asked_for(door):
    assert await make(door) == "c1"
    (_, _, _, volume), (_, path, query, body) = door.asked
    marks = {"wactorz.agent": "probe", "wactorz.node": "local"}
    assert volume == {"Name": "house-guest-1", "Labels": marks}
    assert (path, query) == ("/containers/create", {"name": "house-agent-probe"})
    assert body["Labels"] == marks
    assert (body["Image"], body["Env"]) == ("guest:1", ["TZ=UTC"])
    assert body["HostConfig"]["Memory"] == (64 + 128) * 1024 * 1024
    assert set(body["HostConfig"]) == {"Memory", "NanoCpus", "Mounts"}


async def test_a_container_of_that_name_that_was_left_is_replaced(door):
    door.answers["POST", "/containers/create"] = ([409, 201], {"Id": "c2", "message": "in use"})
    assert await make(door) == "c2"
    assert ("DELETE", "/containers/house-agent-probe") in [asked[:2] for asked in door.asked]


@pytest.mark.parametrize(
    ("status", "message", "kind", "words"),
    [
        (403, "Refused by the proxy: Memory", Refused, "Memory"),
        (404, "No such image: guest:1", TransportError, "./just images"),
        (500, "write /x: no space left on device", TransportError, "disk .* is full"),
        (502, "The Docker engine does not answer", TransportError, "does not answer"),
    ],
)
async def test_failures_are_told_in_words(door, status, message, kind, words):
    door.answers["POST", "/containers/create"] = (status, {"message": message})
    with pytest.raises(kind, match=words):
        await make(door)


async def test_what_is_gone_already_is_no_failure(door):
    for method, path in (("DELETE", "/containers/c1"), ("GET", "/volumes/v1"), ("GET", "/containers/c1/json")):
        door.answers[method, path] = (404, {"message": "no such thing"})
    await door.engine.remove("c1")
    await door.engine.remove_volume("v1")
    assert await door.engine.show("c1") is None


async def test_a_container_is_described(door):
    state = {"Running": False, "ExitCode": 137, "OOMKilled": True}
    found = {"Id": "c1", "Name": "/house-slot-1", "State": state, "Mounts": [{"Name": "v1"}]}
    door.answers["GET", "/containers/c1/json"] = (200, found)
    shown = await door.engine.show("c1")
    assert (shown.name, shown.running, shown.exit_code, shown.out_of_memory, shown.volume) == (
        "house-slot-1", False, 137, True, "v1",
    )  # fmt: skip
    assert door.engine.place.is_slot(shown.name)
    assert not door.engine.place.is_slot("house-agent-slot")


async def test_only_containers_of_this_node_are_listed(door):
    door.answers["GET", "/containers/json"] = (200, [{"Id": "c1"}])
    assert [found.id for found in await door.engine.all()] == ["c1"]
    assert "wactorz.node=local" in door.asked[0][2]["filters"]


async def test_an_engine_out_of_reach_is_told_with_what_to_do():
    engine = ContainerEngine(Place("http://127.0.0.1:1", "house", "local", "guest:1"))
    with pytest.raises(TransportError, match="cannot be reached: see whether Docker and its proxy run"):
        await engine.start("c1")
    await engine.close()


async def test_the_bare_socket_is_not_taken():
    with pytest.raises(ConfigError, match="wactorz_docker_proxy"):
        ContainerEngine(Place("unix:///var/run/docker.sock", "house", "local", "guest:1"))


def test_ids_differ():
    assert new_id() != new_id()
    assert len(new_id()) == 12
