"""Carries out what the plan says, every few seconds and when a node speaks."""

import asyncio
import time
from collections.abc import Awaitable

from wactorz_common import logs
from wactorz_common.errors import WactorzError
from wactorz_monitor.fleet import Fleet
from wactorz_monitor.reconcile import Gone, Rest, Send, Settle, Step, Stop, plan

PERIOD = 5.0
_PAUSE = 0.2
"""At least this long between two rounds: heartbeats come in bursts."""


class Reconciler:
    """Makes the nodes run what is wanted."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._log = logs.get(__name__)

    async def wait(self) -> None:
        """Return when a round is due."""
        await asyncio.sleep(_PAUSE)
        try:
            async with asyncio.timeout(PERIOD):
                await self._fleet.changed.wait()
        except TimeoutError:
            return
        finally:
            self._fleet.changed.clear()

    async def round(self) -> list[Step]:
        """Compare and act once; what was done."""
        fleet = self._fleet
        steps = plan(fleet.registry, fleet.machines, fleet.attempts, frozenset(fleet.moving), time.monotonic())
        for step in steps:
            await self._guarded(self._do(step))
        fleet.forget_old_attempts()
        await self._guarded(fleet.accounts.sweep(fleet.registry.entries))
        await self._report(steps)
        return steps

    async def _guarded(self, work: Awaitable[None]) -> None:
        """One step that fails must not keep the others from being taken; the next round takes it again."""
        try:
            await work
        except WactorzError as error:
            self._log.warning("a step failed and is taken again", reason=str(error))

    async def _do(self, step: Step) -> None:
        fleet = self._fleet
        match step:
            case Send(entry):
                if fleet.registry.entries.get(entry.name) == entry:  # nothing else is wanted since
                    await fleet.send(entry)
            case Settle(entry):
                await fleet.settle(entry)
            case Rest(entry):
                await fleet.rest(entry)
            case Stop(leftover):
                await fleet.stop(leftover)
            case Gone(leftover):
                if leftover.delete and not leftover.keep_topics:
                    await fleet.clear_topics(leftover.name, leftover.ids)
                await fleet.registry.cleared(leftover)

    async def _report(self, steps: list[Step]) -> None:
        """Tell once what differed without anybody having asked for it."""
        for step in steps:
            if isinstance(step, Send) and step.is_drift:
                entry = step.entry
                text = f"{entry.name} should run on {entry.node} and does not; it is being started again"
                await self._drift(entry.name, text)
            elif isinstance(step, Stop) and step.is_drift:
                left = step.leftover
                text = f"{left.name} runs on {left.node}, where nobody wants it; it is being stopped"
                await self._drift(left.name, text)

    async def _drift(self, name: str, text: str) -> None:
        self._log.warning("drift", agent_name=name, finding=text)
        await self._fleet.alert_once(name, text, "warning")
