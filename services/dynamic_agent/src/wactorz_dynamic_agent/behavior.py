"""What stands behind a spawned agent, and what its process gives it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from wactorz_common.contracts.chat import Source
from wactorz_common.contracts.lifecycle import AgentState
from wactorz_dynamic_agent.instance import Runtime


class Behavior(Protocol):
    """Answers tasks: generated code, or a persona."""

    source: Source
    capabilities: tuple[str, ...]

    async def run(self) -> None:
        """Live until cancelled."""

    async def task(self, payload: Any) -> Any:
        """The answer to a task."""

    async def obey(self, state: AgentState) -> None:
        """A person wants another state."""

    async def refresh(self, directory: dict[str, Any]) -> None:
        """A new snapshot of the directory has come."""

    async def stop(self) -> None:
        """Clean up."""


@dataclass(frozen=True)
class Surroundings:
    """What the host process gives each of its agents."""

    runtime: Runtime
    memory_mb: Callable[[], float]
    directory: Callable[[], dict[str, Any]]
    ended: Callable[[str, str, bool], None]
    """Called with the agent's name, why it ended, and whether that was its own wish."""
    changed: Callable[[str, str], None]
    """Called with the agent's name and the code that a repair has put in the place of its own."""
