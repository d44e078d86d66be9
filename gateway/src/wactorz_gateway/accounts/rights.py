"""Which role a route needs at least. A route that is not in this table is refused to everybody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from wactorz_gateway.accounts.roles import ADMIN, NOBODY, OWNER, USER, VIEWER, Role, covers, higher

OPEN: Role = NOBODY
"""Needs nobody: probes, the way in, the page."""

WEBSOCKET = "WS"
"""Stands for the method of a WebSocket."""

ROUTES: Mapping[str, Role] = {
    # -- the way in, the page and its parts
    "GET /health": OPEN, "GET /healthz": OPEN, "GET /livez": OPEN, "GET /ready": OPEN, "GET /readyz": OPEN,
    "GET /api/health": OPEN,
    "GET /api/session": OPEN, "POST /api/setup": OPEN, "POST /api/login": OPEN, "POST /api/logout": OPEN,
    "GET /": OPEN, "GET /page/{name}": OPEN, "GET /favicon.ico": OPEN, "GET /assets/{path:path}": OPEN,
    "GET /manifest.webmanifest": OPEN, "GET /sw.js": OPEN, "GET /icon.svg": OPEN, "GET /icons/{name}": OPEN,
    "GET /plain": OPEN,
    # -- one's own account
    "POST /api/password": VIEWER,
    "GET /api/tokens": VIEWER, "POST /api/tokens": VIEWER, "DELETE /api/tokens/{id}": VIEWER,
    "GET /api/sessions": VIEWER, "DELETE /api/sessions/{id}": VIEWER,
    # -- other people
    "GET /api/people": ADMIN, "POST /api/people": ADMIN,
    "PATCH /api/people/{name}": ADMIN, "DELETE /api/people/{name}": ADMIN, "GET /api/changes": ADMIN,
    "GET /api/admission": ADMIN,
    # -- looking
    "GET /api/docs": VIEWER, "GET /api/openapi.json": VIEWER, "GET /api/config": VIEWER, "GET /api/metrics": VIEWER,
    "GET /api/nodes": VIEWER, "GET /api/cost": VIEWER, "GET /api/logs": VIEWER, "GET /api/commands": VIEWER,
    "GET /api/actors": VIEWER, "GET /api/actors/{actor}": VIEWER,
    "GET /api/agents": VIEWER, "GET /api/agents/{name}": VIEWER, "GET /api/agents/{name}/spec": VIEWER,
    "GET /api/agents/{name}/logs": VIEWER, "GET /api/agents/{name}/history": VIEWER,
    "GET /api/agents/{name}/manifest": VIEWER,
    "GET /api/approvals": VIEWER, "GET /api/home": VIEWER, "GET /api/house": VIEWER, "GET /api/hardware": VIEWER,
    "GET /api/rules": VIEWER, "GET /api/rules.yaml": VIEWER, "GET /api/rules/{rule_id}": VIEWER,
    "GET /api/rules/{rule_id}/why-not": VIEWER, "GET /api/rules/{rule_id}/firings": VIEWER, "GET /api/grants": VIEWER,
    "GET /api/plans": VIEWER, "GET /api/plans/{plan_id}": VIEWER,
    "GET /api/automations": VIEWER, "GET /api/automations/{automation}": VIEWER,
    "GET /api/memory": VIEWER, "GET /api/webhooks": VIEWER, "GET /api/topics": VIEWER, "GET /api/wirings": VIEWER,
    "GET /api/policies": VIEWER, "GET /api/policies/{entity_id}": VIEWER,
    "GET /api/why": VIEWER, "GET /api/why/{entity_id}": VIEWER,
    "GET /api/audit": VIEWER, "GET /api/audit/verify": VIEWER,
    "GET /api/house/{entity_id}/history": VIEWER,
    "GET /api/halt": VIEWER, "GET /api/feed": VIEWER, "GET /api/alerts": VIEWER,
    "GET /api/actors/{actor}/metrics": VIEWER, "GET /api/actors/{actor}/history": VIEWER,
    "GET /api/history/agents/{name}": VIEWER, "GET /api/history/nodes/{name}": VIEWER, "GET /api/ha-map": VIEWER,
    "GET /api/chats": VIEWER, "GET /api/questions": VIEWER, "GET /api/upload": USER,
    "GET /api/events": VIEWER, "POST /api/mqtt-ticket": VIEWER,
    "GET /api/blobs/{blob_id}": VIEWER,
    # -- talking and moving
    "POST /api/chat": USER, "POST /api/chat/stop": USER,
    "POST /api/blobs": USER, "DELETE /api/blobs/{blob_id}": USER, "POST /api/upload": USER,
    "POST /api/home/{entity_id}": USER, "POST /api/house/{entity_id}/actions": USER,
    "POST /api/approvals/{approval_id}": USER, "POST /api/actors/{actor}/message": USER,
    "POST /api/questions/{agent_id}/{question_id}/answer": USER,
    "POST /api/rules": USER, "POST /api/rules/preview": USER, "POST /api/rules/import": USER,
    "PUT /api/rules/{rule_id}": USER, "DELETE /api/rules/{rule_id}": USER,
    "POST /api/rules/{rule_id}/{change}": USER, "DELETE /api/rules/{rule_id}/grant": USER, "POST /api/backtests": USER,
    "POST /api/plans/{plan_id}/{decision}": USER, "DELETE /api/plans": USER,
    "POST /api/automations": USER, "POST /api/automations/confirm": USER, "POST /api/automations/undo": USER,
    "PUT /api/automations/{automation}": USER, "DELETE /api/automations/{automation}": USER,
    "POST /api/automations/{automation}/{change}": USER,
    "DELETE /api/memory": USER, "DELETE /api/memory/{key}": USER,
    # -- running the system
    "POST /api/actors/{actor}/pause": ADMIN, "POST /api/actors/{actor}/resume": ADMIN,
    "POST /api/actors/{actor}/start": ADMIN, "POST /api/actors/{actor}/stop": ADMIN,
    "DELETE /api/actors/{actor}": ADMIN,
    "POST /api/agents/command": ADMIN,
    "POST /api/agents": ADMIN, "DELETE /api/agents/{name}": ADMIN, "POST /api/agents/{name}/start": ADMIN,
    "POST /api/agents/{name}/stop": ADMIN, "POST /api/agents/{name}/restart": ADMIN,
    "POST /api/agents/{name}/pause": ADMIN, "POST /api/agents/{name}/resume": ADMIN,
    "POST /api/agents/{name}/migrate": ADMIN,
    "POST /api/cost/limit": ADMIN, "POST /api/cost/reset": ADMIN,
    "POST /api/webhooks": ADMIN, "DELETE /api/webhooks/{name}": ADMIN, "POST /api/webhooks/{name}/test": ADMIN,
    "PUT /api/policies/{entity_id}": ADMIN, "DELETE /api/policies/{entity_id}": ADMIN,
    "GET /api/fuseki/{dataset}/sparql": ADMIN, "POST /api/fuseki/{dataset}/sparql": ADMIN,
    "POST /api/fuseki/{dataset}/update": ADMIN,
    "POST /api/publish": ADMIN, "GET /api/backup": ADMIN,
    # What is put back holds accounts too: with it an admin could become owner.
    "POST /api/restore": OWNER,
    # -- WebSockets; on /mqtt the broker or a ticket says who may come in
    "WS /ws": VIEWER, "WS /mqtt": OPEN, "GET /mqtt": VIEWER,
}  # fmt: skip
"""Method and path of every route; `/x` without an entry of its own is the same as `/api/x`."""

PAGES = frozenset({
    "/", "/plain", "/page/{name}", "/favicon.ico", "/icon.svg", "/icons/{name}", "/assets/{path:path}",
    "/manifest.webmanifest", "/sw.js",
})  # fmt: skip
"""The page and its parts: open once there is an account to log in with."""

TALKS = frozenset({"/api/chat", "/api/chat/stop", "/api/blobs", "/api/blobs/{blob_id}", "/api/upload"})
"""What a token with the scope talk may do, of all that a user does."""

CHANGES_NOTHING = frozenset({
    "/api/mqtt-ticket", "/api/rules/preview", "/api/backtests", "/api/fuseki/{dataset}/sparql",
})  # fmt: skip
"""Posts that only look: none of them is written into the record of changes."""

Action = Literal["look", "chat", "stop", "command"]
"""What a frame of the dashboard's WebSocket asks for."""

