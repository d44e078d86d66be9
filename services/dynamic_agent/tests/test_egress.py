"""Web servers: granted ones only, private ones only by address, small answers, no sending on elsewhere."""

import asyncio
import gzip
import json
import socket

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from wactorz_common.errors import ContractError, TransportError
from wactorz_dynamic_agent import egress
from wactorz_dynamic_agent.egress import Web
from wactorz_dynamic_agent.errors import Denied


async def page(request: web.Request) -> web.Response:
    return web.json_response({"got": await request.text(), "header": request.headers.get("X-Test")})


async def big(_request: web.Request) -> web.Response:
    return web.Response(body=b"x" * (egress.MOST_BYTES + 1))


async def here(_request: web.Request) -> web.Response:
    raise web.HTTPFound("/page")


async def elsewhere(_request: web.Request) -> web.Response:
    raise web.HTTPFound("http://169.254.169.254/latest")


async def around(_request: web.Request) -> web.Response:
    raise web.HTTPFound("/around")


async def bomb(_request: web.Request) -> web.Response:
    return web.Response(body=gzip.compress(b"x" * 50_000_000), headers={"Content-Encoding": "gzip"})


async def slowly(_request: web.Request) -> web.Response:
    return web.Response(body=b"-" + b"a" * 900_000, headers={"Content-Type": "text/plain; charset=punycode"})


async def unknown(_request: web.Request) -> web.Response:
    return web.Response(body="häuser".encode(), headers={"Content-Type": "text/plain; charset=zip"})


async def latin(_request: web.Request) -> web.Response:
    return web.Response(body="häuser".encode("latin-1"), headers={"Content-Type": "text/plain; charset=ISO-8859-1"})


async def seen(request: web.Request) -> web.Response:
    return web.json_response({key.lower(): value for key, value in request.headers.items()})


@pytest.fixture
async def server():
    app = web.Application()
    for function in (page, big, here, elsewhere, around, bomb, slowly, unknown, latin, seen):
        app.router.add_route("*", f"/{function.__name__}", function)
    async with TestServer(app) as running:
        yield running


def url(server: TestServer, path: str, host: str = "127.0.0.1") -> str:
    return f"http://{host}:{server.port}/{path}"


async def get(granted: tuple[str, ...], address: str, *, allow_private: bool = False, **args: object):
    return await Web(granted, allow_private=allow_private).fetch({"url": address, **args}, 5.0)


async def test_a_granted_address_answers(server) -> None:
    answer = await get((f"127.0.0.1:{server.port}",), url(server, "page"), method="POST", body="hello",
                       headers={"X-Test": "1"})  # fmt: skip
    assert answer["status"] == 200
    assert answer["body"] == '{"got": "hello", "header": "1"}'


async def test_grants_are_read_as_people_write_them(server) -> None:
    assert (await get((f"LocalHost:{server.port}",), url(server, "page", "localhost"), allow_private=True))[
        "status"
    ] == 200
    with pytest.raises(TransportError):
        await get(("[::1]:1",), "http://[::1]:1/")


async def test_what_is_not_granted_is_named(server) -> None:
    with pytest.raises(Denied, match=f'"http": \\["127.0.0.1:{server.port}"\\]'):
        await get(("example.com",), url(server, "page"))
    with pytest.raises(Denied, match="grant"):
        await get(("127.0.0.1",), url(server, "page"))


async def test_a_name_that_leads_inside_is_refused(server) -> None:
    granted = (f"localhost:{server.port}",)
    with pytest.raises(Denied, match="private network"):
        await get(granted, url(server, "page", "localhost"))
    assert (await get(granted, url(server, "page", "localhost"), allow_private=True))["status"] == 200


@pytest.mark.parametrize(
    "host",
    ["10.0.0.1", "192.168.1.1", "169.254.169.254", "127.0.0.1", "0.0.0.0", "100.64.0.1", "[::1]", "[::ffff:127.0.0.1]"],
)
async def test_a_plain_grant_does_not_open_private_addresses(host: str) -> None:
    with pytest.raises(Denied):
        await get((host.strip("[]"),), f"http://{host}/")


async def test_a_private_answer_of_the_resolver_is_refused(monkeypatch) -> None:
    async def resolve(*_args: object, **_options: object):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.168.0.7", 80))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolve)
    with pytest.raises(Denied, match=r"192\.168\.0\.7"):
        await get(("rebound.example",), "http://rebound.example/")


