"""/stop all and /go: orders that are kept, confirmed, and repeated until they are."""

import asyncio
from typing import Any

from wactorz_common.agent import Agent, Task
from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.system import SET_HALT, HaltRequest
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import WactorzError
from wactorz_main.wording import stop_text

ACTING = ("home-assistant-actuator", "home-assistant-agent", "planner", "monitor")
"""Every agent that acts by itself; the monitor starts new agents, home-assistant-agent writes automations."""

_ORDER = "halt_order"
_WAIT_SECONDS = 8.0
_DEADLINE_SECONDS = 30.0


class Halting:
    """Keeps the last order and who confirmed it; survives restarts."""

    def __init__(self, owner: Agent[Any], wait_seconds: float = _WAIT_SECONDS) -> None:
        self._owner = owner
        self._wait = wait_seconds
        self._asking: set[str] = set()
        nothing = {"task": "", "halted": False, "number": 0, "confirmed": []}
        self._order: dict[str, Any] = owner.recall(_ORDER, nothing)

    @property
    def halted(self) -> bool:
        """Whether the last order was to stop everything."""
        return bool(self._order["halted"])

    async def order(self, task: Task, *, halted: bool, by: str, language: str = "en") -> ChatAnswer:
        """Stop or release everything that acts, and say truthfully who confirmed it."""
        if self._order["task"] != task.id:
            number = self._order["number"] + 1
            self._order = {"task": task.id, "halted": halted, "number": number, "confirmed": []}
            await self._owner.persist(_ORDER, self._order)
        number = self._order["number"]
        asked = [
            self._owner.spawn_background(self._tell(agent, halted, number, by, task.child(f"halt/{agent}")), "halt")
            for agent in ACTING
        ]
        await asyncio.wait(asked, timeout=self._wait)
        confirmed = self._order["confirmed"]
        missing = [agent for agent in ACTING if agent not in confirmed]
        status = TaskState.UNKNOWN if missing else TaskState.DONE
        return ChatAnswer(text=stop_text(halted, confirmed, missing, language), status=status.value)

    async def repeat(self) -> None:
        """Ask again whoever has not confirmed the last order."""
        kept = self._order
        missing = [agent for agent in ACTING if agent not in kept["confirmed"]] if kept["number"] else []
        for agent in missing:
            if agent not in self._asking:
                self._owner.spawn_background(self._tell(agent, kept["halted"], kept["number"], "main", None), "halt")

    async def _tell(self, agent: str, halted: bool, number: int, by: str, task_id: str | None) -> None:
        self._asking.add(agent)
        try:
            end = await self._owner.submit(
                SET_HALT, HaltRequest(halted=halted, by=by), to=agent, task_id=task_id, deadline=_DEADLINE_SECONDS
            )
        except WactorzError:
            return  # not confirmed: `repeat` asks again
        finally:
            self._asking.discard(agent)
        if end.state is TaskState.DONE and end.result is not None:
            await self._confirm(agent, number, halted=end.result.halted)

    async def _confirm(self, agent: str, number: int, *, halted: bool) -> None:
        """Note a confirmation; one of an older order means that the newest must be told again."""
        others = [name for name in self._order["confirmed"] if name != agent]
        agrees = number == self._order["number"] and halted == self._order["halted"]
        self._order = {**self._order, "confirmed": [*others, agent] if agrees else others}
        await self._owner.persist(_ORDER, self._order)
