"""Errors as RFC 9457 problem documents, each with one sentence for a person."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from wactorz_common.errors import (
    AskTimeout,
    ContractError,
    Refused,
    StoreError,
    TaskFailed,
    TransportError,
    WactorzError,
)
from wactorz_common.tasks import TaskEnd, TaskState

MEDIA_TYPE = "application/problem+json"
UNEXPECTED = "The gateway made a mistake; its log has the details"

Responses = dict[int | str, dict[str, Any]]
"""Documented answers of a route, by status."""


class Problem(BaseModel):
    """What went wrong, in the form of RFC 9457."""

    type: str = Field(default="about:blank", description="Kind of problem")
    title: str = Field(description="The status in words")
    status: int = Field(description="HTTP status")
    detail: str = Field(description="What happened and what to do")


def problem(status: int, detail: str) -> Problem:
    """A problem with the title that belongs to its status."""
    return Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)


def problem_response(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """The response that carries a problem."""
    body = problem(status, detail).model_dump_json()
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
    return problem_response(status, detail, getattr(error, "headers", None))


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
    place = ".".join(str(part) for part in first["loc"] if part != "body") or "the body"
    return problem_response(HTTPStatus.UNPROCESSABLE_ENTITY, f"{place}: {first['msg']}")


async def _on_own(_request: Request, error: Exception) -> Response:
    if not isinstance(error, WactorzError):
        raise error
    return problem_response(status_of(error), sentence_of(error))


async def _on_unexpected(_request: Request, _error: Exception) -> Response:
    return problem_response(500, UNEXPECTED)
