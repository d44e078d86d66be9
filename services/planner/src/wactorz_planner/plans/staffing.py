"""Agents that a plan needs and that are not here: spawned before its steps, removed after them."""

import asyncio
from collections.abc import Iterable
from typing import Any, Literal

from wactorz_common.agent import Agent
from wactorz_common.contracts.plans import PlanStep
from wactorz_common.contracts.spawning import MANAGE_AGENT, SPAWN, Management, SpawnResult, SpawnSpec
from wactorz_common.errors import WactorzError
from wactorz_planner.german import phrase
from wactorz_planner.plans import workers
from wactorz_planner.plans.book import KeptPlan, PlanBook
from wactorz_planner.plans.roster import Roster

_LOOK = 0.1
_LEAVING_SECONDS = 15.0
_ALLOWED_SECONDS = 45.0
"""How long an agent that a person has allowed may take until it is heard."""

Ready = Literal["ready", "waits"]


class Staffing:
    """The agents of one plan; each is asked for under a task id that is the same after a crash."""

    def __init__(self, world: Agent[Any], roster: Roster, book: PlanBook, kept: KeptPlan) -> None:
        self._world, self._roster, self._book, self._kept = world, roster, book, kept
        self.absent: dict[str, str] = {}
        """Agents that could not be had, and why."""
        self.begun: dict[str, str] = {}
        """What was said of agents that were spawned just now."""

    def wanted(self) -> dict[str, SpawnSpec]:
        """Agents to be spawned, by name; those that cannot be are noted as absent.

        One that was there when the plan was made is asked all the same: right after a start nobody was heard yet.
        """
        kept, found = self._kept, dict[str, SpawnSpec]()
        configs = workers.missing(kept.plan.steps, self._roster.present())
        for step in kept.plan.steps:
            if step.agent in kept.made and step.spawn_config:
                configs[step.agent] = step.spawn_config
        for name, config in configs.items():
            if not config and name not in kept.lost:
                continue
            spec, problem = (
                workers.read_spec(name, config) if config else (None, phrase("nobody has said what it would be"))
            )
            if spec is None:
                self.absent[name] = phrase(
                    "There is no agent {name}, and it could not be spawned: {problem}.", name=name, problem=problem
                )
            else:
                found[name] = spec.model_copy(update={"asked_by": kept.request.standing})
        return found

    async def hire(self, specs: dict[str, SpawnSpec]) -> Ready:
        """Have all of them run; what needs a person's yes is asked for first, and then nothing else is begun."""
        kept = self._kept
        await self._until_gone(specs)
        asking = {name: spec for name, spec in specs.items()
                  if workers.asks_for_more(spec) and name not in kept.allowed}  # fmt: skip
        await self._hire_all(asking)
        if kept.approvals:
            return "waits"
        await self._hire_all({name: spec for name, spec in specs.items()
                              if name not in asking and name not in kept.allowed})  # fmt: skip
        for name in kept.allowed:
            if not await self._comes(name):
                self.absent[name] = phrase("{name} was allowed, but does not run.", name=name)
        return "ready"

    def is_work_done(self, step: PlanStep) -> str:
        """What to say of a step whose agent works by itself from now on; empty for every other step."""
        if not step.spawn_config or step.agent in self.absent:
            return ""
        spec, _ = workers.read_spec(step.agent, step.spawn_config)
        if spec is None or not workers.is_continuous(spec):
            return ""
        return self.begun.get(step.agent) or phrase("{agent} runs already.", agent=step.agent)

    async def dismiss(self) -> list[str]:
        """Remove the agents that were made for this plan and take tasks only; what could not be removed, in words."""
        trouble = []
        for name in list(self._kept.made):
            config = next((step.spawn_config for step in self._kept.plan.steps
                           if step.agent == name and step.spawn_config), None)  # fmt: skip
            spec, _ = workers.read_spec(name, config) if config else (None, "")
            if spec is not None and workers.is_continuous(spec) and self._kept.plan.status == "done":
                continue
            if not await self._hand_on(name):
                trouble += await self._remove(name)
        return trouble

    # -- inside -------------------------------------------------------------------------------------------------

    async def _hire_all(self, specs: dict[str, SpawnSpec]) -> None:
        if not specs:
            return
        self._kept.made = list(dict.fromkeys([*self._kept.made, *specs]))
        await self._book.save(self._kept, "workers")
        await asyncio.gather(*(self._hire(name, spec) for name, spec in specs.items()))
        await self._book.save(self._kept, "workers")

    async def _hire(self, name: str, spec: SpawnSpec) -> None:
        try:
            end = await self._world.submit(
                SPAWN, spec, task_id=f"{self._kept.task_id}/spawn/{name}", trace_id=self._kept.trace_id
            )
        except WactorzError as error:
            self._note_absent(name, str(error))
            return
        if end.result is None:
            self._note_absent(name, end.error or end.state.value)
            return
        self._take(name, end.result)

    def _take(self, name: str, result: SpawnResult) -> None:
        if result.status == "needs_approval":
            self._kept.approvals[name] = result.approval_id
        elif result.status == "waiting":
            self.absent[name] = result.text
        else:
            self.begun[name] = result.text
        if result.status in ("needs_approval", "already_running"):
            self._kept.made = [one for one in self._kept.made if one != name]

    def _note_absent(self, name: str, problem: str) -> None:
        self.absent[name] = phrase("{name} could not be spawned: {problem}", name=name, problem=problem)
        self._kept.made = [one for one in self._kept.made if one != name]

    async def _until_gone(self, names: Iterable[str]) -> None:
        """Wait while agents of these names are being removed after another plan."""
        try:
            async with asyncio.timeout(_LEAVING_SECONDS):
                while self._roster.leaving.intersection(names):
                    await asyncio.sleep(_LOOK)
        except TimeoutError:
            self._world.log.warning("workers of another plan are still being removed", plan=self._kept.id)

    async def _hand_on(self, name: str) -> bool:
        """Leave an agent to another plan that runs and needs it."""
        for other in self._book.kept.values():
            if other is not self._kept and other.is_running and any(step.agent == name for step in other.plan.steps):
                other.made = list(dict.fromkeys([*other.made, name]))
                await self._book.save(other, "workers")
                return True
        return False

    async def _comes(self, name: str) -> bool:
        """Whether an agent that a person has allowed is heard in time."""
        try:
            async with asyncio.timeout(_ALLOWED_SECONDS):
                while name not in self._roster.present():
                    await asyncio.sleep(_LOOK)
        except TimeoutError:
            return False
        return True

    async def _remove(self, name: str) -> list[str]:
        request = Management(name=name, command="delete", by="planner")
        self._roster.leaving.add(name)
        try:
            end = await self._world.submit(
                MANAGE_AGENT, request, task_id=f"{self._kept.task_id}/remove/{name}", trace_id=self._kept.trace_id
            )
        except WactorzError as error:
            return [phrase("{name} could not be removed: {error}", name=name, error=error)]
        finally:
            self._roster.forget(name)
            self._roster.leaving.discard(name)
        return (
            []
            if end.result is not None
            else [phrase("{name} could not be removed: {error}", name=name, error=end.error or end.state.value)]
        )
