"""People are asked once, answer once, and only those who may."""

from typing import Any

import pytest

from wactorz_common.approvals import ApprovalBook
from wactorz_common.contracts.home import Actuation, CallOutcome, ServiceCall
from wactorz_common.contracts.policy import AuditQuery, EntityPolicy
from wactorz_common.contracts.spawning import Decision
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import Refused
from wactorz_common.handlers import Task
from wactorz_common.language import speaking
from wactorz_common.store import Store
from wactorz_home_assistant import State
from wactorz_home_assistant_actuator.around import Around
from wactorz_home_assistant_actuator.audit import AuditLog
from wactorz_home_assistant_actuator.desk import Desk
from wactorz_home_assistant_actuator.ends import Ended
from wactorz_home_assistant_actuator.policies import PolicyBook
from wactorz_home_assistant_actuator.wish import Wish

UNLOCK = ServiceCall(domain="lock", service="unlock", entity_id=("lock.a",))
AROUND = Around({"lock.a": State("lock.a", "locked", {"friendly_name": "Front door"})}, {})


class Rig:
    """A desk with everything around it."""

    def __init__(self, store: Store) -> None:
        self.now = 1_000.0
        self.book = ApprovalBook(store, "home-assistant-actuator", 120, lambda: self.now)
        self.policies = PolicyBook(store, lambda: self.now)
        self.audit = AuditLog(store, lambda: self.now)
        self.desk = Desk(self.book, self.policies, self.audit)

    async def ask(self, wish: Wish, *, task_id: str = "t", recovered: bool = False, **fields: Any) -> tuple[str, bool]:
        outcome = CallOutcome(call=UNLOCK, state=TaskState.FAILED, detail="Unlocking needs your yes.")
        request = Actuation(calls=(UNLOCK,), **fields)
        task = Task(task_id, "actuate", "home-assistant-actuator", "some-agent", "trace", recovered=recovered)
        approval, is_new = await self.desk.ask(request, task, wish, [Ended(outcome, waits=UNLOCK)], AROUND)
        return approval.id, is_new

    async def answer(self, approval_id: str, decision: Any = "approve", task_id: str = "d", by: str = "ann") -> bool:
        task = Task(task_id, "decide_approval", "home-assistant-actuator", "gateway")
        return (await self.desk.answer(Decision(id=approval_id, decision=decision, by=by), task)).yes

    async def verdicts(self) -> list[str]:
        lines = (await self.audit.listed(AuditQuery(kind="approval"))).lines
        return [line.detail["verdict"] for line in reversed(lines)]


@pytest.fixture
async def rig(store: Store) -> Rig:
    found = Rig(store)
    found.audit.open()
    await found.book.load()
    await found.policies.load()
    return found


async def test_the_same_task_after_a_restart_has_the_same_approval_even_when_it_is_decided(rig: Rig):
    first, is_new = await rig.ask(Wish("person", "ann"))
    assert is_new
    await rig.answer(first, "deny")
    assert await rig.ask(Wish("person", "ann"), recovered=True) == (first, False)
    second, is_new = await rig.ask(Wish("person", "ann"), task_id="u")
    assert (second != first, is_new) == (True, True)


async def test_the_same_answer_again_is_the_same_and_another_one_is_refused(rig: Rig):
    approval_id, _ = await rig.ask(Wish("person", "ann"))
    assert await rig.answer(approval_id)
    assert await rig.answer(approval_id)
    with pytest.raises(Refused, match="is approved and cannot be used again"):
        await rig.answer(approval_id, task_id="other")
    assert await rig.verdicts() == ["opened", "approved", "refused"]


async def test_only_who_may_change_it_may_say_yes(rig: Rig):
    await rig.policies.lay_down(EntityPolicy(entity_id="lock.a", persons=("Ann",)), "")
    approval_id, _ = await rig.ask(Wish("person", "ann"))
    with pytest.raises(Refused, match="Only Ann may say yes to this; it still waits"):
        await rig.answer(approval_id, by="eve")
    assert await rig.answer(approval_id, by="ann", task_id="d2")
    assert await rig.verdicts() == ["opened", "not by this person", "approved"]


async def test_anybody_may_say_no(rig: Rig):
    await rig.policies.lay_down(EntityPolicy(entity_id="lock.a", persons=("Ann",)), "")
    approval_id, _ = await rig.ask(Wish("person", "ann"))
    assert not await rig.answer(approval_id, "deny", by="eve")


async def test_what_is_kept_must_be_what_was_asked_for(rig: Rig):
    approval_id, _ = await rig.ask(Wish("person", "ann"))
    kept = rig.book.find(approval_id)
    assert kept is not None
    kept.wish["calls"][0]["entity_id"] = ["lock.b"]
    with pytest.raises(Refused, match="What was approved is not what is kept"):
        await rig.answer(approval_id)


async def test_rules_and_agents_leave_room_for_the_questions_of_people(rig: Rig):
    for number in range(10):
        await rig.ask(Wish("rule", rule_id=f"r{number}"), task_id=f"t{number}")
    with pytest.raises(Refused, match="Too many questions of rules and agents"):
        await rig.ask(Wish("rule", rule_id="r10"), task_id="t10")
    assert (await rig.ask(Wish("person", "ann"), task_id="p"))[1]


