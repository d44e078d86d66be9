"""One actuation from the request to its end: performed, asked about, noted, told, and looked at once more if late."""

import time
from collections.abc import Coroutine
from typing import Any, Protocol

from wactorz_common.contracts.home import Actuation, ActuationEvent, ActuationResult
from wactorz_common.contracts.spawning import Approval
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import Expired, Refused, Unknown
from wactorz_common.handlers import Task
from wactorz_home_assistant_actuator.audit import AuditLog
from wactorz_home_assistant_actuator.desk import Desk
from wactorz_home_assistant_actuator.ends import Ended, conclude
from wactorz_home_assistant_actuator.gate import Gate
from wactorz_home_assistant_actuator.german import phrase
from wactorz_home_assistant_actuator.pace import Pace
from wactorz_home_assistant_actuator.wish import Wish, as_told, without_codes
from wactorz_home_assistant_actuator.writer import DeviceWriter

LATE_SECONDS = 60.0
"""So long an effect that did not show in time may still show."""

_REFUSALS_A_MINUTE = 60


class Telling(Protocol):
    """What the acting needs of its agent."""

    async def tell(self, event: ActuationEvent) -> None:
        """Publish evidence of an actuation."""

    async def ask_people(self, approval: Approval) -> None:
        """Reach people about a question that none of them asked for."""

    def watch(self, work: Coroutine[Any, Any, None]) -> None:
        """Run work beside everything else."""


class Acting:
    """Carries actuations out; `telling` reaches people and other agents."""

    def __init__(self, writer: DeviceWriter, gate: Gate, desk: Desk, audit: AuditLog, telling: Telling) -> None:
        self._writer, self._gate, self._desk, self._audit, self._telling = writer, gate, desk, audit, telling
        self._refusals = Pace(_REFUSALS_A_MINUTE)

    async def act(
        self, request: Actuation, task: Task, wish: Wish, *, trace_id: str = "", approval_id: str = ""
    ) -> tuple[TaskState, ActuationResult]:
        """Make the calls and say what became of them; Refused, Expired or Unknown when there is nothing to say."""
        record = _Record(request, task, wish, trace_id or task.trace_id, approval_id)
        try:
            ends = await self._writer.perform(request, task, wish)
            opened, ends = await self._ask(record, ends)
            state, result = conclude(ends, opened.id if opened else "")
        except (Refused, Expired, Unknown) as error:
            self._note_failure(record, error)
            raise
        self._note(record, state, result, ends)
        await self._tell(record, state, ends)
        late = [end for end in ends if end.late]
        if late:
            self._telling.watch(self._look_again(record, late))
        return state, result

    def note_nothing_to_do(
        self, request: Actuation, task: Task, wish: Wish, trace_id: str, approval_id: str, text: str
    ) -> None:
        """An approved call whose effect shows already."""
        record = _Record(request, task, wish, trace_id, approval_id)
        calls = [{**call, "state": "done", "verdict": "already so"} for call in as_told(request.calls)]
        self._audit.note(
            "actuation", entity_ids=record.entity_ids, **record.known,
            detail={**record.detail, "outcome": "done", "text": text, "calls": calls},
        )  # fmt: skip

    async def _ask(self, record: "_Record", ends: list[Ended]) -> tuple[Approval | None, list[Ended]]:
        """The approval for what waits, if anything does; when none can be opened, that is the end of what waits."""
        if all(end.waits is None for end in ends):
            return None, ends
        request, task, wish = record.request, record.task, record.wish
        try:
            approval, is_new = await self._desk.ask(request, task, wish, ends, self._gate.around())
        except Refused as error:
            return None, [end if end.waits is None else end.given_up(str(error)) for end in ends]
        if is_new and wish.origin in {"rule", "agent"}:
            await self._telling.ask_people(approval)
        return approval, ends

    def _note(self, record: "_Record", state: TaskState, result: ActuationResult, ends: list[Ended]) -> None:
        calls = [
            {
                **as_told([outcome.call])[0], "state": outcome.state.value, "text": outcome.detail,
                "verdict": _verdict(end),
                "approval_id": outcome.approval_id, "before": end.before, "after": end.after,
            }
            for end, outcome in zip(ends, result.outcomes, strict=True)
        ]  # fmt: skip
        self._audit.note(
            "actuation", entity_ids=record.entity_ids, **record.known,
            detail={**record.detail, "outcome": _outcome(state, ends), "text": result.text, "calls": calls},
        )  # fmt: skip

    def _note_failure(self, record: "_Record", error: Refused | Expired | Unknown) -> None:
        """A refusal too; but not every one of somebody who asks without end."""
        sender, now = record.task.sender, time.time()
        if not record.wish.is_personal and self._refusals.exceeded([sender], now):
            return
        self._refusals.note([sender], now)
        state = "failed" if isinstance(error, Refused) else error.code
        calls = [{**call, "state": state, "verdict": "refused"} for call in as_told(record.request.calls)]
        self._audit.note(
            "actuation", entity_ids=record.entity_ids, **record.known,
            detail={**record.detail, "outcome": state, "text": str(error), "calls": calls},
        )  # fmt: skip

    async def _tell(self, record: "_Record", state: TaskState, ends: list[Ended]) -> None:
        """Publish what was really sent, resolved, with its outcome."""
        acted = [end for end in ends if end.acted]
        if acted:
            await self._telling.tell(record.event(acted, state.value))

    async def _look_again(self, record: "_Record", late: list[Ended]) -> None:
        """Note and tell what shows only after the answer was given."""
        began = time.time()
        for end in late:
            if not await self._writer.wait_for(end.late, max(0.0, LATE_SECONDS - (time.time() - began))):
                continue
            text = phrase("Confirmed {time:.0f} s after the answer.", time=time.time() - began)
            outcome = end.outcome.model_copy(update={"state": TaskState.DONE, "detail": text})
            call = {**as_told([outcome.call])[0], "state": "done", "text": text, "verdict": "sent"}
            self._audit.note(
                "actuation", entity_ids=outcome.call.entity_id, **record.known,
                detail={**record.detail, "outcome": "done", "text": text, "late": True, "calls": [call]},
            )  # fmt: skip
            await self._telling.tell(record.event([Ended(outcome, acted=True)], "done"))


