"""The desk where people are asked: what opens waits here for one yes, with the right person and PIN behind it."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

from wactorz_common.approvals import ApprovalBook, Kept, fingerprint, in_each_language
from wactorz_common.contracts.home import Actuation, ServiceCall
from wactorz_common.contracts.spawning import Approval, Decision
from wactorz_common.errors import Refused
from wactorz_common.handlers import Task
from wactorz_common.language import ENGLISH
from wactorz_home_assistant import State
from wactorz_home_assistant_actuator import wording
from wactorz_home_assistant_actuator.around import Around
from wactorz_home_assistant_actuator.audit import AuditLog
from wactorz_home_assistant_actuator.ends import Ended
from wactorz_home_assistant_actuator.evidence import picture
from wactorz_home_assistant_actuator.german import phrase
from wactorz_home_assistant_actuator.limits import allowed
from wactorz_home_assistant_actuator.pace import Pace
from wactorz_home_assistant_actuator.policies import PolicyBook, WrongPin
from wactorz_home_assistant_actuator.policy import clear, reached
from wactorz_home_assistant_actuator.wish import GATEWAY, Wish, as_told, as_wire, without_codes

_MOST_OPEN_OF_OTHERS = 10
"""Approvals that rules, agents and models may have open; the rest of the places is kept for people."""

_BY_WRONG_PIN = "wrong PIN"
_REFUSALS_A_MINUTE = 60
_LONGEST_DATA = 300


@dataclass(frozen=True)
class Answered:
    """An approval that was just used up, and whether the answer is yes."""

    kept: Kept
    yes: bool

    @property
    def asked(self) -> dict[str, Any]:
        """Who wanted it, when and in which task."""
        return self.kept.approval.detail

    def to_actuation(self) -> Actuation:
        """What was approved, as it was asked for."""
        wish = self.kept.wish
        return Actuation(
            calls=calls_in(wish), reason=wish["reason"], person=wish["person"], origin=wish["origin"],
            rule_id=wish["rule_id"], evidence=self.asked.get("evidence") or {},
        )  # fmt: skip


class Desk:
    """Opens approvals and takes answers."""

    def __init__(self, book: ApprovalBook, policies: PolicyBook, audit: AuditLog) -> None:
        self._book, self._policies, self._audit = book, policies, audit
        self._refusals = Pace(_REFUSALS_A_MINUTE)

    def refuse_others(self, task: Task, what: str, kind: Literal["approval", "policy"] = "approval") -> None:
        """Only the gateway knows who a person is; whoever else pretends to leaves a line in the audit log."""
        if task.sender != GATEWAY:
            self.refuse(task, kind, phrase("Only the gateway may pass on {what}: it knows who a person is.", what=what))

    def refuse(
        self, task: Task, kind: Literal["approval", "policy", "grant", "halt", "automation"], sentence: str,
        approval_id: str = "", person: str = "",
    ) -> NoReturn:  # fmt: skip
        """Refused, with a line in the audit log; but not for every try of who tries without end."""
        whose = f"{kind} {task.sender == GATEWAY}"
        if not self._refusals.exceeded([whose], time.time()):
            self._refusals.note([whose], time.time())
            self._audit.note(
                kind, task_id=task.id, trace_id=task.trace_id, person=person,
                detail={"verdict": "refused", "sender": task.sender, "approval_id": approval_id, "text": sentence},
            )  # fmt: skip
        raise Refused(sentence)

    async def ask(
        self, request: Actuation, task: Task, wish: Wish, ends: Sequence[Ended], around: Around
    ) -> tuple[Approval, bool]:
        """An approval for everything of a task that waits, and whether it is new; Refused when too many are open."""
        calls = [end.waits for end in ends if end.waits is not None]
        known = self._asked_by(task)
        if known is not None:
            return known, False
        if not wish.is_personal and self._open_of_others() >= _MOST_OPEN_OF_OTHERS:
            raise Refused(
                phrase("Too many questions of rules and agents wait for an answer already, so nothing was done.")
            )
        wanted = {
            "calls": as_wire(calls), "person": wish.person, "origin": wish.origin, "rule_id": wish.rule_id,
            "reason": request.reason,
        }  # fmt: skip
        entity_ids = [entity_id for call in calls for entity_id in call.entity_id]
        whys = in_each_language(lambda: _whys(ends, around, wish))
        detail = {
            **wanted, "calls": as_told(calls), "reason": without_codes(request.reason, calls),
            "why": whys[ENGLISH], "whys": whys,
            "task_id": task.id, "trace_id": task.trace_id, "evidence": request.evidence,
            "names": {one: around.states[one].name for one in entity_ids if one in around.states},
            "states": picture(around.states[one] for one in entity_ids if one in around.states),
        }  # fmt: skip
        return await self.open(
            "actuation", wanted, detail, reached(tuple(entity_ids), around.states),
            summary=in_each_language(lambda: _summary(calls, around, request, wish, task)),
            requested_by=_requester(wish, task), task=task,
        )  # fmt: skip

    async def open(
        self, kind: Any, wanted: dict[str, Any], detail: dict[str, Any], entity_ids: Iterable[str], *,
        summary: dict[str, str], requested_by: str, task: Task,
    ) -> tuple[Approval, bool]:  # fmt: skip
        """Open an approval for a wish, with a line in the audit log; the same wish has one that is open."""
        named = sorted(set(entity_ids))
        approval, is_new = await self._book.open(
            wanted, summary, kind=kind, detail={**detail, "entity_ids": named}, requested_by=requested_by,
            needs_pin=self._policies.has_pin(named),
        )  # fmt: skip
        if is_new:
            self._note(approval, "opened", task.trace_id, task.id, str(detail.get("person", "")))
        return approval, is_new

    async def answer(self, request: Decision, task: Task, states: Mapping[str, State] | None = None) -> Answered:
        """Use an approval up; Refused, with the approval still open, when this person or PIN may not.

        With `states` also when a device is called something else now than what the person read.
        """
        self.refuse_others(task, phrase("answers to approvals"))
        kept = self._book.find(request.id)
        yes = request.decision == "approve"
        if kept is not None and yes and kept.task != task.id and kept.approval.state == "open":
            self._compare_names(request, kept, task, states or {})
            await self._identify(request, kept, task)
        try:
            decided = await self._book.decide(request.id, approve=yes, by=request.by, task=task.id)
        except Refused as error:
            self.refuse(task, "approval", str(error), request.id, request.by)
        if kept is not None and kept.task != task.id:
            self._note(decided.approval, "approved" if yes else "denied", _trace(decided), task.id, request.by)
        return Answered(decided, decided.approval.state == "approved")

    def listed(self, *, decided_too: bool) -> tuple[Approval, ...]:
        """Oldest first, with the salts that PINs are proven with now."""
        return tuple(self._with_salts(one) for one in self._book.listed(decided_too=decided_too))

    def _with_salts(self, approval: Approval) -> Approval:
        salts = self._policies.salts(approval.detail.get("entity_ids") or ())
        return approval.model_copy(update={"pin_salts": tuple(salts.values()), "needs_pin": bool(salts)})

    async def expire(self) -> list[Approval]:
        """End what nobody answered; the ones that just ended."""
        ended = [kept.approval for kept in await self._book.expire()]
        for approval in ended:
            self._note(approval, "expired", str(approval.detail.get("trace_id", "")), "", "")
        return ended

    def _compare_names(self, request: Decision, kept: Kept, task: Task, states: Mapping[str, State]) -> None:
        for entity_id, name in (kept.approval.detail.get("names") or {}).items():
            if entity_id in states and states[entity_id].name != name:
                sentence = phrase(
                    "{name} is called {name2} since the question was asked: ask for it once more.",
                    name=name,
                    name2=states[entity_id].name,
                )
                self.refuse(task, "approval", sentence, request.id, request.by)

    async def _identify(self, request: Decision, kept: Kept, task: Task) -> None:
        """Let nobody say yes but who may, with the PIN where there is one."""
        if fingerprint(kept.wish) != kept.approval.arguments_sha256:
            raise Refused(phrase("What was approved is not what is kept: ask for it once more."))
        entity_ids = kept.approval.detail.get("entity_ids") or ()
        for entity_id in entity_ids:
            policy = self._policies.get(entity_id)
            if policy is not None and not allowed(policy.persons, request.by):
                self._note(kept.approval, "not by this person", _trace(kept), task.id, request.by)
                raise Refused(
                    phrase("Only {persons} may say yes to this; it still waits.", persons=", ".join(policy.persons))
                )
        try:
            await self._policies.check_pin(entity_ids, request.pin_proofs, request.id)
        except WrongPin as error:
            verdict = "wrong PIN" if request.pin_proofs else "PIN missing"
            self._note(kept.approval, verdict, _trace(kept), task.id, request.by)
            if error.last:
                denied = await self._book.decide(request.id, approve=False, by=_BY_WRONG_PIN, task=f"{task.id}/pin")
                self._note(denied.approval, "denied", _trace(kept), task.id, _BY_WRONG_PIN)
            raise

    def _asked_by(self, task: Task) -> Approval | None:
        """The approval that a task opened before a restart, however it stands now."""
        if not task.recovered:
            return None
        found = self._book.listed(decided_too=True)
        return next((one for one in found if one.detail.get("task_id") == task.id), None)

    def _open_of_others(self) -> int:
        return sum(one.detail.get("origin") != "person" for one in self._book.listed(decided_too=False))

    def _note(self, approval: Approval, verdict: str, trace_id: str, task_id: str, person: str) -> None:
        self._audit.note(
            "approval", entity_ids=approval.detail.get("entity_ids") or (), trace_id=trace_id, task_id=task_id,
            person=person, origin=str(approval.detail.get("origin", "")),
            rule_id=str(approval.detail.get("rule_id", "")),
            detail={
                "approval_id": approval.id, "verdict": verdict, "what": approval.kind, "summary": approval.summary,
                "arguments_sha256": approval.arguments_sha256, "calls": approval.detail.get("calls") or [],
            },
        )  # fmt: skip


def calls_in(wish: dict[str, Any]) -> tuple[ServiceCall, ...]:
    """The calls that a wish is about."""
    return tuple(ServiceCall.accept(call) for call in wish["calls"])


def _trace(kept: Kept) -> str:
    return str(kept.approval.detail.get("trace_id", ""))


def _requester(wish: Wish, task: Task) -> str:
    return wish.person or (f"rule {wish.rule_id}" if wish.rule_id else task.sender)


def _summary(calls: Sequence[ServiceCall], around: Around, request: Actuation, wish: Wish, task: Task) -> str:
    def names(call: ServiceCall) -> list[str]:
        return [around.states[one].name if one in around.states else one for one in call.entity_id]

    done = wording.sentence(
        phrase(" and ").join(f"{wording.command(call, names(call))}{_further(call)}" for call in calls)
    )
    if wish.is_personal:
        return done
    if wish.origin == "model":
        return phrase("{done} (proposed by a model)", done=done)
    reason = " ".join(without_codes(request.reason, calls).split())[:200]
    said = phrase(", because of: {reason}", reason=reason) if reason else ""
    by_rule = wish.rule_id and not wish.person
    asker = phrase("rule {id}", id=wish.rule_id) if by_rule else _requester(wish, task)
    return phrase("{done} (asked by {asker}{said})", done=done, asker=asker, said=said)


def _further(call: ServiceCall) -> str:
    """What else is sent: nobody says yes to what is not shown."""
    shown = {key: value for key, value in as_told([call])[0]["data"].items() if key != "position"}
    told = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in shown.items())
    return phrase(" with {data}", data=told[:_LONGEST_DATA]) if told else ""


def _whys(ends: Sequence[Ended], around: Around, wish: Wish) -> list[str]:
    """Why each call waits, in the language of the work at hand; as it ended, where the home has changed since."""
    told = list[str]()
    for end in ends:
        if end.waits is not None:
            try:
                told += clear(end.waits, around, wish).reasons or [end.outcome.detail]
            except Refused:
                told.append(end.outcome.detail)
    return list(dict.fromkeys(told))
