"""Errors as RFC 9457 problem documents, each with one sentence for a person."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from wactorz_common.errors import (
    AskTimeout,
    ContractError,
    HouseUnknown,
    NotThere,
    Refused,
    StoreError,
    TaskFailed,
    TransportError,
    WactorzError,
)
from wactorz_common.tasks import TaskEnd, TaskState
from wactorz_gateway import tracing

MEDIA_TYPE = "application/problem+json"
UNEXPECTED = "The gateway made a mistake; its log has the details"

Responses = dict[int | str, dict[str, Any]]
"""Documented answers of a route, by status."""


_LONGEST_PATH, _LONGEST_NAME = 300, 100
_PLACES = frozenset({"body", "path", "query", "header"})
_FORMS = {
    r"^[0-9a-fA-F]{1,32}$": "an id of this kind has up to 32 digits and letters from a to f",
    r"^[0-9a-f]{32}$": "an id of a file has 32 digits and letters from a to f",
    r"^[a-z0-9_]+\.[a-z0-9_]+$": "an entity id looks like light.kitchen_light",
    r"^[0-9]{4,64}$": "a PIN has 4 to 64 digits",
    r"^[A-Za-z-]*$": "a language is a word such as en or de-AT",
    r"^[a-z_]+$": "an action is a word such as turn_on",
    r"^@?([A-Za-z0-9][A-Za-z0-9_.-]{0,63})?$": "the name of an agent has letters, digits, points, - and _",
}
"""What a pattern asks for, in words."""


NOT_READY = "/problems/not-ready"
"""Kind of a problem that goes away by itself: Retry-After says when to try again."""

_READY_SECONDS = 2


class HouseNotKnown(HTTPException):
    """Who shall do it has just started and does not know the house yet; nothing was done."""

    kind, code = NOT_READY, HouseUnknown.code

    def __init__(self, detail: str) -> None:
        super().__init__(503, detail, {"Retry-After": str(_READY_SECONDS)})


class Problem(BaseModel):
    """What went wrong, in the form of RFC 9457."""

    type: str = Field(default="about:blank", description="Kind of problem; /problems/not-ready: try again soon")
    title: str = Field(description="The status in words")
    status: int = Field(description="HTTP status")
    detail: str = Field(description="What happened and what to do")
    code: str = Field(
        default="", description="What it is, for programs, where the status leaves that open: house_unknown"
    )
    instance: str = Field(default="", description="Path of the request")
    request_id: str = Field(default="", description="Id of the request, as in X-Request-ID and the log")


def problem(status: int, detail: str, kind: str = "about:blank", code: str = "") -> Problem:
    """A problem with the title that belongs to its status, about the request that is being served."""
    known = str(structlog.contextvars.get_contextvars().get("request_id", ""))
    instance = quote(tracing.current().path, safe="/:@", errors="replace")[:_LONGEST_PATH]
    return Problem(
        type=kind, title=HTTPStatus(status).phrase, status=status, detail=detail, code=code, instance=instance,
        request_id=known,
    )  # fmt: skip


def problem_response(
    status: int, detail: str, headers: Mapping[str, str] | None = None, kind: str = "about:blank", code: str = ""
) -> Response:
    """The response that carries a problem."""
    body = problem(status, detail, kind, code).model_dump_json()
    return Response(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def status_of(error: WactorzError) -> int:
    """The HTTP status that fits an error of ours."""
    if isinstance(error, TaskFailed | ContractError):
        return HTTPStatus.CONFLICT
    if isinstance(error, Refused):
        return HTTPStatus.TOO_MANY_REQUESTS
    if isinstance(error, TransportError | StoreError):
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.INTERNAL_SERVER_ERROR


def sentence_of(error: WactorzError) -> str:
    """The error's own sentence, made useful for a person when it speaks of topics."""
    if isinstance(error, AskTimeout):
        return "The agent that knows this does not answer at the moment: try again, or look at `wactorz status`"
    return str(error)


def unfinished(end: TaskEnd[Any], agent: str, *, failed: int) -> HTTPException:
    """What a client is told of a task without a result; `failed` is the status for a refusal, in that agent's words."""
    if end.state is TaskState.FAILED:
        if end.body.get("error_code") == HouseUnknown.code:
            return HouseNotKnown(end.error or "")
        if end.body.get("error_code") == NotThere.code:
            return HTTPException(HTTPStatus.NOT_FOUND, end.error or "")
        said = end.error or str(getattr(end.result, "text", ""))
        return HTTPException(failed, said or f"{agent} could not do that")
    if end.state is TaskState.EXPIRED:
        return HTTPException(503, f"{agent} did not get to it in time, so nothing was done: is it running?")
    return HTTPException(504, f"{agent} has not confirmed it in time, so it is not certain whether it was done: look")


def install(app: FastAPI) -> None:
    """Make every error of the application a problem document."""
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(WactorzError, _on_own)
    app.add_exception_handler(Exception, _on_unexpected)


async def _on_http(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    detail = str(getattr(error, "detail", ""))
    if detail == HTTPStatus(status).phrase or not detail:
        detail = _plain_sentence(status, request)
    kind, code = getattr(error, "kind", "about:blank"), getattr(error, "code", "")
    return problem_response(status, detail, getattr(error, "headers", None), kind, code)


def _plain_sentence(status: int, request: Request) -> str:
    if status == HTTPStatus.NOT_FOUND:
        return "There is nothing at this address: see /api/docs for what there is"
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"{request.method} is not possible here: see /api/docs for what is"
    return f"The request cannot be served: {HTTPStatus(status).phrase.lower()}"


async def _on_invalid(_request: Request, error: Exception) -> Response:
    """Name the first wrong field; the received value is never repeated."""
    first = error.errors()[0] if isinstance(error, RequestValidationError) else {"loc": (), "msg": "", "type": ""}
    if first["type"] == "json_invalid":
        return problem_response(HTTPStatus.BAD_REQUEST, "The body is not valid JSON")
    is_nowhere = first["loc"][:1] == ("path",)  # what the path names cannot exist
    return problem_response(
        HTTPStatus.NOT_FOUND if is_nowhere else HTTPStatus.UNPROCESSABLE_ENTITY, field_problem(first)
    )


def field_problem(first: Mapping[str, Any]) -> str:
    """What is wrong with a field, as a person would say it: never a pattern, never what was received."""
    place = ".".join(str(part)[:_LONGEST_NAME] for part in first["loc"] if part not in _PLACES) or "the body"
    if first["type"] == "string_pattern_mismatch":
        pattern = str(first.get("ctx", {}).get("pattern", ""))
        return f"{place}: {_FORMS.get(pattern, 'it is not in the form that is needed here: see /api/docs')}"
    return f"{place}: {first['msg']}"


async def _on_own(request: Request, error: Exception) -> Response:
    if not isinstance(error, WactorzError):
        raise error
    if error.context.get("code") == HouseUnknown.code:
        return await _on_http(request, HouseNotKnown(str(error)))
    if error.context.get("code") == NotThere.code and request.path_params:
        return problem_response(HTTPStatus.NOT_FOUND, str(error))
    return problem_response(status_of(error), sentence_of(error))


async def _on_unexpected(_request: Request, _error: Exception) -> Response:
    return problem_response(500, UNEXPECTED)
