"""What the life of an agent needs from the runtime under it."""

from collections.abc import Mapping
from typing import Any, Protocol

from wactorz_sandbox.ports import Ports


class Instance(Protocol):
    """One loaded program. Everything is called on the host's event loop."""

    @property
    def functions(self) -> tuple[str, ...]:
        """Names of the functions that the code defines."""

    async def call(self, function: str, *arguments: Any, timeout: float | None) -> Any:
        """Call a function with the agent and JSON values; gives a JSON value.

        Raises CodeFailed, OverTime after `timeout` seconds (None: whenever), or InstanceEnded.
        """

    async def deliver(self, topic: str, text: str) -> None:
        """Hand over a message of a topic that the code subscribed to."""

    async def refresh(self, directory: dict[str, Any]) -> None:
        """Hand over a new snapshot of the directory."""

    async def ended(self) -> None:
        """Wait; raise InstanceEnded as soon as the instance is ended for what it did."""

    async def close(self) -> None:
        """End it."""


class Runtime(Protocol):
    """Makes instances."""

    async def open(self, source: str, config: dict[str, Any], ports: Ports, kept: Mapping[str, int]) -> Instance:
        """Load a program; CodeFailed when the code cannot be loaded.

        `kept` gives the bytes of what the agent keeps already, by key.
        """
