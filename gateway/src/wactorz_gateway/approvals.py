"""Approvals: questions that only an authenticated person may answer, and this is the door where they are known."""

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal

from wactorz_common import pins
from wactorz_common.contracts.chat import ChatMessage
from wactorz_common.contracts.spawning import (
    DECIDE_APPROVAL,
    LIST_APPROVALS,
    Approval,
    ApprovalQuery,
    Decision,
)
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.decisions import read_decision, read_pin
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_gateway.accounts.roles import ADMIN, USER, covers
from wactorz_gateway.backend import Backend
from wactorz_gateway.guards import Refusal

HOLDERS = ("monitor", "home-assistant-actuator", "home-assistant-agent")
"""The agents that ask for approvals and act on the answer."""

FOR_ADMINS = frozenset({"spawn", "grant", "policy"})
"""Kinds of approval that change what Wactorz may do, not only what happens in the house."""

Answer = Literal["approve", "deny"]

_PIN_MISSING = (
    "Nothing was done, because this needs your PIN: send it with the yes, or type /approve {id} PIN in the chat"
)
_NOT_YOURS = "Nothing was done, because a yes to this needs the role admin: ask somebody who has it, or say no"
_ONLY_TALKS = "Nothing was decided, because this token may only talk: answer it with one that has the scope control"
_ASK_SECONDS = 4.0
_SESSIONS = 500
_REMEMBERED = 1_000
_TYPED = re.compile(r"^/(approve|deny)(?:\(\))?(?:\s+(\S{1,100}))?(?:\s+(\S{1,64}))?$", re.IGNORECASE)
_TO_MAIN = re.compile(r"^\s*@(?:main|main-actor|wactorz)[,:]?\s+", re.IGNORECASE)
_DIGITS = re.compile(r"\d{4,15}")
_MAIN = frozenset({"", "main", "main-actor", "wactorz"})


@dataclass(frozen=True)
class Given:
    """A person's answer to an approval, as it was typed."""

    answer: Answer
    approval_id: str
    pin: str = field(default="", repr=False)


@dataclass(frozen=True)
class Decided:
    """What came of an answer: done, or sent without its effect being seen."""

    text: str
    status: Literal["done", "unknown"] = "done"


