"""The proxy before an engine that notes what it is asked."""

import asyncio
import json

import aiohttp
import pytest
import structlog
from aiohttp import web

from wactorz_docker_proxy import server
from wactorz_docker_proxy.server import Proxy, Server
from wactorz_docker_proxy.settings import ProxySettings, Role


class Served:
    """A proxy on a free port, and a session to talk to it."""

    def __init__(self, role, socket):
        settings = ProxySettings(role=role, project="home", socket=socket)
        self._proxy = Proxy(settings)
        self._runner = web.ServerRunner(Server(self._proxy), shutdown_timeout=0.1)
        self.session = None
        self.url = ""

    async def open(self):
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.session = aiohttp.ClientSession()

    async def close(self):
        await self.session.close()
        await self._runner.cleanup()
        await self._proxy.close()

    async def ask(self, method, path, **arguments):
        async with self.session.request(method, self.url + path, **arguments) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text and "\n" not in text else text

    async def alive(self):
        return await self._proxy.alive()


@pytest.fixture
async def watch(engine):
    served = Served(Role.WATCH, engine.path)
    await served.open()
    yield served
    await served.close()


@pytest.fixture
async def create(engine):
    served = Served(Role.CREATE, engine.path)
    await served.open()
    yield served
    await served.close()


async def test_an_act_goes_to_the_full_id_after_a_look_at_the_labels(watch, engine):
    assert await watch.ask("POST", "/v1.41/containers/service/restart?t=0") == (204, "")
    assert engine.asked == [
        ("GET", "/v1.41/containers/service/json", {}, None),
        ("POST", "/v1.41/containers/full-service/restart", {"t": "0"}, None),
    ]


@pytest.mark.parametrize("name", ["broker", "other", "guest"])
async def test_a_container_without_the_labels_is_only_looked_at(watch, engine, name):
    with structlog.testing.capture_logs() as logs:
        status, body = await watch.ask("POST", f"/containers/{name}/stop")
    assert status == 403
    assert body["message"].startswith("Refused by the proxy: It does not bear the label ")
    assert [method for method, *_ in engine.asked] == ["GET"]
    [audit] = [entry for entry in logs if entry["event"] == "refused"]
    assert (audit["method"], audit["path"]) == ("POST", f"/containers/{name}/stop")
    assert "It does not bear the label" in audit["reason"]


async def test_what_is_not_in_the_table_never_reaches_the_engine(watch, create, engine):
    for served in (watch, create):
        for method, path in (("POST", "/containers/service/exec"), ("GET", "/info"), ("POST", "/images/create")):
            status, body = await served.ask(method, path)
            assert (status, body["message"]) == (
                403, "Refused by the proxy: This is not among the allowed requests"
            )  # fmt: skip
    assert engine.asked == []


async def test_lists_and_events_are_narrowed_to_the_project(watch, engine):
    status, body = await watch.ask("GET", "/containers/json?all=1")
    assert (status, "Command" in body[0]) == (200, False)
    status, text = await watch.ask("GET", "/events?since=5")
    assert (status, text.splitlines()) == (200, ['{"Action":"die"}', '{"Action":"stop"}'])
    own = ["com.docker.compose.project=home"]
    (_, _, listed, _), (_, _, events, _) = engine.asked
    assert json.loads(listed["filters"]) == {"label": own}
    assert json.loads(events["filters"]) == {"label": own, "type": ["container"]}
    assert events["since"] == "5"


async def test_secrets_do_not_come_through(watch):
    status, body = await watch.ask("GET", "/containers/service/json")
    assert (status, body["Id"]) == (200, "full-service")
    assert "secret" not in json.dumps(body)


async def test_a_guest_is_built_here(create, engine):
    mount = {"Type": "volume", "Source": "home-guest-1"}
    wanted = {"Image": "wactorz-dynamic-agent:local", "HostConfig": {"Mounts": [mount]}}
    status, body = await create.ask("POST", "/containers/create?name=home-slot-1", json=wanted)
    assert (status, body) == (201, {"Id": "new"})
    method, path, query, sent = engine.asked[-1]
    assert (method, path, query) == ("POST", "/v1.41/containers/create", {"name": "home-slot-1"})
    assert sent["HostConfig"]["CapDrop"] == ["ALL"]
    assert sent["HostConfig"]["NetworkMode"] == "home_guests"


async def test_a_volume_that_is_not_ours_is_not_mounted(create, engine):
    engine.volumes["home-guest-2"] = {"Labels": {}, "Driver": "local"}
    engine.volumes["home-guest-3"] = {**engine.volumes["home-guest-1"], "Options": {"device": "/", "o": "bind"}}
    for name, expected in (("home-guest-2", 403), ("home-guest-3", 403), ("home-guest-4", 404)):
        wanted = {
            "Image": "wactorz-dynamic-agent:local",
            "HostConfig": {"Mounts": [{"Type": "volume", "Source": name}]},
        }
        status, body = await create.ask("POST", "/containers/create?name=home-slot-1", json=wanted)
        assert (status, "message" in body) == (expected, True)
        status, _ = await create.ask("DELETE", f"/volumes/{name}")
        assert status == expected
    assert {method for method, *_ in engine.asked} == {"GET"}
    status, _ = await create.ask("POST", "/volumes/create", json={"Name": "home-guest-2"})
    assert status == 403
    assert (await create.ask("POST", "/volumes/create", json={"Name": "home-guest-9"}))[0] == 201


