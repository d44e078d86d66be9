"""Devices: commands handed to the actuator, relative changes, and what waits for a person's yes."""

from dataclasses import dataclass
from typing import Literal

from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.history import GET_HISTORY, HistoryPoint, HistoryQuery
from wactorz_common.contracts.home import (
    ACTUATE,
    GET_STATES,
    Actuation,
    ActuationResult,
    Entity,
    ServiceCall,
    StateQuery,
)
from wactorz_common.contracts.spawning import LIST_APPROVALS, Approval, ApprovalQuery
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_main import texts
from wactorz_main.errand import WAITING, Errand

_ACT_SECONDS = 30.0
_LEAST_SECONDS = 1.0
_MOMENT = 0.001
_APPROVAL_SECONDS = 3.0


@dataclass(frozen=True)
class Acted:
    """How an actuation ended, and what to say about it; with an approval the state is that of what was done at once."""

    state: TaskState
    text: str
    approval_id: str = ""

    def answer(self) -> ChatAnswer:
        """The same for a person."""
        status = WAITING if self.approval_id else self.state.value
        return ChatAnswer(text=self.text, status=status, approval_id=self.approval_id)


class Acting:
    """Moves devices for one message."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand

    async def perform(
        self, calls: tuple[ServiceCall, ...], step: str, *, origin: Literal["person", "model"], summary: str = ""
    ) -> Acted:
        """Have calls made, once; `summary` says in the person's language what they do."""
        errand = self._errand
        if errand.task.remaining < _LEAST_SECONDS and not errand.task.recovered:
            return Acted(TaskState.EXPIRED, errand.say("no_time"))
        wish = Actuation(
            calls=calls, reason=errand.text[:500], tainted=origin == "model", origin=origin,
            person=errand.person,
        )  # fmt: skip
        end = await errand.submit(ACTUATE, wish, step, seconds=_ACT_SECONDS)
        if end.result is not None and end.result.approval_id:
            return await self._waiting(end.result)
        told = (end.result.text if end.result else "") or end.error or ""
        return Acted(end.state, self._in_words(end.state, told, summary))

    async def states(self, entity_ids: tuple[str, ...]) -> tuple[Entity, ...]:
        """Live states of entities."""
        return (await self._errand.ask(GET_STATES, StateQuery(entity_id=entity_ids))).states

    async def past(self, entity_ids: tuple[str, ...], at: float) -> tuple[HistoryPoint, ...]:
        """States of entities at a moment, in epoch seconds."""
        query = HistoryQuery(entity_ids=entity_ids, start=at, end=at + _MOMENT, attributes=True)
        return (await self._errand.ask(GET_HISTORY, query)).points

    def _in_words(self, state: TaskState, told: str, summary: str) -> str:
        """What the actuator says in the person's language; without words of its own what was asked."""
        if told:
            return told
        if state is TaskState.DONE and summary:
            return self._errand.say("done_what", what=summary.rstrip(". "))
        return texts.ended(self._errand.language, state)

    async def _waiting(self, result: ActuationResult) -> Acted:
        """Something opens: say what exactly will happen, until when, and how to say yes."""
        errand, approval_id = self._errand, result.approval_id
        await errand.agent.memory.ask_approval(errand.place, approval_id)
        at_once = [one for one in result.outcomes if not one.approval_id]
        done = next((one.state for one in at_once if one.state is not TaskState.DONE), TaskState.DONE)
        approval = await self._approval(approval_id)
        if approval is None:
            how = texts.how_to_answer(errand.language, approval_id, here=errand.in_session)
            return Acted(done, texts.lines((result.text, how)), approval_id)
        zone = errand.agent.house.time_zone if errand.agent.house else ""
        asks = texts.waiting(errand.language, approval, errand.task.now(), zone, here=errand.in_session)
        told = " ".join(filter(None, (one.detail for one in at_once))) or (result.text if at_once else "")
        return Acted(done, texts.lines((told, asks)), approval_id)

    async def _approval(self, approval_id: str) -> Approval | None:
        try:
            listed = await self._errand.ask(
                LIST_APPROVALS, ApprovalQuery(), to=ACTUATE.agent, seconds=_APPROVAL_SECONDS
            )
        except (TransportError, TaskFailed):
            return None
        return next((one for one in listed.approvals if one.id == approval_id), None)
