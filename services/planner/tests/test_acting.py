import asyncio
from dataclasses import replace

import pytest

from wactorz_common.contracts.home import ServiceCall, StateChange
from wactorz_common.contracts.rules import FiringQuery, NoticeAction, Rule, RuleDraft, StateTrigger, TaskAction
from wactorz_common.contracts.tasks import TaskState
from wactorz_planner.acting import Acting, Ended, without
from wactorz_planner.hands import Hands
from wactorz_planner.readings import Reading
from wactorz_planner.rulebook import KeptRule, RuleBook
from wactorz_planner.watch import Watch

ON = ServiceCall(domain="light", service="turn_on", entity_id=("light.b",))
OFF = ServiceCall(domain="light", service="turn_off", entity_id=("light.b",))
BOTH = ServiceCall(domain="light", service="turn_on", entity_id=("light.b", "light.c"))


class World:
    def __init__(self):
        self.acts, self.told, self.tasks = [], [], set()
        self.notices, self.handovers, self.gate = [], [], None
        self.notice_end = Ended(TaskState.DONE, "sent to discord")
        self.end = Ended(TaskState.DONE, "done", contexts=("ours",))

    def spawn_background(self, work, name):
        task = asyncio.create_task(work, name=name)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def act(self, firing, actuation):
        self.acts.append((firing.rule_id, actuation.calls))
        return self.end

    async def notify(self, firing, number, notice):
        self.notices.append((f"{firing.task_id}/notice/{number}", notice))
        if self.gate is not None:
            await self.gate.wait()
        return self.notice_end

    async def hand_over(self, firing, number, handover):
        self.handovers.append((f"{firing.task_id}/task/{number}", handover))
        return Ended(TaskState.DONE, f"{handover.agent}: noted")

    async def announce(self, kept, firing):
        pass

    async def tell(self, message):
        self.told.append(message)

    async def settle(self):
        while self.tasks:
            await asyncio.gather(*self.tasks)


class Home:
    """Two rules on two sensors that move the same light, and a clock that stands still."""

    def __init__(self, store, calls=(ON, OFF), **more):
        self.store, self.now, self.more = store, 1000.0, {"cooldown_seconds": 0, **more}
        self.rules = {}
        for name, call in zip("ab", calls, strict=False):
            trigger = StateTrigger(entity_id=f"sensor.{name}", to="on", for_seconds=self.more.pop(f"for_{name}", 0.0))
            draft = RuleDraft(trigger=trigger, actions=(call,), **self.more)
            self.rules[name] = Rule(rule_id=f"r{name}", task=f"rule {name}", draft=draft, created_at=1.0)

    async def start(self, *, fresh=True):
        self.book, self.world, self.hands = RuleBook(self.store), World(), Hands()
        loaded = await self.book.load()
        for rule in self.rules.values() if fresh else ():
            await self.book.add(KeptRule(rule))
        self.hands.restore(loaded.hands, self.book.moves(loaded.recent))
        self.acting = Acting(self.book, self.world, self.hands, 30.0, lambda: self.now)
        self.watch = Watch(self.book, self.acting, 300.0, lambda: self.now)
        self.watch.reindex()
        return self

    async def see(self, name, *states):
        for state in states:
            self.watch.take(f"sensor.{name}", Reading(state), at=self.now)
        await self.world.settle()

    async def see_without_waiting(self, name, *states):
        for state in states:
            self.watch.take(f"sensor.{name}", Reading(state), at=self.now)

    async def touch(self, entity_id="light.b", context=None):
        change = StateChange(
            entity_id=entity_id, domain="light", timestamp=self.now, context=context or {"id": "c", "user_id": "ada"},
            old_state={"state": "on"}, new_state={"state": "off"},
        )  # fmt: skip
        self.acting.see(change)
        await self.world.settle()

    async def verdicts(self):
        return [report.verdict for report in reversed(await self.book.firings(FiringQuery()))]

    def kept(self, name):
        return self.book.rules[f"r{name}"]


async def test_manual_change_during_a_duration_wins_until_the_trigger_crosses_anew(store):
    home = await Home(store, for_a=60.0).start()
    await home.see("a", "off", "on")
    home.now += 30
    await home.touch()
    home.now += 31
    home.watch.check_due()
    await home.world.settle()
    assert home.world.acts == []
    assert await home.verdicts() == ["held_back"]
    assert "a person changed light.b" in home.kept("a").rule.note
    assert home.kept("a").state.quiet_until == 0.0
    await home.see("a", "off", "on")
    home.now += 61
    home.watch.check_due()
    await home.world.settle()
    assert home.world.acts == [("ra", (ON,))]