@pytest.mark.parametrize(
    ("headers", "data", "reason"),
    [
        ({}, b"{", "not JSON"),
        ({}, b'{"Image": "a", "Image": "b"}', "A key stands twice in the body"),
        ({}, b"x" * 20_000, "too long"),
        ({"Content-Encoding": "gzip"}, b"{}", "plain"),
    ],
)
async def test_bodies_with_two_readings_are_refused(create, engine, headers, data, reason):
    status, body = await create.ask("POST", "/containers/create?name=home-slot-1", data=data, headers=headers)
    assert status == 403
    assert reason in body["message"]
    assert engine.asked == []


async def test_chunked_bodies_and_bodies_where_none_belongs_are_refused(create, engine):
    async def chunks():
        yield b"{}"

    status, body = await create.ask("POST", "/volumes/create", data=chunks())
    assert (status, "with its length" in body["message"]) == (403, True)
    status, body = await create.ask("POST", "/containers/guest/start", data=b"{}")
    assert (status, "has no body" in body["message"]) == (403, True)
    assert engine.asked == []


async def test_attaching_carries_bytes_both_ways(create, engine):
    host, _, port = create.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"POST /containers/guest/attach?stream=1&stdin=1 HTTP/1.1\r\nHost: docker\r\n"
        b"Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n"
    )
    async with asyncio.timeout(5):
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 ")
        assert await reader.readexactly(6) == b"hello "
        writer.write(b"world")
        assert await reader.read() == b"WORLD"
    writer.close()
    assert engine.asked[-1][:3] == ("POST", "/v1.41/containers/full-guest/attach", {"stream": "1", "stdin": "1"})
    status, body = await create.ask("POST", "/containers/guest/attach?stream=1")
    assert (status, "needs an upgraded connection" in body["message"]) == (403, True)


async def test_an_engine_that_is_away_is_said_in_words(watch, engine):
    assert await watch.alive()
    await engine.close()
    status, body = await watch.ask("GET", "/containers/json")
    assert (status, body["message"]) == (
        502, "The Docker engine does not answer; see whether it runs and whether its socket is mounted here"
    )  # fmt: skip
    assert not await watch.alive()
    await engine.open()


async def raw(served, data):
    """What comes back for these bytes until the connection is closed."""
    host, port = served.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(data)
    try:
        async with asyncio.timeout(5):
            return await reader.read()
    finally:
        writer.close()


async def test_pages_in_a_browser_are_refused(watch, create, engine):
    for served in (watch, create):
        status, body = await served.ask("GET", "/containers/json", headers={"Origin": "http://example.org"})
        assert (status, "browser" in body["message"]) == (403, True)
    assert engine.asked == []


async def test_who_says_nothing_or_stops_in_the_middle_is_not_waited_for(create, engine, monkeypatch):
    monkeypatch.setattr(server, "PATIENCE", 0.2)
    assert await raw(create, b"") == b""
    assert await raw(create, b"GET /_ping HTTP/1.1\r\nX: ") == b""
    said = await raw(create, b"POST /volumes/create HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{")
    assert b"403" in said
    assert b"did not come" in said
    assert engine.asked == []
    assert (await create.ask("GET", "/_ping"))[0] == 200


@pytest.mark.parametrize(
    "head",
    [
        "GET /containers/%2e%2e/containers/other/json HTTP/1.1", "GET http://docker/containers/json HTTP/1.1",
        "GET //containers/json HTTP/1.1", "GET /v1.41/v1.41/containers/json HTTP/1.1",
        "GET /v1.1000/containers/json HTTP/1.1", "GET /containers/guest/json;x=1 HTTP/1.1",
        "GET /containers/guest/json#/../ HTTP/1.1", "OPTIONS /containers/json HTTP/1.1", "HEAD /containers/json HTTP/1.1",
        "POST /containers/guest/exec HTTP/1.1\r\nContent-Length: 0", "PRI * HTTP/2.0", "GET /containers/guest\x0b/json HTTP/1.1",
        "POST /volumes/create HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
        "POST /volumes/create HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6",
        "GET /images/wactorz-dynamic-agent:local@sha256:aa/json HTTP/1.1", "GET /images/x%2fwactorz-dynamic-agent:local/json HTTP/1.1",
        "GET /containers/json?filters={}&filters={} HTTP/1.1", "GET /containers/json?all=1;all=0 HTTP/1.1",
    ],
)  # fmt: skip
async def test_requests_with_two_readings_never_reach_the_engine(create, engine, head):
    said = await raw(create, f"{head}\r\nHost: x\r\nConnection: close\r\n\r\n".encode("latin-1"))
    assert said.split(b" ")[1] in (b"403", b"400")
    assert engine.asked == []