async def test_sending_on(server) -> None:
    granted = (f"127.0.0.1:{server.port}",)
    assert (await get(granted, url(server, "here")))["status"] == 200
    with pytest.raises(Denied, match=r"169\.254\.169\.254"):
        await get(granted, url(server, "elsewhere"))
    with pytest.raises(TransportError, match="sends on more than 3 times"):
        await get(granted, url(server, "around"))


async def test_large_answers_and_broken_addresses(server) -> None:
    granted = (f"127.0.0.1:{server.port}", "127.0.0.1:1")
    with pytest.raises(TransportError, match="larger than 1 MiB"):
        await get(granted, url(server, "big"))
    with pytest.raises(TransportError, match="could not be called"):
        await get(granted, "http://127.0.0.1:1/")
    for address in ("file:///etc/passwd", "http://", "gopher://x/", "x"):
        with pytest.raises(ContractError):
            await get(granted, address)
    with pytest.raises(ContractError, match="password"):
        await get(granted, f"http://a:b@127.0.0.1:{server.port}/")
    with pytest.raises(ContractError, match="HTTP method"):
        await get(granted, url(server, "page"), method="BREW")


async def test_what_is_packed_is_not_unpacked(server) -> None:
    with pytest.raises(TransportError, match="packed"):
        await get((f"127.0.0.1:{server.port}",), url(server, "bomb"))


async def test_text_is_read_in_usual_encodings_only(server) -> None:
    granted = (f"127.0.0.1:{server.port}",)
    async with asyncio.timeout(20):
        assert (await get(granted, url(server, "slowly")))["body"].startswith("-aaa")
    assert (await get(granted, url(server, "unknown")))["body"] == "häuser"
    assert (await get(granted, url(server, "latin")))["body"] == "häuser"


@pytest.mark.parametrize(
    "name",
    [
        "Host",
        "host ",
        "Content-Length",
        "Transfer-Encoding",
        "Connection",
        "Upgrade",
        "Proxy-Authorization",
        "TE",
        "Expect",
    ],
)
async def test_headers_of_the_connection_are_not_the_agents(server, name: str) -> None:
    with pytest.raises(ContractError, match="header"):
        await get((f"127.0.0.1:{server.port}",), url(server, "seen"), headers={name: "elsewhere.example"})


async def test_the_server_is_asked_for_plain_text_by_its_own_name(server) -> None:
    answer = await get((f"127.0.0.1:{server.port}",), url(server, "seen"), headers={"accept-encoding": "br"})
    got = json.loads(answer["body"])
    assert (got["host"], got["accept-encoding"]) == (f"127.0.0.1:{server.port}", "identity")


async def test_a_header_of_two_lines_is_refused(server) -> None:
    with pytest.raises((ContractError, TransportError)):
        await get((f"127.0.0.1:{server.port}",), url(server, "seen"), headers={"X-A": "1\r\nHost: other"})


@pytest.mark.parametrize(
    "address",
    ["::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:c0a8:101::1",
     "2001:0:4136:e378:8000:63bf:3f57:fefe", "fe80::1%eth0", "fd00::1", "::1", "0.0.0.0", "169.254.169.254", "224.0.0.1",
     "100.64.0.1", "192.168.0.1"],
)  # fmt: skip
def test_addresses_that_lead_inside_in_some_spelling(address: str) -> None:
    with pytest.raises(Denied):
        egress._require_public("x", address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "2002:5db8:d822::1"])
def test_addresses_of_the_world(address: str) -> None:
    egress._require_public("x", address)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:{}\\@example.org/", "http://example.org\\@127.0.0.1:{}/", "http://2130706433:{}/seen",
                "http://0x7f.1:{}/seen", "http://127.1:{}/seen", "http://example.org@127.0.0.1:{}/seen",
                "http://example.org\t@127.0.0.1:{}/", "http://exam\nple.org/", "http://example.org%2f@127.0.0.1:{}/"]
)  # fmt: skip
async def test_other_spellings_of_an_address_are_no_way_in(server, address: str) -> None:
    with pytest.raises((Denied, ContractError, TransportError)):
        await get(("example.org",), address.format(server.port))


async def test_few_calls_are_under_way_at_once(server, monkeypatch) -> None:
    open_now, most = 0, 0

    async def call(*_args: object) -> tuple[dict[str, object], str]:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await asyncio.sleep(0.01)
        open_now -= 1
        return {"status": 200}, ""

    monkeypatch.setattr(egress, "_call", call)
    web_ = Web(("example.org",), allow_private=False)
    await asyncio.gather(*[web_.fetch({"url": "http://example.org/"}, 5.0) for _ in range(40)])
    assert most == egress.AT_ONCE
