"""How an agent declares what it handles: decorators, and the table made from them."""

import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from wactorz_common.contracts import Channel, Operation, Payload
from wactorz_common.contracts.tasks import TaskBody, TaskState
from wactorz_common.errors import ContractError

P = TypeVar("P", bound=Payload)
Q = TypeVar("Q", bound=Payload)
R = TypeVar("R", bound=Payload)
A = TypeVar("A")

_MARK = "__wactorz_handles__"


@dataclass(slots=True)
class Task:
    """What a handler knows about the task it works on.

    `recovered` is true when the agent died while it worked on the task and now runs the handler again. A handler sets
    `outcome` before it returns to report another end than done together with a result.
    """

    id: str
    action: str
    agent: str
    sender: str = ""
    trace_id: str = ""
    deadline_at: float | None = None
    recovered: bool = False
    language: str = ""
    outcome: TaskState = TaskState.DONE
    now: Callable[[], float] = field(default=time.time, repr=False)

    @property
    def remaining(self) -> float:
        """Seconds until the deadline; infinite without one."""
        return float("inf") if self.deadline_at is None else self.deadline_at - self.now()

    def child(self, suffix: str) -> str:
        """The id of a sub-task: the same again when the handler runs again, so that it is never done twice."""
        return f"{self.id}/{suffix}"


@dataclass(frozen=True, slots=True)
class Served:
    """An operation and the method that answers it."""

    operation: Operation[Any, Any]
    method: str


@dataclass(frozen=True, slots=True)
class Rest:
    """The method that answers every task whose action names no operation of the agent."""

    method: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A channel and the method that takes its messages; `params` fix parts of the address."""

    channel: Channel[Any]
    method: str
    params: dict[str, str]


@dataclass(frozen=True, slots=True)
class Tick:
    """A period in seconds and the method that runs in it."""

    seconds: float
    method: str


def handles(
    operation: Operation[Q, R],
) -> Callable[[Callable[[A, Q, Task], Awaitable[R]]], Callable[[A, Q, Task], Awaitable[R]]]:
    """Declare a method as the answer to an operation."""
    return lambda method: _mark(method, Served(operation, method.__name__))


def handles_rest(
    method: Callable[[A, TaskBody, Task], Awaitable[dict[str, Any]]],
) -> Callable[[A, TaskBody, Task], Awaitable[dict[str, Any]]]:
    """Declare a method as the answer to every task that names no operation of the agent; durable as the sender says."""
    marked: Callable[[A, TaskBody, Task], Awaitable[dict[str, Any]]] = _mark(method, Rest(method.__name__))
    return marked


def listens(
    channel: Channel[P], **params: str
) -> Callable[[Callable[[A, Any], Awaitable[None]]], Callable[[A, Any], Awaitable[None]]]:
    """Declare a method as listener of a channel; messages are handled in order, so it must be quick."""
    return lambda method: _mark(method, Heard(channel, method.__name__, params))


def every(seconds: float) -> Callable[[Callable[[A], Awaitable[None]]], Callable[[A], Awaitable[None]]]:
    """Declare a method that runs periodically, never beside itself."""
    return lambda method: _mark(method, Tick(seconds, method.__name__))


def _mark(method: Any, declared: Served | Rest | Heard | Tick) -> Any:
    setattr(method, _MARK, [*getattr(method, _MARK, []), declared])
    return method


@dataclass(frozen=True)
class HandlerTable:
    """Everything that an agent class declares."""

    served: dict[str, Served]
    heard: tuple[Heard, ...]
    ticks: tuple[Tick, ...]
    rest: str = ""
    """Method that answers every other task, if any."""

    @classmethod
    def of(cls, agent_class: type) -> "HandlerTable":
        """Collect the declarations of a class and its bases; an operation declared twice raises ContractError."""
        declared = list(_declarations(agent_class))
        served: dict[str, Served] = {}
        for item in declared:
            if isinstance(item, Served):
                if item.operation.action in served:
                    raise ContractError(f"{agent_class.__name__} handles '{item.operation.action}' twice")
                served[item.operation.action] = item
        return cls(
            served,
            tuple(item for item in declared if isinstance(item, Heard)),
            tuple(item for item in declared if isinstance(item, Tick)),
            next((item.method for item in declared if isinstance(item, Rest)), ""),
        )

    def schemas(self) -> tuple[dict[str, str], dict[str, str]]:
        """What goes in and what comes out, for the manifest: `action.field` to `type - description`."""
        served = [self.served[action] for action in sorted(self.served)]
        return (
            {name: text for one in served for name, text in _fields(one.operation.action, one.operation.request)},
            {name: text for one in served for name, text in _fields(one.operation.action, one.operation.result)},
        )


def _fields(action: str, payload: type[Payload]) -> Iterator[tuple[str, str]]:
    for name, field_info in payload.model_fields.items():
        kind = getattr(field_info.annotation, "__name__", str(field_info.annotation))
        yield f"{action}.{field_info.alias or name}", f"{kind} - {field_info.description}"


def _declarations(agent_class: type) -> Iterator[Served | Heard | Tick]:
    for name in dir(agent_class):
        yield from getattr(getattr(agent_class, name, None), _MARK, ())
