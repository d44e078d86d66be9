"""The gateway's side of the bus, as the routes see it."""

from typing import Literal, Protocol, TypeVar

from wactorz_common.contracts import Operation, Payload
from wactorz_common.contracts.chat import Choice
from wactorz_common.tasks import TaskEnd

Q = TypeVar("Q", bound=Payload)
R = TypeVar("R", bound=Payload)

Command = Literal["start", "stop", "pause", "resume", "delete"]
"""What an agent itself obeys."""


class Backend(Protocol):
    """The gateway's side of the bus."""

    def connected(self) -> bool:
        """Whether the broker answers."""

    async def wait_connected(self, seconds: float) -> None:
        """Wait for the broker; TransportError when it stays away."""

    async def ask(
        self, operation: Operation[Q, R], request: Q, *, to: str | None = None, timeout: float | None = None
    ) -> R:
        """Ask an agent a question; `timeout` in seconds."""

    async def submit(
        self, operation: Operation[Q, R], request: Q, *, to: str | None = None, task_id: str = ""
    ) -> TaskEnd[R]:
        """Hand over a durable task and wait for its end; TransportError when nothing was accepted."""

    async def command(self, agent_id: str, command: Command) -> None:
        """Send an agent a control request."""

    async def publish(self, topic: str, data: bytes, qos: int, *, retain: bool) -> None:
        """Publish bytes on a free topic; TransportError when the broker is away."""

    async def choose(self, agent_id: str, choice: Choice) -> None:
        """Tell an agent what a person chose; TransportError when the broker is away."""

    async def stop(self, chat_id: str = "", conversation_id: str = "", person: str | None = None) -> None:
        """Tell everybody that an answer, or all of a session of a person, is not wanted any more."""
