import time

import pytest

from wactorz_common.contracts.plans import Plan, PlanStep, RunPlan
from wactorz_common.errors import StoreError
from wactorz_common.failpoints import PLAN_FAILPOINTS
from wactorz_planner.plans import book as module
from wactorz_planner.plans.book import KeptPlan, PlanBook


def make(plan_id="p1", status="running", created_at=1.0, **more):
    steps = (PlanStep(step=1, agent="a", task="x", spawn_config={"code": "x"}, status="done", result="r", seconds=2.0),
             PlanStep(step=2, agent="b", task="y", depends_on=(1,)))  # fmt: skip
    plan = Plan(plan_id=plan_id, task="do it", steps=steps, status=status, created_at=created_at)
    return KeptPlan(plan, RunPlan(task="do it", chat_id="c1"), f"task-{plan_id}", "trace", **more)


@pytest.fixture
async def book(store):
    made = PlanBook(store)
    await made.load()
    return made


async def test_a_plan_comes_back_as_it_was_saved(book, store):
    kept = make(made=["a"], approvals={"b": "a1"}, allowed=["c"], pieces=4, owed=True, key="k")
    await book.save(kept, "begin")
    again = PlanBook(store)
    await again.load()
    assert again.kept["p1"] == kept
    assert again.of_task("task-p1") == kept
    assert again.of_task("other") is None


async def test_each_edge_is_a_failpoint_of_its_own(book, monkeypatch):
    passed = []
    monkeypatch.setattr(module, "failpoint", passed.append)
    for edge in ("begin", "steps", "workers", "step", "result", "end", "tidy"):
        await book.save(make(), edge)
    assert tuple(passed) == PLAN_FAILPOINTS


async def test_a_newer_format_is_refused(book, store):
    await store.persist("plans_format", module.FORMAT + 1)
    with pytest.raises(StoreError, match="install the newer program"):
        await PlanBook(store).load()


async def test_steps_are_kept_bare_for_as_long_as_they_may(store):
    now = [1_000.0]
    book = PlanBook(store, lambda: now[0])
    await book.load()
    await book.keep_steps("k", make().plan.steps)
    [first, second] = await book.steps_for("k", 60)
    assert (first.status, first.result, first.seconds, first.spawn_config) == ("waiting", "", 0.0, {"code": "x"})
    assert second.depends_on == (1,)
    now[0] += 61
    assert await book.steps_for("k", 60) == ()
    await book.keep_steps("k", make().plan.steps)
    await book.forget_steps()
    assert await book.steps_for("k", 60) == ()


async def test_what_is_over_and_old_is_forgotten_and_nothing_else(book):
    await book.save(make("old", tidy=True), "end")
    book.kept["old"].close("done", "x", now=10.0)
    await book.save(make("waits", status="proposed"), "workers")
    await book.save(make("new", tidy=True), "end")
    book.kept["new"].close("done", "x", now=time.time())
    await book.trim(time.time() - 60)
    assert set(book.kept) == {"waits", "new"}


async def test_the_newest_come_first(book):
    for number in range(module.LISTED + 5):
        book.kept[f"p{number}"] = make(f"p{number}", created_at=number)
    newest = book.newest()
    assert len(newest) == module.LISTED
    assert newest[0].plan_id == f"p{module.LISTED + 4}"
