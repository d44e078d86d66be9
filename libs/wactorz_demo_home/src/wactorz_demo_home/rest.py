"""The REST door: states, services and configuration over HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from wactorz_demo_home.automations import AutomationDoor
from wactorz_demo_home.config import config_of, services_of
from wactorz_demo_home.context import Context
from wactorz_demo_home.faults import Faults
from wactorz_demo_home.recorder import Point
from wactorz_demo_home.targets import is_entity_id
from wactorz_demo_home.websocket import compact, parsed, same_secret
from wactorz_demo_home.world import Outcome, World

_MAX_STATE = 255
_DEMO = "/api/demo/"
_TROUBLE = "500 Internal Server Error\n\nServer got itself in trouble"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guard(token: str, faults: Faults) -> Any:
    """Return the middleware that lets only holders of the token in (the WebSocket asks by itself)."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        known = scheme == "Bearer" and same_secret(given, token)
        if request.path.startswith(_DEMO) and known:
            return await handler(request)  # the switch that ends a fault must not suffer from it
        if faults.status:
            return web.Response(status=faults.status, text=f"{faults.status}: out of order")
        if request.path == "/api/websocket":
            return await handler(request)
        if faults.slow:
            await asyncio.sleep(faults.slow)
        if not known or faults.lose_token:
            raise web.HTTPUnauthorized
        return await handler(request)

    return check


def _json(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(body=compact(content).encode(), status=status, headers=headers, content_type="application/json")


def _message(text: str, status: int = 200) -> web.Response:
    return _json({"message": text}, status)


class RestDoor:
    """Serves `/api/…`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add every path."""
        router.add_get("/api/", self.running)
        router.add_get("/api/config", self.config)
        router.add_get("/api/states", self.states)
        router.add_get("/api/states/{entity_id}", self.state)
        router.add_post("/api/states/{entity_id}", self.set_state)
        router.add_delete("/api/states/{entity_id}", self.remove_state)
        router.add_get("/api/services", self.services)
        router.add_post("/api/services/{domain}/{service}", self.call_service)
        AutomationDoor(self._world.automations).add_routes(router)
        router.add_post(f"{_DEMO}faults", self.switch_faults)
        router.add_post(f"{_DEMO}drop", self.drop_connections)
        router.add_post(f"{_DEMO}history", self.seed_history)

    async def running(self, _request: web.Request) -> web.Response:
        """Say that the house is there."""
        return _message("API running.")

    async def config(self, _request: web.Request) -> web.Response:
        """Answer with the configuration."""
        return _json(config_of(self._world))

    async def states(self, _request: web.Request) -> web.Response:
        """Answer with every state."""
        return _json([state.as_dict() for state in self._world.states.values()])

    async def state(self, request: web.Request) -> web.Response:
        """Answer with one state."""
        found = self._world.states.get(request.match_info["entity_id"])
        return _json(found.as_dict()) if found else _message("Entity not found.", 404)

    async def set_state(self, request: web.Request) -> web.Response:
        """Set a state by hand; attributes stay as they are when not given."""
        entity_id = request.match_info["entity_id"]
        if not is_entity_id(entity_id):
            return _message("Invalid entity ID specified.", 400)
        body = await _body(request)
        if not isinstance(body, dict):
            return _message("Invalid JSON specified.", 400)
        state, attributes = body.get("state"), body.get("attributes")
        if state is None:
            return _message("No state specified.", 400)
        if len(str(state)) > _MAX_STATE or not (attributes is None or isinstance(attributes, dict)):
            return _message("Invalid state specified.", 400)
        fresh = entity_id not in self._world.states
        now = self._world.set_state(
            entity_id, str(state), attributes, self._context(), force=bool(body.get("force_update"))
        )
        return _json(now.as_dict(), 201 if fresh else 200, {"Location": f"/api/states/{entity_id}"})

    async def remove_state(self, request: web.Request) -> web.Response:
        """Remove a state."""
        removed = self._world.remove_state(request.match_info["entity_id"], self._context())
        return _message("Entity removed.") if removed else _message("Entity not found.", 404)

    async def services(self, _request: web.Request) -> web.Response:
        """Answer with every service."""
        return _json([{"domain": domain, "services": own} for domain, own in services_of(self._world).items()])

    async def call_service(self, request: web.Request) -> web.Response:
        """Call a service; answers with the states that it changed."""
        data = await _body(request, empty={})
        if not isinstance(data, dict):
            return _message("Data should be valid JSON.", 400)
        domain, service = request.match_info["domain"], request.match_info["service"]
        wants_response = "return_response" in request.query
        outcome = self._world.call(domain, service, data, self._context(), return_response=wants_response)
        outcome.report()
        return _called(outcome, wants_response=wants_response)

    async def switch_faults(self, request: web.Request) -> web.Response:
        """Switch faults on and off; answers with all of them."""
        body = await _body(request)
        if not isinstance(body, dict):
            return _message("Invalid JSON specified.", 400)
        try:
            now = self._world.faults.switch(body)
        except ValueError as error:
            return _message(str(error), 400)
        self._world.make_unavailable(self._world.faults.unavailable)
        return _json(now)

    async def drop_connections(self, _request: web.Request) -> web.Response:
        """Cut every WebSocket connection, as a dying process would."""
        self._world.faults.drop_connections()
        return _message("Connections cut.")

    async def seed_history(self, request: web.Request) -> web.Response:
        """Add a made-up past: `{entity_id: [[epoch seconds, state, attributes?], ...]}`."""
        body = await _body(request)
        if self._world.recorder is None:
            return _message("This home has no recorder.", 404)
        try:
            points = [Point(entity_id, float(row[0]), str(row[1]), dict(row[2]) if row[2:] else {})
                      for entity_id, rows in body.items() for row in rows]  # fmt: skip
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            return _message("Invalid history specified.", 400)
        return _json({"points": self._world.recorder.seed(points)})

    def _context(self) -> Context:
        return Context(user_id=self._world.owner_id)


async def _body(request: web.Request, empty: Any = None) -> Any:
    """Return the body's JSON; `empty` when there is none, None when it is not JSON."""
    try:
        text = await request.text()
        return parsed(text) if text.strip() else empty
    except ValueError:
        return None


def _called(outcome: Outcome, *, wants_response: bool) -> web.Response:
    error = outcome.error
    if error is not None:
        key = error.translation.get("translation_key")
        if key == "service_does_not_support_response":
            return _message("Service does not support responses. Remove return_response from request.", 400)
        if key == "service_lacks_response_request":
            return _message("Service call requires responses but caller did not ask for responses. "
                            "Add ?return_response to query parameters.", 400)  # fmt: skip
        if error.code in ("invalid_format", "not_found"):
            raise web.HTTPBadRequest
        return web.Response(status=500, text=_TROUBLE)
    changed = [state.as_dict() for state in outcome.changes]
    return _json({"changed_states": changed, "service_response": outcome.response} if wants_response else changed)