async def test_manual_change_survives_a_restart(store):
    home = await Home(store, for_a=60.0).start()
    await home.see("a", "off", "on")
    home.now += 30
    await home.touch()
    again = await Home(store, for_a=60.0).start(fresh=False)
    again.now += 61
    again.watch.take("sensor.a", Reading("on"), resync=True)
    await again.world.settle()
    assert again.world.acts == []
    assert await again.verdicts() == ["held_back"]


async def test_only_what_a_person_moved_is_left_out(store):
    home = await Home(store, calls=(BOTH,), for_a=60.0).start()
    await home.see("a", "off", "on")
    home.now += 30
    await home.touch("light.c")
    home.now += 31
    home.watch.check_due()
    await home.world.settle()
    assert home.world.acts == [("ra", (ON,))]
    fired = (await home.book.firings(FiringQuery()))[0]
    assert "a person changed light.c" in fired.trigger["left_out"]["light.c"]


async def test_what_no_rule_moves_is_not_minded(store):
    home = await Home(store).start()
    await home.touch("light.free")
    assert home.hands.marks == {}
    await home.touch("light.b")
    assert list(home.hands.marks) == ["light.b"]


async def test_own_effects_are_no_hands(store):
    home = await Home(store).start()
    await home.see("a", "off", "on")
    await home.touch(context={"id": "ours", "user_id": "token"})
    assert home.hands.marks == {}


async def test_what_a_rule_keeps_on_is_held_back_from_others_and_recorded(store):
    home = await Home(store, min_on_seconds=300).start()
    await home.see("a", "off", "on")
    home.now += 10
    await home.see("b", "off", "on")
    assert home.world.acts == [("ra", (ON,))]
    assert await home.verdicts() == ["fire", "held_back"]
    assert "rule ra keeps light.b" in home.kept("b").rule.note
    again = await Home(store).start(fresh=False)
    again.now += 20
    await again.see("b", "off", "on")
    assert again.world.acts == []
    again.now += 300
    await again.see("b", "off", "on")
    assert again.world.acts == [("rb", (OFF,))]


async def test_rules_that_fight_are_both_paused_and_named(store):
    home = await Home(store).start()
    for _ in range(6):
        for name in "ab":
            home.now += 3
            await home.see(name, "off", "on")
    assert len(home.world.acts) == 5
    assert (await home.verdicts())[-1] == "held_back"
    assert [home.kept(name).rule.status for name in "ab"] == ["paused", "paused"]
    assert [home.kept(name).rule.paused_by for name in "ab"] == ["fight", "fight"]
    assert len(home.world.told) == 1
    assert all(words in home.world.told[0] for words in ("ra (rule a)", "rb (rule b)", "light.b", "Both are paused"))
    await home.see("a", "off", "on")
    assert len(home.world.acts) == 5
    again = await Home(store).start(fresh=False)
    assert [again.kept(name).rule.status for name in "ab"] == ["paused", "paused"]


async def test_rule_that_loops_on_its_own_effect_is_paused(store):
    home = Home(store, calls=(OFF,))
    home.rules["a"] = home.rules["a"].model_copy(
        update={"draft": home.rules["a"].draft.model_copy(
            update={"trigger": StateTrigger(entity_id="light.b", to="on")}
        )}
    )  # fmt: skip
    await home.start()
    for _ in range(20):
        home.now += 2
        home.watch.take("light.b", Reading("off"))
        home.watch.take("light.b", Reading("on"))
        await home.world.settle()
    assert 5 <= len(home.world.acts) <= 8
    assert (home.kept("a").rule.status, home.kept("a").rule.paused_by) == ("paused", "loop")
    assert "fire again and again" in home.world.told[0]


async def test_approval_that_a_firing_waits_for_is_named_and_no_standing_yes(store):
    home = await Home(store, cooldown_seconds=60).start()
    home.kept("a").update(opens="Front Door would be unlocked", granted=True)
    home.world.end = Ended(TaskState.DONE, "it waits", approval_id="ap1")
    await home.see("a", "off", "on")
    assert home.world.told == []
    assert home.kept("a").rule.granted is False
    assert home.kept("a").rule.firings == 0
    assert home.kept("a").state.quiet_until == home.now + 60
    assert "approval ap1" in (await home.book.firings(FiringQuery()))[0].outcome