_ACTIONS: Mapping[str, str] = {
    "look": "WS /ws", "chat": "POST /api/chat", "stop": "POST /api/chat/stop",
    "command": "POST /api/actors/{actor}/stop",
}  # fmt: skip


def may(role: str, action: Action) -> bool:
    """Whether a role may do over the WebSocket what this route does."""
    return covers(role, ROUTES[_ACTIONS[action]])


@dataclass(frozen=True)
class Right:
    """A route as the table names it, and the least role."""

    path: str
    least: Role


class Rights:
    """Finds the entry of a request; where several could be meant, the strictest one counts."""

    def __init__(self, routes: Mapping[str, Role] = ROUTES) -> None:
        self._plain: dict[tuple[str, str], Right] = {}
        self._shaped: dict[tuple[str, int, str], list[tuple[list[str], Right]]] = {}
        self._rests: dict[str, list[tuple[str, Right]]] = {}
        for route, least in routes.items():
            method, path = route.split(" ", 1)
            self._add(method, path, Right(path, least))
        self._plain = {key: self._strictest([right, *self._by_shape(*key)]) for key, right in self._plain.items()}

    def _add(self, method: str, path: str, right: Right) -> None:
        if path.endswith(":path}"):
            self._rests.setdefault(method, []).append((path.rpartition("{")[0], right))
        elif "{" in path:
            parts = ["" if part.startswith("{") else part for part in path.split("/")[1:]]
            self._shaped.setdefault((method, len(parts), parts[-1]), []).append((parts, right))
        else:
            self._plain[method, path] = right

    def find(self, method: str, path: str) -> Right | None:
        """The entry for a request; None when there is none."""
        if not path.startswith("/"):  # such as the * of OPTIONS
            return None
        method = "GET" if method == "HEAD" else method
        path = path.rstrip("/") or "/"
        return self._own(method, path) or (None if path.startswith("/api/") else self._own(method, f"/api{path}"))

    def methods(self, path: str) -> tuple[str, ...]:
        """What can be done at a path."""
        return tuple(each for each in ("GET", "POST", "PUT", "PATCH", "DELETE") if self.find(each, path))

    def _own(self, method: str, path: str) -> Right | None:
        plain = self._plain.get((method, path))
        if plain is not None:
            return plain
        found = [*self._by_shape(method, path), *self._by_rest(method, path)]
        return self._strictest(found) if found else None

    def _by_shape(self, method: str, path: str) -> Iterable[Right]:
        given = path.split("/")[1:]
        for last in ("", given[-1]):
            for parts, right in self._shaped.get((method, len(given), last), ()):
                if _fits(parts, given):
                    yield right

    def _by_rest(self, method: str, path: str) -> Iterable[Right]:
        return (right for start, right in self._rests.get(method, ()) if path.startswith(start))

    def _strictest(self, found: list[Right]) -> Right:
        strictest = found[0]
        for right in found[1:]:
            if higher(right.least, strictest.least) != strictest.least:
                strictest = right
        return strictest


def _fits(parts: list[str], given: list[str]) -> bool:
    """Whether a path has this shape; an empty part of a shape stands for any one that is not empty."""
    for part, value in zip(parts, given, strict=True):  # noqa: SIM110  # half the time of a generator
        if part != value and (part or not value):
            return False
    return True
