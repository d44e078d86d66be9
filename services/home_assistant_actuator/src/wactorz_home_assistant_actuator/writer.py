"""How an actuation is carried out: cleared, sent once, read back, kept."""

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from wactorz_common import logs
from wactorz_common.contracts.home import ACTUATE, Actuation, CallOutcome, ServiceCall
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import Expired, Refused, StoreError, TransportError, Unknown
from wactorz_common.handlers import Task
from wactorz_home_assistant import CallRefused, CallUncertain, State
from wactorz_home_assistant_actuator import wording
from wactorz_home_assistant_actuator.client import Devices
from wactorz_home_assistant_actuator.effects import effect_of
from wactorz_home_assistant_actuator.ends import HALTED, Ended, Proofs, not_done, too_late
from wactorz_home_assistant_actuator.evidence import picture
from wactorz_home_assistant_actuator.gate import Gate
from wactorz_home_assistant_actuator.german import phrase
from wactorz_home_assistant_actuator.journal import Journal
from wactorz_home_assistant_actuator.proofs import Effect
from wactorz_home_assistant_actuator.queues import DeviceQueues
from wactorz_home_assistant_actuator.wish import Wish

_SETTLE_SECONDS = 1.0  # from our start: a command sent just before a crash may still be on its way
_RECONNECT_SECONDS = 5.0
_REPLY_MARGIN = 0.5
_LONGEST_RUN = ACTUATE.timeout - 1.0  # the end must be ours to tell, before the library ends the handler


_log = logs.get(__name__)


@dataclass(frozen=True)
class _Run:
    """One run of a task; it ends by itself at `until`, in epoch seconds."""

    request: Actuation
    task: Task
    wish: Wish
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
    call: ServiceCall
    left_out: tuple[str, ...]
    waits: ServiceCall | None
    before: tuple[State, ...]
    effects: tuple[Effect | None, ...]
    answered: bool = True
    context_id: str = ""


