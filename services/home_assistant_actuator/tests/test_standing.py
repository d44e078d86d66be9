"""Policies and grants, at once or after a yes."""

from typing import Any

import pytest

from wactorz_common import pins
from wactorz_common.approvals import ApprovalBook
from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.policy import AuditQuery, EntityPolicy, Grant, RevokeGrant, SetPolicy
from wactorz_common.contracts.spawning import Decision
from wactorz_common.errors import Refused
from wactorz_common.handlers import Task
from wactorz_common.store import Store
from wactorz_home_assistant import State
from wactorz_home_assistant_actuator.around import Around
from wactorz_home_assistant_actuator.audit import AuditLog
from wactorz_home_assistant_actuator.desk import Desk
from wactorz_home_assistant_actuator.grants import GrantBook
from wactorz_home_assistant_actuator.policies import PolicyBook
from wactorz_home_assistant_actuator.standing import Standing

UNLOCK = ServiceCall(domain="lock", service="unlock", entity_id=("lock.a",))
LOCK = ServiceCall(domain="lock", service="lock", entity_id=("lock.a",))


def make_task(sender: str = "gateway", task_id: str = "t") -> Task:
    return Task(task_id, "x", "home-assistant-actuator", sender, "trace")


class Rig:
    """What holds, and the desk that asks about it."""

    def __init__(self, store: Store) -> None:
        self.policies, self.grants, self.audit = PolicyBook(store), GrantBook(store), AuditLog(store)
        self.book = ApprovalBook(store, "home-assistant-actuator", 120)
        self.desk = Desk(self.book, self.policies, self.audit)
        self.around = Around({"lock.a": State("lock.a", "locked", {"friendly_name": "Front door"})}, {})
        self.standing = Standing(self.policies, self.grants, self.desk, self.audit, lambda: self.around)

    async def lay_down(self, new_pin: str | None = None, old_pin: str = "", **policy: Any) -> str:
        laid = EntityPolicy(entity_id="lock.a", **policy)
        sealed = None if new_pin is None else pins.seal(new_pin, pins.new_salt(new_pin))
        proof = self.prove(old_pin, "t") if old_pin else {}
        request = SetPolicy(policy=laid, new_pin=sealed, pin_proof="".join(proof.values()), by="ann")
        return (await self.standing.set_policy(request, make_task())).approval_id

    def prove(self, pin: str, purpose: str) -> dict[str, str]:
        return {salt: pins.prove(pin, salt, purpose) for salt in self.policies.salts().values()}

    async def say_yes(self, approval_id: str) -> str:
        task = make_task(task_id=f"yes-{approval_id}")
        answered = await self.desk.answer(Decision(id=approval_id, decision="approve", by="ann"), task)
        return await self.standing.apply(answered, task)


@pytest.fixture
async def rig(store: Store) -> Rig:
    found = Rig(store)
    found.audit.open()
    for book in (found.book, found.policies, found.grants):
        await book.load()
    return found


async def test_stricter_at_once_and_looser_after_a_yes(rig: Rig):
    assert await rig.lay_down(risk="C") == ""
    approval_id = await rig.lay_down(risk="B")
    assert rig.policies["lock.a"].risk == "C"
    kept = rig.book.find(approval_id)
    assert kept is not None
    assert kept.approval.kind == "policy"
    assert kept.approval.summary == (
        "Loosen the policy of lock.a: 'asked about each time, for everyone' becomes 'never asked about, for everyone'"
    )
    assert await rig.say_yes(approval_id) == "The policy of lock.a is set."
    assert rig.policies["lock.a"].risk == "B"
    lines = (await rig.audit.listed(AuditQuery(kind="policy"))).lines
    assert [(line.detail["before"].get("risk"), line.detail["after"].get("risk")) for line in lines] == [
        ("C", "B"), (None, "C"),
    ]  # fmt: skip


async def test_a_pin_is_changed_or_taken_away_with_the_old_one_only(rig: Rig):
    with pytest.raises(Refused, match="has no PIN yet"):
        await rig.lay_down(pin=True)
    with pytest.raises(Refused, match="set `pin` with it"):
        await rig.lay_down(new_pin="2468")
    await rig.lay_down(pin=True, new_pin="2468")
    for change in ({"pin": True, "new_pin": "1357"}, {}):
        with pytest.raises(Refused, match="This needs the PIN"):
            await rig.lay_down(**change)  # type: ignore[arg-type]
    await rig.lay_down(pin=True, quiet_hours="22:00-07:00")
    assert rig.policies["lock.a"].quiet_hours == "22:00-07:00"
    await rig.lay_down(pin=True, new_pin="1357", old_pin="2468")
    await rig.policies.check_pin(["lock.a"], rig.prove("1357", "x"), "x")
    await rig.lay_down(old_pin="1357")
    assert len(rig.policies) == 0


async def test_the_pin_does_not_show_in_the_approval(rig: Rig):
    await rig.lay_down(risk="C")
    approval_id = await rig.lay_down(risk="B", pin=True, new_pin="2468")
    kept = rig.book.find(approval_id)
    assert kept is not None
    assert "scrypt" not in str(kept.approval.to_wire())
    await rig.say_yes(approval_id)
    await rig.policies.check_pin(["lock.a"], rig.prove("2468", "x"), "x")


async def test_an_approval_is_listed_with_what_its_pin_is_proven_with_now(rig: Rig):
    await rig.lay_down(risk="C")
    await rig.lay_down(risk="B")
    assert [one.needs_pin for one in rig.desk.listed(decided_too=False)] == [False]
    await rig.lay_down(risk="C", pin=True, new_pin="2468")
    (approval,) = rig.desk.listed(decided_too=False)
    assert (approval.needs_pin, approval.pin_salts) == (True, tuple(rig.standing.listed().pin_salts.values()))


async def test_who_may_ask_for_what(rig: Rig):
    with pytest.raises(Refused, match="Only the gateway may pass on policies"):
        await rig.standing.set_policy(SetPolicy(policy=EntityPolicy(entity_id="lock.a")), make_task("main"))
    with pytest.raises(Refused, match="Only the planner"):
        await rig.standing.ask_grant(Grant(rule_id="r", calls=(UNLOCK,)), make_task("some-agent"))


async def test_a_grant_is_for_exactly_these_calls(rig: Rig):
    async def ask(*calls: ServiceCall) -> tuple[str, str]:
        result = await rig.standing.ask_grant(Grant(rule_id="r", calls=calls, summary="s"), make_task("planner"))
        return result.status, result.approval_id

    assert await ask(LOCK) == ("needed_none", "")
    status, approval_id = await ask(UNLOCK)
    assert status == "needs_approval"
    assert await ask(UNLOCK) == (status, approval_id)
    await rig.say_yes(approval_id)
    assert await ask(UNLOCK) == ("granted", "")
    assert rig.grants.covers("r", [UNLOCK])
    assert (await ask(UNLOCK, LOCK))[0] == "needs_approval"
    assert rig.grants.listed() == ()
    verdicts = [line.detail["verdict"] for line in (await rig.audit.listed(AuditQuery(kind="grant"))).lines]
    assert verdicts == ["taken away", "given"]


async def test_a_grant_is_revoked(rig: Rig):
    result = await rig.standing.ask_grant(Grant(rule_id="r", calls=(UNLOCK,)), make_task("planner"))
    await rig.say_yes(result.approval_id)
    assert (await rig.standing.revoke(RevokeGrant(rule_id="r", by="ann"), make_task())).grants == ()