class Decisions:
    """Lists and answers the approvals of all holders."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._holders: OrderedDict[str, str] = OrderedDict()
        self.on_change: Callable[[], None] = lambda: None
        """Called when an answer was passed on."""

    async def listed(self, *, every: bool = False) -> list[tuple[str, Approval]]:
        """Holder and approval, oldest first; `every` shows the decided ones of the last day too.

        Raises TransportError when no holder answers; one that is silent beside others has nothing to show.
        """
        held = await self.by_holder(every=every)
        found = [(holder, approval) for holder, approvals in held.items() for approval in approvals]
        return sorted(found, key=lambda pair: pair[1].created_at)

    async def by_holder(
        self, holders: Sequence[str] = (), *, every: bool = False, seconds: float = _ASK_SECONDS
    ) -> dict[str, tuple[Approval, ...]]:
        """The approvals of each holder that answers within `seconds`; raises when none does."""
        asked = [self._backend.ask(LIST_APPROVALS, ApprovalQuery(all=every), to=holder, timeout=seconds)
                 for holder in holders or HOLDERS]  # fmt: skip
        answers = await asyncio.gather(*asked, return_exceptions=True)
        held: dict[str, tuple[Approval, ...]] = {}
        failed: list[BaseException] = []
        for holder, answer in zip(holders or HOLDERS, answers, strict=True):
            if isinstance(answer, BaseException):
                failed.append(answer)
            else:
                held[holder] = answer.approvals
        for error in failed:
            if not held or not isinstance(error, TransportError | TaskFailed):
                raise error
        self._remember(held)
        return held

    def _remember(self, held: dict[str, tuple[Approval, ...]]) -> None:
        """Who holds what, so that a decision asks only its own holder."""
        for holder, approvals in held.items():
            self._holders.update(dict.fromkeys((one.id for one in approvals), holder))
        while len(self._holders) > _REMEMBERED:
            self._holders.popitem(last=False)

    async def decide(self, given: Given, *, by: str, role: str, task_id: str = "") -> Refusal | Decided:
        """Pass a person's answer on to the agent that asked; what was done, or why nothing was.

        `role` is what the caller may do, which can be less than the person may.
        """
        known = self._holders.get(given.approval_id)
        listed = await self.by_holder((known,) if known else (), every=True)
        held = {one.id: (holder, one) for holder, approvals in listed.items() for one in approvals}
        if given.approval_id not in held:
            return Refusal(
                HTTPStatus.NOT_FOUND, f"There is no approval '{given.approval_id}': `wactorz approvals` lists them"
            )
        holder, approval = held[given.approval_id]
        least = ADMIN if given.answer == "approve" and approval.kind in FOR_ADMINS else USER
        if not covers(role, least):
            return Refusal(HTTPStatus.FORBIDDEN, _NOT_YOURS if covers(role, USER) else _ONLY_TALKS)
        if given.answer == "approve" and approval.needs_pin and approval.state == "open" and not given.pin:
            return Refusal(HTTPStatus.CONFLICT, _PIN_MISSING.format(id=approval.id))
        proofs = await asyncio.to_thread(prove_all, given.pin, approval) if given.answer == "approve" else {}
        decision = Decision(id=given.approval_id, decision=given.answer, by=by, pin_proofs=proofs)
        end = await self._backend.submit(DECIDE_APPROVAL, decision, to=holder, task_id=task_id)
        self.on_change()
        if end.result is not None and end.state in (TaskState.DONE, TaskState.UNKNOWN):
            return Decided(end.result.text, "done" if end.state is TaskState.DONE else "unknown")
        if end.state is TaskState.FAILED:
            text = end.result.text if end.result is not None else ""
            return Refusal(HTTPStatus.CONFLICT, end.error or text or "That could not be done")
        return Refusal(HTTPStatus.GATEWAY_TIMEOUT, f"{holder} has not confirmed the answer yet: look at the approvals")


class Sessions:
    """Which approval the last answer of a conversation asked for, so that a plain yes can be passed on."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, tuple[str, str]] = OrderedDict()

    def read(self, message: ChatMessage) -> Given | None:
        """The answer to an approval in a message; None when it is something else, and then the question lapses.

        The same message again is read the same way.
        """
        session, approval_id = place_of(message), self.waiting(message)
        if self._open.get(session, ("", "nobody"))[1] in ("", message.id):
            self._open[session] = (approval_id, message.id)
        to_main = message.to.strip("@ ").casefold() in _MAIN
        given = parse(_TO_MAIN.sub("", message.content), approval_id) if to_main else None
        return given if given is not None and given.approval_id else None

    def waiting(self, message: ChatMessage) -> str:
        """The approval that is open where a message was said and that the message may answer; empty for none."""
        approval_id, answered_by = self._open.get(place_of(message), ("", ""))
        return approval_id if answered_by in ("", message.id) else ""

    def note(self, session: str, approval_id: str) -> None:
        """An answer in a session asks for this approval; of two at once nobody knows which one a plain yes means."""
        if not session or not approval_id:
            return
        before, answered_by = self._open.pop(session, ("", "nobody"))
        is_second = before != approval_id and not answered_by
        self._open[session] = ("" if is_second else approval_id, "")
        while len(self._open) > _SESSIONS:
            self._open.popitem(last=False)


def place_of(message: ChatMessage) -> str:
    """Where a question stands: in a session of one person; empty for none."""
    session = message.conversation_id
    return f"{message.person}/{session}" if session and message.person else session


def parse(text: str, approval_id: str) -> Given | None:
    """Read a text as the answer to an approval; `approval_id` is the one that is open in the session, if any."""
    plain = " ".join(text.split())
    typed = _TYPED.match(plain)
    if typed is not None:
        named, pin = typed[2] or approval_id, typed[3] or ""
        if approval_id and not pin and _DIGITS.fullmatch(named):  # the PIN alone: ids are longer
            named, pin = approval_id, named
        return Given("approve" if typed[1].casefold() == "approve" else "deny", named, pin)
    if not approval_id:
        return None
    pin = read_pin(plain)
    if pin:
        return Given("approve", approval_id, pin)
    said = read_decision(plain)
    return None if said is None else Given("approve" if said else "deny", approval_id)


def prove_all(pin: str, approval: Approval) -> dict[str, str]:
    """Proofs of a PIN for an approval, by salt: what is sent in its place. Takes tens of milliseconds for each."""
    return {salt: pins.prove(pin, salt, approval.id) for salt in approval.pin_salts} if pin else {}


def task_of(message_id: str) -> str:
    """The id of the task that a message's answer becomes: the same for a repeated message."""
    return "decide-" + hashlib.sha256(message_id.encode()).hexdigest()[:32]