async def test_nobody_answered(rig: Rig):
    await rig.ask(Wish("person", "ann"))
    assert await rig.desk.expire() == []
    rig.now += 121
    assert [approval.state for approval in await rig.desk.expire()] == ["expired"]
    assert await rig.verdicts() == ["opened", "expired"]


@pytest.mark.parametrize(
    ("wish", "summary"),
    [
        (Wish("person", "ann"), "Unlock the front door"),
        (Wish("model", "ann"), "Unlock the front door (proposed by a model)"),
        (Wish("rule", rule_id="r1"), "Unlock the front door (asked by rule r1, because of: at dusk)"),
        (Wish("agent"), "Unlock the front door (asked by some-agent, because of: at dusk)"),
    ],
)
async def test_what_a_person_reads(rig: Rig, wish: Wish, summary: str):
    approval_id, _ = await rig.ask(wish, reason="at dusk")
    kept = rig.book.find(approval_id)
    assert kept is not None
    assert kept.approval.summary == summary
    assert kept.approval.detail["why"] == ["Unlocking needs your yes."]
    assert kept.approval.detail["states"] == {"lock.a": {"state": "locked"}}


async def test_who_pretends_to_pass_on_an_answer_leaves_a_line(rig: Rig):
    approval_id, _ = await rig.ask(Wish("person", "ann"))
    forged = Task("f", "decide_approval", "home-assistant-actuator", "owl")
    for _ in range(100):
        with pytest.raises(Refused, match="Only the gateway"):
            await rig.desk.answer(Decision(id=approval_id, decision="approve", by="ann"), forged)
    lines = (await rig.audit.listed(AuditQuery(kind="approval", limit=500))).lines
    assert [line.detail["verdict"] for line in reversed(lines)] == ["opened", *["refused"] * 60]
    assert lines[0].detail["sender"] == "owl"


async def test_a_late_or_unknown_answer_leaves_a_line(rig: Rig):
    approval_id, _ = await rig.ask(Wish("person", "ann"))
    rig.now += 121
    with pytest.raises(Refused, match="expired"):
        await rig.answer(approval_id)
    with pytest.raises(Refused, match="no such approval"):
        await rig.answer("ffff", task_id="d2")
    assert await rig.verdicts() == ["opened", "refused", "refused"]


async def test_a_device_that_was_renamed_since_the_question_is_asked_about_again(rig: Rig):
    approval_id, _ = await rig.ask(Wish("person", "ann"))
    task = Task("d", "decide_approval", "home-assistant-actuator", "gateway")
    swapped = {"lock.a": State("lock.a", "locked", {"friendly_name": "Safe"})}
    with pytest.raises(Refused, match="Front door is called Safe since the question was asked"):
        await rig.desk.answer(Decision(id=approval_id, decision="approve", by="ann"), task, swapped)
    assert await rig.answer(approval_id, task_id="d2")


async def test_a_person_reads_all_that_is_sent_but_no_code(rig: Rig):
    call = ServiceCall(
        domain="lock", service="unlock", entity_id=("lock.a",), data={"code": "2468", "mode": "for good"}
    )
    outcome = CallOutcome(call=call, state=TaskState.FAILED, detail="It needs your yes.")
    request = Actuation(calls=(call,), reason="unlock it with 2468")
    task = Task("t", "actuate", "home-assistant-actuator", "main", "trace")
    approval, _ = await rig.desk.ask(request, task, Wish("person", "ann"), [Ended(outcome, waits=call)], AROUND)
    assert approval.summary == "Unlock the front door with code ***, mode for good"
    lines = (await rig.audit.listed(AuditQuery())).lines
    assert "2468" not in "".join(str(line) for line in lines) + str(approval)
    answer = Decision(id=approval.id, decision="approve", by="ann")
    answered = await rig.desk.answer(answer, Task("d", "decide_approval", "home-assistant-actuator", "gateway"))
    assert answered.to_actuation().calls == (call,)


async def test_a_question_is_told_in_each_language(rig: Rig):
    around = Around(AROUND.states, {"lock": frozenset({"unlock"})})
    outcome = CallOutcome(call=UNLOCK, state=TaskState.FAILED, detail="Unlocking needs your yes.")
    task = Task("t", "actuate", "home-assistant-actuator", "main")
    with speaking("de"):
        approval, _ = await rig.desk.ask(
            Actuation(calls=(UNLOCK,)), task, Wish("person", "ann"), [Ended(outcome, waits=UNLOCK)], around
        )
    assert approval.summary == approval.summary_in("en-GB") == "Unlock the front door"
    assert approval.summary_in("de-AT") == "Front door aufschließen"
    assert approval.detail["why"] == ["Unlocking needs your yes; the front door stays locked until then."]
    assert approval.detail["whys"]["de"] == ["Aufschließen braucht dein Ja; Front door bleibt bis dahin abgeschlossen."]