@pytest.mark.parametrize("end", [TaskState.FAILED, TaskState.EXPIRED])
async def test_failed_moves_keep_nothing_for_others(store, end):
    home = await Home(store, min_on_seconds=300).start()
    home.world.end = Ended(end, "away")
    await home.see("a", "off", "on")
    home.world.end = replace(home.world.end, state=TaskState.DONE)
    await home.see("b", "off", "on")
    assert [rule_id for rule_id, _ in home.world.acts] == ["ra", "rb"]


def test_calls_without_some_entities():
    assert without((BOTH, OFF), {"light.b": "x"}) == (BOTH.model_copy(update={"entity_id": ("light.c",)}),)
    assert without((BOTH,), {}) == (BOTH,)
    assert without((ON,), {"light.b": "x"}) == ()


TELL = {
    "notices": (NoticeAction(target="discord", text="$state"),),
    "tasks": (TaskAction(agent="owl", task="log $state"),),
}


async def test_a_firing_acts_tells_and_hands_over_under_ids_of_its_own(store):
    home = await Home(store, calls=(ON,), **TELL).start()
    await home.see("a", "off", "on")
    assert home.world.acts == [("ra", (ON,))]
    assert [(name, notice.text, notice.key) for name, notice in home.world.notices] == [
        ("rule/ra/3e8/1/notice/1", "on", "ra")
    ]
    assert [(name, one.agent, one.request.text) for name, one in home.world.handovers] == [
        ("rule/ra/3e8/1/task/1", "owl", "log on")
    ]
    (report,) = await home.book.firings(FiringQuery())
    assert report.outcome == "done: done; sent to discord; owl: noted"
    assert home.kept("a").rule.firings == 1


async def test_a_notice_that_fails_is_told_and_takes_nothing_from_the_device(store):
    home = await Home(store, calls=(ON,), cooldown_seconds=60, **TELL).start()
    home.world.notice_end = Ended(TaskState.FAILED, "Discord says 404")
    await home.see("a", "off", "on")
    assert home.world.told == ["Rule ra (rule a) could not tell discord: Discord says 404"]
    (report,) = await home.book.firings(FiringQuery())
    assert report.outcome == "done: done; Discord says 404; owl: noted"
    assert (home.kept("a").rule.firings, home.kept("a").state.quiet_until) == (1, 1060.0)
    assert [task_id for task_id, *_ in home.book.moves((await home.book.load(0)).recent)] == ["rule/ra/3e8/1"]


async def test_a_rule_that_only_tells_gives_its_cool_down_back_when_nobody_was_told(store):
    home = await Home(store, calls=(ON,), cooldown_seconds=60, notices=(NoticeAction(target="discord"),)).start()
    home.kept("a").update(draft=home.kept("a").rule.draft.model_copy(update={"actions": ()}))
    home.world.notice_end = Ended(TaskState.EXPIRED, "nobody answered")
    await home.see("a", "off", "on")
    assert (home.kept("a").rule.firings, home.kept("a").state.quiet_until) == (0, 0.0)
    assert home.kept("a").rule.note == "expired: nobody answered"


async def test_people_are_told_although_a_hand_holds_the_device_back(store):
    home = await Home(store, for_a=60.0, calls=(ON,), notices=(NoticeAction(),)).start()
    await home.see("a", "off", "on")
    home.now += 30
    await home.touch()
    home.now += 31
    home.watch.check_due()
    await home.world.settle()
    assert home.world.acts == []
    assert len(home.world.notices) == 1
    (report,) = await home.book.firings(FiringQuery())
    assert "light.b" in report.trigger["left_out"]


async def test_a_killed_firing_tells_the_same_under_the_same_id_and_acts_on_nothing_that_was_held_back(store):
    home = await Home(store, for_a=60.0, calls=(ON,), **TELL).start()
    home.world.gate = asyncio.Event()
    await home.see_without_waiting("a", "off", "on")
    home.now += 30
    home.acting.see(hand(home.now))
    home.now += 31
    home.watch.check_due()
    await asyncio.sleep(0.05)
    before = home.world.notices
    for task in list(home.world.tasks):
        task.cancel()
    again = await Home(store, for_a=60.0, calls=(ON,)).start(fresh=False)
    loaded = await again.book.load()
    again.acting.resume(loaded.unfinished)
    await again.world.settle()
    assert before == again.world.notices
    assert len(again.world.notices) == len(again.world.handovers) == 1
    assert again.world.acts == []
    assert (await again.book.load()).unfinished == []


def hand(now):
    return StateChange(
        entity_id="light.b", domain="light", timestamp=now, context={"id": "c", "user_id": "ada"},
        old_state={"state": "on"}, new_state={"state": "off"},
    )  # fmt: skip
