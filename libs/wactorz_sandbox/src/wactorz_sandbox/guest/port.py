"""What the agent library needs from the runtime under it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol


class AgentError(Exception):
    """Something that the agent asked for was refused or went wrong; the text says what, and what to do."""


class Port(Protocol):
    """Immediate functions answer an error text, or an empty one; `request` answers later. Nothing here raises."""

    def now(self) -> float:
        """Seconds on a clock that only goes forward."""

    def log(self, level: str, text: str) -> None:
        """Write a line into the agent's log."""

    def publish(self, topic: str, payload: str, retain: bool) -> str:
        """Publish JSON text."""

    def subscribe(self, topic_filter: str) -> str:
        """Have messages of a topic filter delivered."""

    def persist(self, key: str, value: str) -> str:
        """Keep JSON text; it is on disk when this returns."""

    def recall(self, key: str) -> str | None:
        """Kept JSON text."""

    def tell(self, kind: str, body: str) -> str:
        """Report an alert, a status, a counter or a contract, as JSON text."""

    def request(self, op: str, args: dict[str, Any]) -> asyncio.Future[Any]:
        """Begin an operation; the future fails with AgentError."""

    def begin(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run work beside what runs now; it handles its own errors."""