class _Record:
    """What is said of an actuation wherever it is told."""

    def __init__(self, request: Actuation, task: Task, wish: Wish, trace_id: str, approval_id: str) -> None:
        self.request, self.task, self.wish = request, task, wish
        self.reason = without_codes(request.reason, request.calls)
        self.entity_ids = sorted({entity_id for call in request.calls for entity_id in call.entity_id})
        self.known = {
            "trace_id": trace_id, "task_id": task.id, "person": wish.person, "origin": wish.origin,
            "rule_id": wish.rule_id,
        }  # fmt: skip
        self.detail = {
            "reason": self.reason, "evidence": request.evidence, "tainted": wish.tainted, "sender": task.sender,
            "approval_id": approval_id, "granted": wish.granted,
        }  # fmt: skip

    def event(self, ends: list[Ended], outcome: str) -> ActuationEvent:
        """Evidence for everybody who listens."""
        acted = sorted({entity_id for end in ends for entity_id in end.outcome.call.entity_id})
        return ActuationEvent(
            automation_id=self.wish.rule_id or self.request.rule_id or self.task.id, task_id=self.task.id,
            actions=tuple({**end.outcome.to_wire(), "call": as_told([end.outcome.call])[0]} for end in ends),
            trigger_payload={
                "reason": self.reason, "trace_id": self.known["trace_id"], "evidence": self.request.evidence,
            },
            timestamp=time.time(), trace_id=self.known["trace_id"], entity_ids=tuple(acted), outcome=outcome,
            person=self.wish.person, origin=self.wish.origin,
        )  # fmt: skip


def _outcome(state: TaskState, ends: list[Ended]) -> str:
    """The end of what was to be done at once; `asked` when all of it waits for a yes, so that nothing was done."""
    return "asked" if all(end.own is None for end in ends) else state.value


def _verdict(end: Ended) -> str:
    if end.acted:
        return "sent"
    if end.waits is not None:
        return "waits"
    return "already so" if end.own is TaskState.DONE else "refused"
