"""What is noted and told of an actuation."""

from types import SimpleNamespace
from typing import Any

import pytest

from wactorz_common.contracts.home import Actuation, CallOutcome, ServiceCall
from wactorz_common.contracts.policy import AuditQuery
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import Refused, Unknown
from wactorz_common.handlers import Task
from wactorz_common.store import Store
from wactorz_home_assistant_actuator.acting import Acting
from wactorz_home_assistant_actuator.audit import AuditLog
from wactorz_home_assistant_actuator.ends import Ended
from wactorz_home_assistant_actuator.wish import Wish

CALL = ServiceCall(domain="light", service="turn_on", entity_id=("light.a",))
REQUEST = Actuation(calls=(CALL,), reason="light, please", evidence={"value": 3})
TASK = Task("t", "actuate", "home-assistant-actuator", "main", "trace")


class Rig:
    """Acting with doubles of everything that reaches outside."""

    def __init__(self, store: Store) -> None:
        self.audit = AuditLog(store)
        self.events: list[Any] = []
        self.asked: list[Any] = []
        self.ends: list[Ended] | Exception = []
        self.desk: Any = SimpleNamespace(ask=self.ask)
        self.full = False
        doubles: Any = SimpleNamespace(perform=self.perform)
        gate: Any = SimpleNamespace(around=lambda: None)
        self.acting = Acting(doubles, gate, self.desk, self.audit, self)

    async def perform(self, *_: object) -> list[Ended]:
        if isinstance(self.ends, Exception):
            raise self.ends
        return self.ends

    async def ask(self, *_: object) -> tuple[Any, bool]:
        if self.full:
            raise Refused("Too many questions.")
        return SimpleNamespace(id="a1"), True

    async def tell(self, event: Any) -> None:
        self.events.append(event)

    async def ask_people(self, approval: Any) -> None:
        self.asked.append(approval)

    def watch(self, work: Any) -> None:
        work.close()

    async def lines(self) -> list[Any]:
        return list((await self.audit.listed(AuditQuery(limit=500))).lines)


@pytest.fixture
async def rig(store: Store) -> Rig:
    found = Rig(store)
    found.audit.open()
    return found


def make_end(**fields: Any) -> Ended:
    outcome = CallOutcome(call=CALL, state=TaskState.DONE, detail="A is on.")
    return Ended(outcome, **{"acted": True, "own": TaskState.DONE, **fields})


async def test_done_is_noted_and_told(rig: Rig):
    rig.ends = [make_end(before={"light.a": {"state": "off"}}, after={"light.a": {"state": "on"}})]
    state, result = await rig.acting.act(REQUEST, TASK, Wish("person", "ann"))
    assert (state, result.text) == (TaskState.DONE, "A is on.")
    (line,) = await rig.lines()
    assert (line.trace_id, line.task_id, line.person, line.entity_ids) == ("trace", "t", "ann", ("light.a",))
    assert line.detail["reason"] == "light, please"
    assert line.detail["calls"][0]["verdict"] == "sent"
    (event,) = rig.events
    assert (event.trace_id, event.entity_ids, event.outcome, event.origin) == ("trace", ("light.a",), "done", "person")


async def test_what_waits_is_asked_about_and_people_are_reached_when_none_of_them_asked(rig: Rig):
    for wish, reached in ((Wish("person", "ann"), 0), (Wish("model", "ann"), 0), (Wish("rule"), 1), (Wish("agent"), 2)):
        rig.ends = [make_end(acted=False, own=None, waits=CALL)]
        state, result = await rig.acting.act(REQUEST, TASK, wish)
        assert (state, result.approval_id, len(rig.asked)) == (TaskState.DONE, "a1", reached)
    assert rig.events == []


async def test_a_wish_that_only_opened_a_question_is_noted_as_asked(rig: Rig):
    waiting = make_end(acted=False, own=None, waits=CALL)
    refused = make_end(acted=False, own=TaskState.FAILED)
    for ends, outcome in (([waiting], "asked"), ([make_end(), waiting], "done"), ([refused, waiting], "failed")):
        rig.ends = ends
        await rig.acting.act(REQUEST, TASK, Wish("person", "ann"))
        line = (await rig.lines())[0]
        assert (line.detail["outcome"], line.detail["calls"][-1]["verdict"]) == (outcome, "waits")


async def test_when_nobody_can_be_asked_the_rest_is_told_all_the_same(rig: Rig):
    rig.full = True
    rig.ends = [make_end(), make_end(acted=False, own=None, waits=CALL)]
    state, result = await rig.acting.act(REQUEST, TASK, Wish("rule"))
    assert (state, result.text) == (TaskState.FAILED, "A is on. Too many questions.")
    rig.ends = [make_end(acted=False, own=None, waits=CALL)]
    with pytest.raises(Refused, match="Too many"):
        await rig.acting.act(REQUEST, TASK, Wish("rule"))


async def test_failures_are_noted_too(rig: Rig):
    for error, outcome in ((Refused("no"), "failed"), (Unknown("perhaps"), "unknown")):
        rig.ends = error
        with pytest.raises(type(error)):
            await rig.acting.act(REQUEST, TASK, Wish())
        assert (await rig.lines())[0].detail["outcome"] == outcome
    assert rig.events == []


async def test_whoever_asks_without_end_does_not_fill_the_log(rig: Rig):
    rig.ends = Refused("no")
    for _ in range(70):
        with pytest.raises(Refused):
            await rig.acting.act(REQUEST, TASK, Wish("agent"))
    assert len(await rig.lines()) == 60


async def test_no_code_is_noted_or_told(rig: Rig):
    call = ServiceCall(domain="lock", service="unlock", entity_id=("lock.a",), data={"code": "2468"})
    outcome = CallOutcome(call=call, state=TaskState.DONE, detail="It is unlocked.")
    rig.ends = [Ended(outcome, acted=True, own=TaskState.DONE)]
    request = Actuation(calls=(call,), reason="unlock with 2468")
    await rig.acting.act(request, TASK, Wish("person", "ann"))
    rig.ends = Refused("No.")
    with pytest.raises(Refused):
        await rig.acting.act(request, TASK, Wish("person", "ann"))
    told = "".join(map(str, [*await rig.lines(), *rig.events]))
    assert "unlock with ***" in told
    assert "2468" not in told
