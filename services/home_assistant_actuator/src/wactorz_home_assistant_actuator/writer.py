"""How an actuation is carried out: cleared, sent once, read back, kept."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from wactorz_common import logs
from wactorz_common.contracts.home import ACTUATE, Actuation, ActuationResult, CallOutcome, ServiceCall
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import Expired, Refused, StoreError, TransportError, Unknown
from wactorz_common.handlers import Task
from wactorz_home_assistant import CallRefused, CallUncertain, State
from wactorz_home_assistant_actuator import wording
from wactorz_home_assistant_actuator.client import Devices
from wactorz_home_assistant_actuator.effects import Effect, effect_of
from wactorz_home_assistant_actuator.journal import Journal
from wactorz_home_assistant_actuator.policy import Cleared, clear
from wactorz_home_assistant_actuator.queues import DeviceQueues

HALTED = "Everything is stopped, so nothing was sent; say /go to let devices act again."

_SETTLE_SECONDS = 1.0  # from our start: a command sent just before a crash may still be on its way
_RECONNECT_SECONDS = 5.0
_REPLY_MARGIN = 0.5
_LONGEST_RUN = ACTUATE.timeout - 1.0  # the end must be ours to tell, before the library ends the handler


_log = logs.get(__name__)


@dataclass(frozen=True)
class Ended:
    """How a call ended, and whether a device may have felt it."""

    outcome: CallOutcome
    acted: bool = False


@dataclass(frozen=True)
class _Run:
    """One run of a task; it ends by itself at `until`, in epoch seconds."""

    request: Actuation
    task: Task
    until: float
    now: Callable[[], float]

    @property
    def left(self) -> float:
        """Seconds until it must have ended; below 0 in a recovered task whose deadline has passed."""
        return self.until - self.now()


@dataclass(frozen=True)
class _Sent:
    """A call that went out, and what would prove it."""

    index: int
    cleared: Cleared
    before: tuple[State, ...]
    effects: tuple[Effect | None, ...]
    answered: bool = True


class DeviceWriter:
    """The only writer to devices. `halted` is asked before each call; `connect_wait` is in seconds."""

    def __init__(
        self, devices: Devices, journal: Journal, halted: Callable[[], bool], connect_wait: float,
        now: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._devices, self._journal = devices, journal
        self._halted, self._connect_wait, self._now = halted, connect_wait, now
        self._queues = DeviceQueues()
        self._settled_at = now() + _SETTLE_SECONDS

    async def perform(self, request: Actuation, task: Task) -> list[Ended]:
        """Make the calls of a task in order; raises Refused, Expired or Unknown when not even one could be tried."""
        if self._halted() and not task.recovered:
            raise Refused(HALTED)
        run = _Run(request, task, self._now() + min(task.remaining, _LONGEST_RUN), self._now)
        async with AsyncExitStack() as stack:
            await self._queue_up(run, stack)
            kept = await self._journal.kept(task.id) if task.recovered else {}
            if len(kept) < len(request.calls):
                await self._reach(run)
            try:
                return await self._make(run, kept)
            except ExceptionGroup as error:
                _log.exception("actuation broken off", task_id=task.id)
                raise Unknown(f"It may have been done in part: {error.exceptions[0]}") from error

    async def _queue_up(self, run: _Run, stack: AsyncExitStack) -> None:
        entity_ids = [entity_id for call in run.request.calls for entity_id in call.entity_id]
        try:
            async with asyncio.timeout(max(run.left, _RECONNECT_SECONDS) if run.task.recovered else run.left):
                await stack.enter_async_context(self._queues.hold(entity_ids))
        except TimeoutError:
            if run.task.recovered:
                raise Unknown("It may have been done before a restart; there was no time to read it back.") from None
            raise Expired("Earlier commands to the same device took too long, so this one was not sent.") from None

    async def _reach(self, run: _Run) -> None:
        """Wait for Home Assistant, but not long: what comes late is worse than what is refused."""
        seconds = min(self._connect_wait, run.left)
        try:
            await self._devices.wait_ready(max(seconds, _RECONNECT_SECONDS) if run.task.recovered else seconds)
        except TransportError as error:
            if run.task.recovered:
                raise Unknown(f"It may have been done before a restart; reading back failed: {error}") from error
            raise Refused(str(error)) from error

    async def _make(self, run: _Run, kept: dict[int, CallOutcome]) -> list[Ended]:
        """Send in order; proofs of different devices are awaited side by side."""
        ends: list[asyncio.Task[Ended]] = []
        async with asyncio.TaskGroup() as group:
            for index, call in enumerate(run.request.calls):
                same = [end for end, other in zip(ends, run.request.calls, strict=False) if _meet(call, other)]
                if same:
                    await asyncio.wait(same)
                if index in kept:
                    step: _Sent | Ended = Ended(kept[index], acted=True)
                else:
                    step = await self._begin(index, call, run)
                ends.append(group.create_task(self._finish(step, run)))
        return [end.result() for end in ends]

    async def _begin(self, index: int, call: ServiceCall, run: _Run) -> _Sent | Ended:
        """Send one call, unless something speaks against it."""
        try:
            cleared = clear(call, self._devices.states, self._devices.services, tainted=run.request.tainted)
        except Refused as error:
            return _not_done(call, str(error))
        before = tuple(self._devices.states[entity_id] for entity_id in cleared.call.entity_id)
        sent = _Sent(index, cleared, before, tuple(effect_of(cleared.call, state) for state in before))
        if run.task.recovered and (proved := await self._read_back_first(sent)):
            return proved
        if self._halted():
            return _not_done(cleared.call, HALTED)
        if run.left <= 0:
            return _too_late(cleared.call, recovered=run.task.recovered)
        return await self._send(sent)

    async def _send(self, sent: _Sent) -> _Sent | Ended:
        call = sent.cleared.call
        try:
            await self._devices.send(call)
        except CallRefused as error:
            return _not_done(call, f"Home Assistant declined {call.domain}.{call.service}: {error}")
        except CallUncertain:
            return replace(sent, answered=False)
        except TransportError as error:
            return _not_done(call, str(error))
        return sent

    async def _read_back_first(self, sent: _Sent) -> Ended | None:
        """After a restart: the end of a call whose effect shows already; None when it is to be sent."""
        if None in sent.effects:
            detail = "It may have been done before a restart; it was not sent again, as its effect cannot be read back."
            return Ended(CallOutcome(call=sent.cleared.call, state=TaskState.UNKNOWN, detail=detail), acted=True)
        strict = replace(sent, effects=tuple(effect and effect.strictly() for effect in sent.effects))
        shown = await self._wait(strict, max(0.0, self._settled_at - self._now()))
        return None if None in shown else Ended(self._done(sent, shown), acted=True)

    async def _finish(self, step: _Sent | Ended, run: _Run) -> Ended:
        """Wait for the proof and keep the outcome before anybody else may act on the device."""
        if isinstance(step, Ended):
            return step
        patience = max((effect.patience for effect in step.effects if effect), default=0.0)
        if not step.answered:
            patience += _RECONNECT_SECONDS
        patience = max(0.0, min(patience, run.left - _REPLY_MARGIN))
        outcome = self._judge(step, await self._wait(step, patience), patience)
        try:
            await self._journal.keep(run.task.id, step.index, outcome, self._now())
        except StoreError as error:  # the device has acted all the same; a restart would read it back
            _log.error("outcome not kept", task_id=run.task.id, reason=str(error))
        return Ended(outcome, acted=True)

    async def _wait(self, sent: _Sent, seconds: float) -> list[State | None]:
        """The proving states, None where there is none in time or nothing to prove."""

        async def proof(state: State, effect: Effect | None) -> State | None:
            if effect is None:
                return None
            now = self._devices.states.get(state.entity_id)
            if now is not None and effect.met(now):
                return now
            return await self._devices.wait_until(state.entity_id, effect.met, seconds)

        return list(await asyncio.gather(*map(proof, sent.before, sent.effects)))

    def _judge(self, sent: _Sent, shown: list[State | None], waited: float) -> CallOutcome:
        rows = list(zip(sent.before, sent.effects, shown, strict=True))
        unproved = [state for state, effect, proof in rows if effect is not None and proof is None]
        blind = [state for state, effect, _ in rows if effect is None]
        if not unproved and not (blind and not sent.answered):
            return self._done(sent, shown, blind)
        detail = wording.unconfirmed(unproved or blind, waited)
        return CallOutcome(call=sent.cleared.call, state=TaskState.UNKNOWN, detail=detail)

    def _done(self, sent: _Sent, shown: list[State | None], blind: list[State] | None = None) -> CallOutcome:
        call = sent.cleared.call
        proved = [state for state in shown if state]
        sentences = [wording.done(call, proved, self._devices.temperature_unit)] if proved else []
        if blind:
            sentences.append(wording.accepted(call, blind))
        state = TaskState.FAILED if sent.cleared.left_out else TaskState.DONE
        return CallOutcome(call=call, state=state, detail=" ".join([*sentences, *sent.cleared.left_out]))


def conclude(ends: list[Ended]) -> tuple[TaskState, ActuationResult]:
    """The one end of the task; raises Refused or Expired when no device can have felt anything."""
    outcomes = tuple(end.outcome for end in ends)
    text = " ".join(dict.fromkeys(outcome.detail for outcome in outcomes if outcome.detail))
    states = {outcome.state for outcome in outcomes}
    if not any(end.acted for end in ends):
        raise Expired(text) if states == {TaskState.EXPIRED} else Refused(text)
    result = ActuationResult(outcomes=outcomes, text=text)
    if TaskState.UNKNOWN in states:
        return TaskState.UNKNOWN, result
    return (TaskState.DONE if states == {TaskState.DONE} else TaskState.FAILED), result


def _meet(call: ServiceCall, other: ServiceCall) -> bool:
    return bool(set(call.entity_id) & set(other.entity_id))


def _not_done(call: ServiceCall, detail: str) -> Ended:
    return Ended(CallOutcome(call=call, state=TaskState.FAILED, detail=detail))


def _too_late(call: ServiceCall, *, recovered: bool) -> Ended:
    if recovered:
        detail = "It may have been done before a restart, but it does not show; it is too late to send it again."
        return Ended(CallOutcome(call=call, state=TaskState.UNKNOWN, detail=detail), acted=True)
    return Ended(CallOutcome(call=call, state=TaskState.EXPIRED, detail="Its time had passed, so it was not sent."))