class DeviceWriter:
    """The only writer to devices. `halted` is asked before each call; `connect_wait` is in seconds."""

    def __init__(
        self, devices: Devices, journal: Journal, gate: Gate, halted: Callable[[], bool], connect_wait: float,
        now: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._devices, self._journal, self._gate = devices, journal, gate
        self._halted, self._connect_wait, self._now = halted, connect_wait, now
        self._queues = DeviceQueues()
        self._settled_at = now() + _SETTLE_SECONDS

    async def perform(self, request: Actuation, task: Task, wish: Wish) -> list[Ended]:
        """Make the calls of a task in order; raises Refused, Expired or Unknown when not even one could be tried."""
        if self._halted() and not task.recovered:
            raise Refused(phrase(HALTED))
        run = _Run(request, task, wish, self._now() + min(task.remaining, _LONGEST_RUN), self._now)
        async with AsyncExitStack() as stack:
            await self._queue_up(run, stack)
            kept = await self._journal.kept(task.id) if task.recovered else {}
            if len(kept) < len(request.calls):
                await self._reach(run)
            try:
                return await self._make(run, kept)
            except ExceptionGroup as error:
                _log.exception("actuation broken off", task_id=task.id)
                raise Unknown(
                    phrase("It may have been done in part: {exceptions}", exceptions=error.exceptions[0])
                ) from error

    async def _queue_up(self, run: _Run, stack: AsyncExitStack) -> None:
        entity_ids = [entity_id for call in run.request.calls for entity_id in call.entity_id]
        try:
            async with asyncio.timeout(max(run.left, _RECONNECT_SECONDS) if run.task.recovered else run.left):
                await stack.enter_async_context(self._queues.hold(entity_ids))
        except TimeoutError:
            if run.task.recovered:
                raise Unknown(
                    phrase("It may have been done before a restart; there was no time to read it back.")
                ) from None
            raise Expired(
                phrase("Earlier commands to the same device took too long, so this one was not sent.")
            ) from None

    async def _reach(self, run: _Run) -> None:
        """Wait for Home Assistant, but not long: what comes late is worse than what is refused."""
        seconds = min(self._connect_wait, run.left)
        try:
            await self._devices.wait_ready(max(seconds, _RECONNECT_SECONDS) if run.task.recovered else seconds)
        except TransportError as error:
            if run.task.recovered:
                raise Unknown(
                    phrase("It may have been done before a restart; reading back failed: {error}", error=error)
                ) from error
            raise Refused(str(error)) from error

    async def _make(self, run: _Run, kept: dict[int, CallOutcome]) -> list[Ended]:
        """Send in order; proofs of different devices are awaited side by side."""
        ends: list[asyncio.Task[Ended]] = []
        async with asyncio.TaskGroup() as group:
            for index, call in enumerate(run.request.calls):
                same = [end for end, other in zip(ends, run.request.calls, strict=False) if _meet(call, other)]
                if same:
                    await asyncio.wait(same)
                step = self._again(kept[index], call, run) if index in kept else await self._begin(index, call, run)
                ends.append(group.create_task(self._finish(step, run)))
        return [end.result() for end in ends]

    def _again(self, kept: CallOutcome, call: ServiceCall, run: _Run) -> Ended:
        """The end of a call that was made before a restart, with the part of it that waits for a yes."""
        try:
            waits = self._gate.clear(call, run.wish).waits
        except Refused:
            waits = None
        outcome = kept if waits is None else kept.model_copy(update={"state": TaskState.FAILED})
        return Ended(outcome, acted=True, own=kept.state, waits=waits)

    async def _begin(self, index: int, call: ServiceCall, run: _Run) -> _Sent | Ended:
        """Send one call, unless something speaks against it."""
        try:
            cleared = self._gate.clear(call, run.wish)
        except Refused as error:
            return not_done(call, str(error))
        if cleared.call is None:
            if cleared.waits is not None and not cleared.left_out and (shown := self._shown(cleared.waits)):
                outcome = CallOutcome(call=cleared.waits, state=TaskState.DONE, detail=shown)
                return Ended(outcome, own=TaskState.DONE)
            detail = " ".join([*cleared.reasons, *cleared.left_out])
            return Ended(CallOutcome(call=call, state=TaskState.FAILED, detail=detail), waits=cleared.waits)
        before = tuple(self._devices.states[entity_id] for entity_id in cleared.call.entity_id)
        effects = tuple(effect_of(cleared.call, state) for state in before)
        sent = _Sent(index, cleared.call, (*cleared.reasons, *cleared.left_out), cleared.waits, before, effects)
        return await self._send_in_time(sent, run)

    async def _send_in_time(self, sent: _Sent, run: _Run) -> _Sent | Ended:
        """Send, if it does not show already after a restart, nothing is halted, and there is time left."""
        if run.task.recovered and (proved := await self._read_back_first(sent)):
            return proved
        if self._halted():
            return not_done(sent.call, phrase(HALTED))
        if run.left <= 0:
            return too_late(sent.call, recovered=run.task.recovered)
        try:
            self._gate.admit(sent.call, run.wish)
        except Refused as error:
            return not_done(sent.call, str(error))
        return await self._send(sent)

    async def _send(self, sent: _Sent) -> _Sent | Ended:
        call = sent.call
        try:
            context_id = await self._devices.send(call)
        except CallRefused as error:
            return not_done(
                call,
                phrase(
                    "Home Assistant declined {domain}.{service}: {error}",
                    domain=call.domain,
                    service=call.service,
                    error=error,
                ),
            )
        except CallUncertain:
            return replace(sent, answered=False)
        except TransportError as error:
            return not_done(call, str(error))
        return replace(sent, context_id=context_id)

    async def _read_back_first(self, sent: _Sent) -> Ended | None:
        """After a restart: the end of a call whose effect shows already; None when it is to be sent."""
        if any(effect is None or effect.is_relative for effect in sent.effects):
            detail = phrase(
                "It may have been done before a restart; it was not sent again, as its effect cannot be read back."
            )
            outcome = CallOutcome(call=sent.call, state=TaskState.UNKNOWN, detail=detail)
            return Ended(outcome, acted=True, own=TaskState.UNKNOWN)
        strict = replace(sent, effects=tuple(effect and effect.strictly() for effect in sent.effects))
        shown = await self._wait(strict, max(0.0, self._settled_at - self._now()))
        return None if None in shown else self._ended(sent, self._done(sent, shown))

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
        return self._ended(step, outcome)

    def _ended(self, sent: _Sent, outcome: CallOutcome) -> Ended:
        """With what was seen; a part that waits for a yes makes the whole fall short."""
        own = outcome.state
        if sent.waits is not None and own is not TaskState.UNKNOWN:
            outcome = outcome.model_copy(update={"state": TaskState.FAILED})
        late = tuple(
            (state.entity_id, effect) for state, effect in zip(sent.before, sent.effects, strict=True) if effect
        )
        now = self._devices.states
        return Ended(
            outcome, acted=True, own=own, waits=sent.waits, before=picture(sent.before),
            after=picture(now[state.entity_id] for state in sent.before if state.entity_id in now),
            late=late if own is TaskState.UNKNOWN else (),
        )  # fmt: skip

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
        detail = " ".join([detail, *sent.left_out])
        return CallOutcome(call=sent.call, state=TaskState.UNKNOWN, detail=detail, context_id=sent.context_id)

    def _done(self, sent: _Sent, shown: list[State | None], blind: list[State] | None = None) -> CallOutcome:
        proved = [state for state in shown if state]
        sentences = [wording.done(sent.call, proved, self._devices.temperature_unit)] if proved else []
        if blind:
            sentences.append(wording.accepted(sent.call, blind))
        short = len(sent.left_out) > (len(sent.waits.entity_id) if sent.waits else 0)
        state = TaskState.FAILED if short else TaskState.UNKNOWN if _is_notice(sent.call) else TaskState.DONE
        detail = " ".join([*sentences, *sent.left_out])
        return CallOutcome(call=sent.call, state=state, detail=detail, context_id=sent.context_id)

    def shown_already(self, calls: Iterable[ServiceCall], wish: Wish) -> str:
        """What is so now, in words, when every call is as wanted already; empty when one is not, or cannot be seen.

        Raises Refused when a call may not be made at all.
        """
        sentences = []
        for call in calls:
            cleared = self._gate.clear(call, wish)
            if cleared.call is None or cleared.left_out:
                return ""
            shown = self._shown(cleared.call)
            if not shown:
                return ""
            sentences.append(shown)
        return " ".join(sentences)

    def _shown(self, call: ServiceCall) -> str:
        """What is so now, in words, when the call would change nothing."""
        states = [self._devices.states[entity_id] for entity_id in call.entity_id]
        for state in states:
            effect = effect_of(call, state)
            if effect is None or effect.is_relative or not effect.strictly().met(state):
                return ""
        return wording.done(call, states, self._devices.temperature_unit)

    async def wait_for(self, proofs: Proofs, seconds: float) -> bool:
        """Whether everything shows within `seconds`, long after the answer was given."""
        found = await asyncio.gather(
            *(self._devices.wait_until(entity_id, effect.met, seconds) for entity_id, effect in proofs)
        )
        return None not in found

    async def reach(self, seconds: float) -> None:
        """Wait for Home Assistant; Refused with a sentence after `seconds`."""
        try:
            await self._devices.wait_ready(seconds)
        except TransportError as error:
            raise Refused(str(error)) from error


def _is_notice(call: ServiceCall) -> bool:
    """Whether nobody can tell that it arrived."""
    return call.domain == "notify"


def _meet(call: ServiceCall, other: ServiceCall) -> bool:
    return bool(set(call.entity_id) & set(other.entity_id))
