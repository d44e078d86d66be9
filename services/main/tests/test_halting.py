import asyncio

import pytest

from wactorz_common.contracts.system import HaltResult
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TransportError
from wactorz_common.handlers import Task
from wactorz_common.tasks import TaskEnd
from wactorz_main.halting import ACTING, Halting


class Owner:
    def __init__(self):
        self.kept, self.asked, self.silent, self.gone = {}, [], set(), set()

    async def persist(self, key, value):
        self.kept[key] = value

    def recall(self, key, default=None):
        return self.kept.get(key, default)

    def spawn_background(self, work, name):
        return asyncio.create_task(work, name=name)

    async def submit(self, operation, request, *, to, task_id, deadline):
        self.asked.append((to, request.halted, task_id))
        if to in self.gone:
            raise TransportError("stopping")
        if to in self.silent:
            return TaskEnd("t", TaskState.UNKNOWN, {}, None)
        return TaskEnd("t", TaskState.DONE, {}, None, HaltResult(halted=request.halted))


def task(name="t1"):
    return Task(name, "chat", "main")


@pytest.fixture
def owner():
    return Owner()


async def test_both_confirm(owner):
    answer = await Halting(owner).order(task(), halted=True, by="ann")
    assert answer.status == "done"
    assert answer.text.startswith("Everything is stopped")
    assert sorted(owner.asked) == [(name, True, f"t1/halt/{name}") for name in sorted(ACTING)]


@pytest.mark.parametrize("trouble", ["silent", "gone"])
async def test_missing_confirmation_is_said_and_asked_for_until_it_comes(owner, trouble):
    getattr(owner, trouble).add("planner")
    answer = await Halting(owner).order(task(), halted=True, by="ann")
    assert answer.status == "unknown"
    assert (
        "confirmed by home-assistant-actuator and home-assistant-agent and monitor, but planner did not answer"
        in answer.text
    )
    getattr(owner, trouble).clear()
    owner.asked.clear()
    restarted = Halting(owner)
    await restarted.repeat()
    await asyncio.sleep(0.01)
    assert [to for to, _, _ in owner.asked] == ["planner"]
    await restarted.repeat()
    await asyncio.sleep(0.01)
    assert len(owner.asked) == 1


async def test_same_task_again_is_no_new_order(owner):
    halting = Halting(owner)
    await halting.order(task(), halted=True, by="ann")
    await halting.order(task(), halted=True, by="ann")
    assert owner.kept["halt_order"]["number"] == 1


async def test_go_after_stop_must_be_confirmed_anew(owner):
    halting = Halting(owner)
    await halting.order(task("t1"), halted=True, by="ann")
    owner.silent.update(ACTING)
    answer = await halting.order(task("t2"), halted=False, by="ann")
    assert (
        "is not confirmed yet: home-assistant-actuator and home-assistant-agent and monitor and planner" in answer.text
    )


async def test_late_confirmation_of_an_older_order_makes_the_newest_be_told_again(owner):
    halting = Halting(owner)
    await halting.order(task("t1"), halted=True, by="ann")
    await halting.order(task("t2"), halted=False, by="ann")
    await halting._confirm("planner", 1, halted=True)
    owner.asked.clear()
    await halting.repeat()
    await asyncio.sleep(0.01)
    assert [(to, halted) for to, halted, _ in owner.asked] == [("planner", False)]


async def test_nothing_is_repeated_without_an_order(owner):
    await Halting(owner).repeat()
    await asyncio.sleep(0)
    assert owner.asked == []
