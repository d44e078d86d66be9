"""What the watch needs from the agent around it."""

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from wactorz_common.contracts.home import Actuation
from wactorz_common.contracts.tasks import TaskState
from wactorz_planner.firings import Firing
from wactorz_planner.rulebook import KeptRule


@dataclass(frozen=True)
class Ended:
    """How the task of a firing ended, why, for a person, and the contexts of its effects in Home Assistant."""

    state: TaskState
    detail: str
    approval_id: str = ""
    contexts: tuple[str, ...] = ()


class World(Protocol):
    """The agent, as the watch sees it."""

    def spawn_background(self, work: Coroutine[Any, Any, Any], name: str) -> Any:
        """Run work beside the loop."""

    async def act(self, firing: Firing, actuation: Actuation) -> Ended:
        """Submit the one durable task of a firing."""

    async def announce(self, kept: KeptRule, firing: Firing) -> None:
        """Tell the world that a trigger was met."""

    async def tell(self, message: str) -> None:
        """Tell people what they should know."""
