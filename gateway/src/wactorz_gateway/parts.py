"""What the routes work with: the gateway's parts, and its way to the bus behind a small protocol."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, TypeVar

from fastapi import Depends, Request

from wactorz_common.contracts import Operation, Payload
from wactorz_gateway.conversation import Conversations
from wactorz_gateway.dashboard import Dashboard
from wactorz_gateway.exposition import Exposition
from wactorz_gateway.house import HouseReader
from wactorz_gateway.hub import Hub
from wactorz_gateway.registry import Registry

Q = TypeVar("Q", bound=Payload)
R = TypeVar("R", bound=Payload)

Command = Literal["start", "stop", "pause", "resume", "delete"]


class Backend(Protocol):
    """The gateway's side of the bus."""

    def connected(self) -> bool:
        """Whether the broker answers."""

    async def wait_connected(self, seconds: float) -> None:
        """Wait for the broker; TransportError when it stays away."""

    async def ask(self, operation: Operation[Q, R], request: Q) -> R:
        """Ask an agent a question."""

    async def command(self, agent_id: str, command: Command) -> None:
        """Send an agent a control request."""


@dataclass(frozen=True)
class Parts:
    """Everything that routes need; `now` gives epoch seconds."""

    backend: Backend
    registry: Registry
    hub: Hub
    dashboard: Dashboard
    conversations: Conversations
    house: HouseReader
    exposition: Exposition
    log_dir: Path
    now: Callable[[], float]


def parts_of(connection: Any) -> Parts:
    """The parts of the application that serves a request or WebSocket."""
    parts: Parts = connection.app.state.parts
    return parts


def _from_request(request: Request) -> Parts:
    return parts_of(request)


PartsDep = Annotated[Parts, Depends(_from_request)]
