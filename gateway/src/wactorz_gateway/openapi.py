"""The OpenAPI document: what FastAPI tells of the routes, with examples, security and problems added."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from wactorz_gateway.accounts.rights import OPEN, Rights
from wactorz_gateway.examples import example_of
from wactorz_gateway.problems import MEDIA_TYPE, Problem
from wactorz_gateway.views import VERSION

TITLE: Final = "Wactorz"
DESCRIPTION: Final = (
    "Agents that watch and move the physical world. Errors are problem documents (RFC 9457). Lists take `limit` and "
    "`cursor`, and tell the next page in `Link`; they carry an `ETag`. `traceparent` goes on to the agents. "
    "`Idempotency-Key` makes a repeated request harmless."
)

TAGS: dict[str, str] = {
    "system": "The state of the whole: probes, nodes, configuration, metrics",
    "session": "The way in: who is here, first set-up, login and logout",
    "people": "People, their roles, tokens and sessions, and the record of changes",
    "agents": "Agents: who there is, how they are, and their controls",
    "chat": "Talking: messages, streamed answers, what was said",
    "attachments": "Files for messages",
    "approvals": "What waits for a person: approvals and questions",
    "home": "The house by rooms, and what is done in it",
    "rules": "Rules of your own",
    "plans": "Wishes that were cut into steps",
    "automations": "Home Assistant's own automations",
    "policies": "Who may change what, and when",
    "audit": "Evidence: why something is as it is",
    "activity": "What happened lately",
    "events": "Live events",
    "topics": "The bus: what is said there, and saying something",
    "graph": "The knowledge graph, by SPARQL",
    "memory": "What is remembered of a person",
    "webhooks": "Places for notices",
    "cost": "What the models cost, and what they may cost",
    "logs": "Logs of processes and agents",
    "backup": "The whole state, taken and put back",
}
"""Each tag and what its routes are about."""

_SCHEMES: dict[str, Any] = {
    "session": {
        "type": "apiKey", "in": "cookie", "name": "wactorz_session",
        "description": "A session in a browser, made by POST /api/login; writes need X-CSRF-Token besides",
    },
    "csrf": {
        "type": "apiKey", "in": "header", "name": "X-CSRF-Token",
        "description": "The `csrf` of GET /api/session, for writes with a session",
    },
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API token of POST /api/tokens"},
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same token in another header"},
}  # fmt: skip
_WRITES = frozenset({"post", "put", "patch", "delete"})
_METHODS = frozenset({"get", "head", *_WRITES})
_PROBLEM: dict[str, Any] = {"schema": {"$ref": "#/components/schemas/Problem"}}
_LEFT_OUT = ("HTTPValidationError", "ValidationError")
_REFUSED = {"401": "Log in first", "403": "The role is not enough, or the request comes from another site"}
_MISSING = {"404": "There is nothing of this name"}
_BODY = {
    "400": "The body is not JSON, or empty", "413": "The body is too large",
    "415": "The body is of another media type", "422": "A field is wrong; `detail` names it",
}  # fmt: skip


def document(app: FastAPI) -> dict[str, Any]:
    """The whole document of an application."""
    found = get_openapi(
        title=TITLE, version=VERSION, description=DESCRIPTION, routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in TAGS.items()],
    )  # fmt: skip
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    found["components"]["securitySchemes"] = _SCHEMES
    rights = Rights()
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            if method in _METHODS:
                _complete(path, method, operation, schemas, rights)
    for name in _LEFT_OUT:
        schemas.pop(name, None)
    return found


def operation_id(route: APIRoute) -> str:
    """The name of a route's function: stable, and unique among the documented ones."""
    return route.name


def install(app: FastAPI) -> None:
    """Serve this document, made once."""

    def made() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = document(app)
        return app.openapi_schema

    app.openapi = made  # type: ignore[method-assign]  # as FastAPI's documentation has it


def _complete(path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any], rights: Rights) -> None:
    right = rights.find(method.upper(), path)
    is_open = right is None or right.least == OPEN
    operation["security"] = [{}] if is_open else _security(method)
    if right is not None:
        operation["x-least-role"] = right.least or "nobody"
    responses = operation["responses"]
    _add_problems(operation, responses, is_open=is_open, named="{" in path)
    for response in responses.values():
        _as_problem(response)
        _with_example(response, schemas)
    _with_example(operation.get("requestBody", {}), schemas)


def _security(method: str) -> list[dict[str, list[str]]]:
    cookie: dict[str, list[str]] = {"session": [], "csrf": []} if method in _WRITES else {"session": []}
    return [cookie, {"bearer": []}, {"key": []}]


def _add_problems(operation: dict[str, Any], responses: dict[str, Any], *, is_open: bool, named: bool) -> None:
    told = {} if is_open else dict(_REFUSED)
    told |= _BODY if "requestBody" in operation else {}
    told |= _MISSING if named else {}
    if "parameters" in operation:
        told["422"] = _BODY["422"]
    if responses.get("422", {}).get("description") == "Validation Error":
        del responses["422"]
    for status, text in told.items():
        responses.setdefault(status, {"description": text, "content": {MEDIA_TYPE: _PROBLEM}})
    responses["default"] = {"description": "Any other problem", "content": {MEDIA_TYPE: _PROBLEM}}


def _as_problem(response: dict[str, Any]) -> None:
    """Problems have a media type of their own."""
    content = response.get("content", {})
    if content.get("application/json", {}).get("schema") == _PROBLEM["schema"]:
        response["content"] = {MEDIA_TYPE: _PROBLEM}


def _with_example(part: dict[str, Any], schemas: dict[str, Any]) -> None:
    """An example where none is told."""
    shown = part.get("content", {}).get("application/json")
    if shown and shown.get("schema") and not {"example", "examples"} & shown.keys():
        shown["example"] = example_of(shown["schema"], schemas)
