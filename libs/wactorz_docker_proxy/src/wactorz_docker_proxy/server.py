"""The proxy itself: judge, look at the labels, ask the engine, strip, answer."""

import asyncio
import json
from http import HTTPStatus
from typing import Any

import aiohttp
import structlog
from aiohttp import web

from wactorz_docker_proxy import hijack, rules, scope, template
from wactorz_docker_proxy.engine import Engine
from wactorz_docker_proxy.refusal import Refused
from wactorz_docker_proxy.rules import Call, Kind
from wactorz_docker_proxy.settings import ProxySettings
from wactorz_docker_proxy.target import parse

LONGEST_BODY = 16_384
PATIENCE = 10.0
"""Seconds for the first request of a connection, and for the body of any."""

_SHOWN = 200
_CHUNK = 65_536
_ACTING = {Kind.ACT, Kind.RENAME, Kind.CREATE, Kind.CREATE_VOLUME, Kind.DELETE_VOLUME, Kind.ATTACH}

log = structlog.get_logger(__name__)


class Missing(Exception):
    """What a request is about does not exist; the text is a sentence."""


class Proxy:
    """Answers the one client of this proxy."""

    def __init__(self, settings: ProxySettings) -> None:
        self._settings = settings
        self._scope = scope.Scope(settings.role, settings.project)
        self._engine = Engine(settings.socket)
        self._serve = {
            Kind.PLAIN: self._plain, Kind.LIST: self._list, Kind.LIST_VOLUMES: self._volumes,
            Kind.INSPECT: self._inspect, Kind.EVENTS: self._events, Kind.ACT: self._act, Kind.STREAM: self._logs,
            Kind.ATTACH: self._attach, Kind.RENAME: self._rename, Kind.CREATE: self._create,
            Kind.CREATE_VOLUME: self._create_volume, Kind.INSPECT_VOLUME: self._volume,
            Kind.DELETE_VOLUME: self._volume, Kind.IMAGE: self._image,
        }  # fmt: skip

    async def close(self) -> None:
        """Let the engine go."""
        await self._engine.close()

    async def alive(self) -> bool:
        """Whether the engine answers."""
        try:
            async with await self._engine.request("GET", "/_ping") as answer:
                return answer.status == HTTPStatus.OK
        except (aiohttp.ClientError, OSError):
            return False

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request; a refusal is a 403 with a sentence, and is logged."""
        shown = {"method": request.method[:10], "path": request.raw_path[:_SHOWN], "peer": request.remote}
        try:
            if "Origin" in request.headers:
                raise Refused("Pages in a browser have nothing to do here")  # noqa: TRY301
            call = rules.judge(self._settings.role, request.method, parse(request.raw_path))
            body = await _body(request, call)
            if call.kind in _ACTING:
                log.info("acting", **shown)
            return await self._serve[call.kind](request, call, body)
        except Refused as refusal:
            log.warning("refused", reason=str(refusal), **shown)
            answer = _said(f"Refused by the proxy: {refusal}", HTTPStatus.FORBIDDEN)
            answer.force_close()
            return answer
        except Missing as missing:
            return _said(str(missing), HTTPStatus.NOT_FOUND)
        except (aiohttp.ClientConnectionError, OSError, EOFError, TimeoutError) as error:
            log.error("engine away", error=str(error), **shown)  # noqa: TRY400  # the trace says nothing more
            text = "The Docker engine does not answer; see whether it runs and whether its socket is mounted here"
            return _said(text, HTTPStatus.BAD_GATEWAY)

    # -- seeing -------------------------------------------------------------------------------------------------

    async def _plain(self, request: web.BaseRequest, call: Call, _body: Any) -> web.StreamResponse:
        return await self._pass(request, call, call.path(""))

    async def _list(self, _request: web.BaseRequest, call: Call, _body: Any) -> web.StreamResponse:
        query = {**call.query, "filters": self._scope.filters(call.query.get("filters", ""), "list")}
        async with await self._engine.request("GET", "/containers/json", query) as answer:
            if answer.status != HTTPStatus.OK:
                return await _copy(answer)
            return web.json_response(scope.listed(await answer.json()))

    async def _inspect(self, _request: web.BaseRequest, call: Call, _body: Any) -> web.StreamResponse:
        return web.json_response(scope.inspected(await self._container(call, self._scope.seen), self._settings.role))

    async def _events(self, request: web.BaseRequest, call: Call, _body: Any) -> web.StreamResponse:
        query = {key: value for key, value in call.query.items() if key != "stream"}
        query["filters"] = self._scope.filters(query.get("filters", ""), "events")
        return await self._pass(request, call, "/events", query)

    async def _logs(self, request: web.BaseRequest, call: Call, _body: Any) -> web.StreamResponse:
        found = await self._container(call, self._scope.seen)
        return await self._pass(request, call, call.path(found["Id"]))

    async def _volumes(self, request: web.BaseRequest, call: Call, _body: Any) -> web.StreamResponse:
        query = {"filters": self._scope.filters(call.query.get("filters", ""), "volumes")}
        return await self._pass(request, call, "/volumes", query)

    async def _image(self, request: web.BaseRequest, call: Call, _body: Any) -> web.StreamResponse:
        return await self._pass(request, call, call.path(template.image_name(self._settings, call.name)))

    # -- acting -------------------------------------------------------------------------------------------------

    async def _act(self, request: web.BaseRequest, call: Call, _body: Any) -> web.StreamResponse:
        found = await self._container(call, self._scope.acted_on)
        return await self._pass(request, call, call.path(found["Id"]))

    async def _rename(self, request: web.BaseRequest, call: Call, _body: Any) -> web.StreamResponse:
        template.container_name(self._settings, call.query.get("name", ""))
        return await self._act(request, call, _body)

    async def _attach(self, request: web.BaseRequest, call: Call, _body: Any) -> web.StreamResponse:
        headers = hijack.upgrade_of(request)
        found = await self._container(call, self._scope.acted_on)
        path = call.path(found["Id"])
        return await hijack.attach(request, self._settings.socket, path, call.query, headers)

    async def _create(self, request: web.BaseRequest, call: Call, body: Any) -> web.StreamResponse:
        name = template.container_name(self._settings, call.query.get("name", ""))
        guest = template.guest(self._settings, body)
        await self._require_volume(guest.volume)
        return await self._pass(request, call, "/containers/create", {"name": name}, guest.body)

    async def _create_volume(self, request: web.BaseRequest, call: Call, body: Any) -> web.StreamResponse:
        wanted = template.volume(self._settings, body)
        if await self._engine.get(f"/volumes/{wanted['Name']}") is not None:
            await self._require_volume(wanted["Name"])
        return await self._pass(request, call, "/volumes/create", {}, wanted)

    async def _volume(self, request: web.BaseRequest, call: Call, _body: Any) -> web.StreamResponse:
        name = template.volume_name(self._settings, call.name)
        await self._require_volume(name)
        return await self._pass(request, call, call.path(name))

    # -- the engine ---------------------------------------------------------------------------------------------

    async def _container(self, call: Call, labels: dict[str, str]) -> dict[str, Any]:
        """The container that a call is about, as it is now; Refused when it is not ours."""
        found = await self._engine.get(f"/containers/{call.name}/json")
        if found is None:
            raise Missing(f"There is no container {call.name}")
        scope.require(found.get("Config", {}).get("Labels"), labels)
        return found

    async def _require_volume(self, name: str) -> None:
        found = await self._engine.get(f"/volumes/{name}")
        if found is None:
            raise Missing(f"There is no volume {name}: create it first")
        scope.require(found.get("Labels"), self._scope.seen)
        if found.get("Driver") != "local" or found.get("Options"):
            raise Refused("The volume lies elsewhere than in the engine's own folder")

    async def _pass(
        self, request: web.BaseRequest, call: Call, path: str, query: dict[str, str] | None = None, body: Any = None
    ) -> web.StreamResponse:
        """Ask the engine and hand its answer on as it comes."""
        asked = call.query if query is None else query
        async with await self._engine.request(call.rule.method, path, asked, body) as answer:
            if answer.status == HTTPStatus.NO_CONTENT or request.method == "HEAD":
                return web.Response(status=answer.status)
            copied = web.StreamResponse(status=answer.status)
            copied.content_type = answer.content_type
            await copied.prepare(request)
            async for chunk in answer.content.iter_any():
                await copied.write(chunk)
            await copied.write_eof()
            return copied


class Server(web.Server):
    """Serves the proxy, and hangs up on whoever connects and asks nothing."""

    def __init__(self, proxy: Proxy) -> None:
        self._silent: set[Any] = set()

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            self._silent.discard(request.protocol)
            return await proxy.handle(request)

        super().__init__(handle, access_log=None, handler_cancellation=True, lingering_time=1)

    def __call__(self) -> Any:
        """The protocol of a new connection."""
        connection = super().__call__()
        self._silent.add(connection)
        asyncio.get_running_loop().call_later(PATIENCE, self._look_at, connection)
        return connection

    def _look_at(self, connection: Any) -> None:
        if connection in self._silent:
            self._silent.discard(connection)
            connection.force_close()


def _said(text: str, status: HTTPStatus) -> web.Response:
    """An error in the form in which the engine has it, which clients compare to the letter."""
    return web.Response(status=status, body=json.dumps({"message": text}).encode(), content_type="application/json")


async def _copy(answer: aiohttp.ClientResponse) -> web.Response:
    return web.Response(status=answer.status, body=await answer.read(), content_type=answer.content_type)


async def _body(request: web.BaseRequest, call: Call) -> Any:
    """The JSON of a request that has some; Refused for bodies where none belongs, long ones and chunked ones."""
    if "Transfer-Encoding" in request.headers or "Content-Encoding" in request.headers:
        raise Refused("The body must be plain, with its length")
    length = request.content_length or 0
    if length > LONGEST_BODY:
        raise Refused("The body is too long")
    if call.kind not in (Kind.CREATE, Kind.CREATE_VOLUME):
        if length:
            raise Refused("This request has no body")
        return None
    try:
        async with asyncio.timeout(PATIENCE):
            data = await request.read()
        return json.loads(data, object_pairs_hook=_once)
    except TimeoutError:
        raise Refused("The body did not come") from None
    except (ValueError, RecursionError):
        raise Refused("The body is not JSON") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused("A key stands twice in the body")
    return found
