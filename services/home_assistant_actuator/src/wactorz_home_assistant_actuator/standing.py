"""What holds until a person changes it: policies of entities, and standing yes of rules."""

import time
from collections.abc import Callable

from wactorz_common.approvals import in_each_language
from wactorz_common.contracts.policy import (
    EntityPolicy,
    Grant,
    GrantResult,
    Policies,
    RevokeGrant,
    SetPolicy,
    StandingGrant,
    StandingGrants,
)
from wactorz_common.errors import Refused
from wactorz_common.handlers import Task
from wactorz_common.language import ENGLISH, language, primary
from wactorz_home_assistant_actuator.around import Around
from wactorz_home_assistant_actuator.audit import AuditLog
from wactorz_home_assistant_actuator.desk import Answered, Desk, calls_in
from wactorz_home_assistant_actuator.german import phrase
from wactorz_home_assistant_actuator.grants import GrantBook
from wactorz_home_assistant_actuator.policies import PolicyBook, loosens
from wactorz_home_assistant_actuator.policy import opening, reached
from wactorz_home_assistant_actuator.wish import GATEWAY, PLANNER, as_told, as_wire, hash_of

_CLASSES = {"A": "left alone", "B": "never asked about", "C": "asked about each time", None: "asked about by verb"}


class Standing:
    """Lays policies down and gives grants, at once or after a yes; `around` is the home as it is now."""

    def __init__(
        self, policies: PolicyBook, grants: GrantBook, desk: Desk, audit: AuditLog, around: Callable[[], Around]
    ) -> None:
        self._policies, self._grants, self._desk = policies, grants, desk
        self._audit, self._around = audit, around

    # -- policies -----------------------------------------------------------------------------------------------

    async def set_policy(self, request: SetPolicy, task: Task) -> Policies:
        """Lay a policy down; one that lets more happen waits for a yes."""
        self._desk.refuse_others(task, phrase("policies"), "policy")
        new, old = request.policy, self._policies.get(request.policy.entity_id)
        self._refuse_nonsense(request, old)
        if self._policies.has_pin([new.entity_id]) and (not new.pin or request.new_pin is not None):
            proofs = dict.fromkeys(self._policies.salts([new.entity_id]).values(), request.pin_proof)
            await self._policies.check_pin([new.entity_id], proofs, task.id)
        pin = self._policies.pin_of(new.entity_id) if request.new_pin is None else request.new_pin
        before = old or EntityPolicy(entity_id=new.entity_id)
        if loosens(before, new):
            return await self._ask_first(request, before, pin, task)
        await self._lay_down(new, pin, by=request.by, task=task, before=before)
        return self.listed(text=phrase("The policy of {entity_id} is set.", entity_id=new.entity_id))

    def listed(self, *, text: str = "", approval_id: str = "") -> Policies:
        """Every policy, and what PINs are proven with."""
        return Policies(
            policies=self._policies.listed(), pin_salts=self._policies.salts(), text=text, approval_id=approval_id
        )

    def _refuse_nonsense(self, request: SetPolicy, old: EntityPolicy | None) -> None:
        new = request.policy
        states = self._around().states
        if old is None and states and new.entity_id not in states:
            raise Refused(
                phrase("There is no {entity_id} in Home Assistant, so it gets no policy.", entity_id=new.entity_id)
            )
        if new.pin and request.new_pin is None and not self._policies.pin_of(new.entity_id):
            raise Refused(
                phrase(
                    "{entity_id} has no PIN yet: give one of at least 4 characters with the policy.",
                    entity_id=new.entity_id,
                )
            )
        if request.new_pin is not None and not new.pin:
            raise Refused(phrase("A PIN was given, but the policy says that none is asked for: set `pin` with it."))

    async def _ask_first(self, request: SetPolicy, before: EntityPolicy, pin: str, task: Task) -> Policies:
        new = request.policy
        told = in_each_language(lambda: _loosening(before, new))
        approval, _ = await self._desk.open(
            "policy", {"policy": new.to_wire(), "pin": pin},
            {
                "policy": new.to_wire(), "before": before.to_wire(), "origin": "person", "person": request.by,
                "trace_id": task.trace_id,
            },
            [new.entity_id], summary=told, requested_by=request.by, task=task,
        )  # fmt: skip
        text = phrase("{summary}. That needs your yes, so nothing was changed yet.", summary=_loosening(before, new))
        return self.listed(approval_id=approval.id, text=text)

    async def _lay_down(self, new: EntityPolicy, pin: str, *, by: str, task: Task, before: EntityPolicy) -> None:
        await self._policies.lay_down(new, pin)
        self._audit.note(
            "policy", entity_ids=[new.entity_id], task_id=task.id, trace_id=task.trace_id, person=by, origin="person",
            detail={"before": before.to_wire(), "after": new.to_wire()},
        )  # fmt: skip

    # -- grants -------------------------------------------------------------------------------------------------

    async def ask_grant(self, request: Grant, task: Task) -> GrantResult:
        """What a rule that does these calls needs: nothing, a yes, or it has it already."""
        if task.sender not in {PLANNER, GATEWAY}:
            self._desk.refuse(task, "grant", phrase("Only the planner asks for the standing yes of a rule."))
        around = self._around()
        verdicts = [verdict for call in request.calls for verdict in opening(call, around)]
        if not verdicts:
            await self._drop(request.rule_id, "its calls need none", "", task)
            return GrantResult(status="needed_none", text=phrase("The rule needs no standing yes."))
        if self._grants.covers(request.rule_id, request.calls):
            return GrantResult(status="granted", text=phrase("The rule has a standing yes to exactly this."))
        await self._drop(request.rule_id, "its calls have changed", "", task)
        whys = in_each_language(lambda: _whys(request, around))
        approval, _ = await self._desk.open(
            "grant", {"calls": as_wire(request.calls), "rule_id": request.rule_id},
            {
                "calls": as_told(request.calls), "rule_id": request.rule_id, "summary": request.summary,
                "origin": "person", "trace_id": task.trace_id, "why": whys[ENGLISH], "whys": whys,
            },
            reached(tuple(one for call in request.calls for one in call.entity_id), around.states),
            summary=in_each_language(lambda: _granting(request, around)), requested_by=f"rule {request.rule_id}",
            task=task,
        )  # fmt: skip
        text = phrase(
            "The rule needs a standing yes, because {why}; without it, it asks each time.",
            why="; ".join(_whys(request, around)),
        )
        return GrantResult(status="needs_approval", approval_id=approval.id, text=text)

    async def revoke(self, request: RevokeGrant, task: Task) -> StandingGrants:
        """Take a rule's standing yes away."""
        await self._drop(request.rule_id, "revoked", request.by, task)
        return StandingGrants(grants=self._grants.listed())

    async def forget_changed(self, rule_id: str, task: Task) -> None:
        """Take the standing yes of a rule away that does other things now than what it was given for."""
        await self._drop(rule_id, "its calls have changed", "", task)

    async def _drop(self, rule_id: str, reason: str, by: str, task: Task) -> None:
        if await self._grants.take(rule_id):
            self._audit.note(
                "grant", rule_id=rule_id, task_id=task.id, trace_id=task.trace_id, person=by,
                detail={"verdict": "taken away", "reason": reason},
            )  # fmt: skip

    # -- after a yes --------------------------------------------------------------------------------------------

    async def apply(self, answered: Answered, task: Task) -> str:
        """Do what was approved; what was done, in words."""
        wish, approval, by = answered.kept.wish, answered.kept.approval, answered.kept.decided_by
        if approval.kind == "policy":
            new = EntityPolicy.accept(wish["policy"])
            before = self._policies.get(new.entity_id) or EntityPolicy(entity_id=new.entity_id)
            await self._lay_down(new, wish["pin"], by=by, task=task, before=before)
            return phrase("The policy of {entity_id} is set.", entity_id=new.entity_id)
        grant = StandingGrant(
            rule_id=wish["rule_id"], calls_sha256=hash_of(calls_in(wish)), by=by, at=time.time(),
            summary=str(approval.detail.get("summary", "")),
        )  # fmt: skip
        await self._grants.give(grant)
        self._audit.note(
            "grant", rule_id=grant.rule_id, task_id=task.id, trace_id=task.trace_id, person=by, origin="person",
            entity_ids=approval.detail.get("entity_ids") or (),
            detail={"verdict": "given", "calls": as_told(calls_in(wish)), "calls_sha256": grant.calls_sha256},
        )  # fmt: skip
        return phrase("The rule may do exactly this without asking each time.")


def _in_words(policy: EntityPolicy) -> str:
    people = phrase("for {people} only", people=", ".join(policy.persons)) if policy.persons else phrase("for everyone")
    return f"'{phrase(_CLASSES[policy.risk])}, {people}'"


def _loosening(before: EntityPolicy, new: EntityPolicy) -> str:
    return phrase(
        "Loosen the policy of {entity_id}: {before} becomes {after}",
        entity_id=new.entity_id, before=_in_words(before), after=_in_words(new),
    )  # fmt: skip


def _whys(request: Grant, around: Around) -> list[str]:
    return list(dict.fromkeys(verdict.reason for call in request.calls for verdict in opening(call, around)))


def _granting(request: Grant, around: Around) -> str:
    said = request.summaries.get(primary(language()), request.summary)
    return phrase(
        "Let the rule act without asking each time: {summary} ({why})",
        summary=said or request.rule_id, why="; ".join(_whys(request, around)),
    )  # fmt: skip
