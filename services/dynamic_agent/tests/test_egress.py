"""Web servers: granted ones only, private ones only by address, small answers, no sending on elsewhere."""

import asyncio
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


@pytest.fixture
async def server():
    app = web.Application()
    for function in (page, big, here, elsewhere, around):
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
