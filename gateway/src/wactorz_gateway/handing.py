"""Durable tasks for routes: handed over once for each key, and their end as an answer or a problem."""

from typing import Annotated, Any, TypeVar

from fastapi import Header
from starlette.exceptions import HTTPException

from wactorz_common.contracts import Operation, Payload
from wactorz_common.errors import ContractError
from wactorz_common.tasks import TaskState
from wactorz_gateway import tracing
from wactorz_gateway.conversation import id_from_key, new_id
from wactorz_gateway.parts import Parts
from wactorz_gateway.problems import Problem, Responses, unfinished

Q = TypeVar("Q", bound=Payload)
R = TypeVar("R", bound=Payload)

Key = Annotated[str | None, Header(min_length=1, max_length=255, description="The same key is done only once")]

AWAY: Responses = {503: {"model": Problem, "description": "The agent that knows this does not answer"}}
TASK: Responses = {
    409: {"model": Problem, "description": "Refused, with the agent's own sentence"},
    422: {"model": Problem, "description": "A wrong field, or an Idempotency-Key used for another request"},
    504: {"model": Problem, "description": "Accepted, but not confirmed in time"},
    **AWAY,
}  # fmt: skip


def task_id_of(operation: Operation[Any, Any], key: str | None) -> str:
    """The id of the task that a request becomes: the same for the same key."""
    return keyed(operation.action, key)


def keyed(what: str, key: str | None) -> str:
    """The id of what a caller wants: the same for the same key of this caller, and a new one without a key."""
    return id_from_key(f"{what}\0{key}", tracing.current().whose) if key else new_id()


async def hand_over(
    parts: Parts, operation: Operation[Q, R], request: Q, key: str | None, *, task_id: str = ""
) -> R:  # fmt: skip
    """Have a task done and return its result; every other end is raised as a problem."""
    task_id = task_id or task_id_of(operation, key)
    try:
        end = await parts.backend.submit(operation, request, task_id=task_id)
    except ContractError as error:
        raise key_used(error, key) from error
    if end.result is None or end.state is not TaskState.DONE:
        raise unfinished(end, operation.agent or "the agent", failed=409)
    return end.result


def key_used(error: ContractError, key: str | None) -> HTTPException:
    """The problem of a task that was not taken: mostly a key that stands for another request."""
    used = key and "already" in str(error)
    said = "This Idempotency-Key was used for another request already: take a new one" if used else str(error)
    return HTTPException(422, said)
