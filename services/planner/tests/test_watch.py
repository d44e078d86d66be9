import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.rules import (
    Condition,
    FiringQuery,
    IntervalTrigger,
    Rule,
    RuleDraft,
    StateTrigger,
    TimeTrigger,
)
from wactorz_common.contracts.tasks import TaskState
from wactorz_planner.acting import Acting, Ended
from wactorz_planner.clock import Place
from wactorz_planner.engine import RuleState
from wactorz_planner.hands import Hands
from wactorz_planner.readings import Reading
from wactorz_planner.rulebook import KeptRule, RuleBook
from wactorz_planner.watch import Watch

CALL = ServiceCall(domain="light", service="turn_on", entity_id=("light.b",))


class World:
    def __init__(self, store):
        self.store = store
        self.acts, self.told, self.announced = [], [], []
        self.end = Ended(TaskState.DONE, "done")
        self.cool_down_on_disk = None
        self.tasks = set()
        self.gate = asyncio.Event()
        self.gate.set()

    def spawn_background(self, work, name):
        task = asyncio.create_task(work, name=name)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def act(self, firing, actuation):
        query = "SELECT quiet_until FROM rules"
        self.cool_down_on_disk = await self.store.read(lambda c: c.execute(query).fetchone()[0])
        self.acts.append((firing.task_id, actuation))
        await self.gate.wait()
        return self.end

    async def announce(self, kept, firing):
        self.announced.append(firing.task_id)

    async def tell(self, message):
        self.told.append(message)

    async def settle(self):
        while self.tasks:
            await asyncio.gather(*self.tasks)


class Home:
    """A watch with a clock that stands still, and one rule."""

    place = Place("Europe/Berlin", 52.5, 13.4)

    def __init__(self, store, for_seconds=0.0, cooldown=10.0, trigger=None, now=1000.0, **more):
        self.store, self.now = store, now
        trigger = trigger or StateTrigger(entity_id="sensor.a", to="on", for_seconds=for_seconds)
        draft = RuleDraft(trigger=trigger, actions=(CALL,), cooldown_seconds=cooldown, **more)
        self.rule = KeptRule(Rule(rule_id="r1", task="t", draft=draft, created_at=1.0), state=RuleState(anchor=now))

    async def start(self, *, fresh=True):
        self.book, self.world = RuleBook(self.store), World(self.store)
        loaded = await self.book.load()
        if fresh:
            await self.book.add(self.rule)
        self.rule = self.book.rules["r1"]
        self.hands = Hands()
        self.hands.restore(loaded.hands, self.book.moves(loaded.recent))
        self.acting = Acting(self.book, self.world, self.hands, 30.0, lambda: self.now)
        self.watch = Watch(self.book, self.acting, 300.0, lambda: self.now)
        self.watch.place = self.place
        self.watch.reindex()
        self.acting.resume(loaded.unfinished)
        return self

    async def see(self, *states, resync=False):
        for state in states:
            self.watch.take("sensor.a", Reading(state), resync=resync)
        await self.world.settle()


async def test_crossing_makes_one_task_with_the_cool_down_already_on_disk(store):
    home = await Home(store).start()
    await home.see("off", "on")
    assert [task_id for task_id, _ in home.world.acts] == ["rule/r1/3e8/1"]
    assert home.world.acts[0][1].calls == (CALL,)
    assert home.world.cool_down_on_disk == 1010.0
    assert home.world.announced == ["rule/r1/3e8/1"]
    assert (home.rule.rule.firings, home.rule.rule.last_fired_at) == (1, 1000.0)


async def test_crossings_within_the_cool_down_are_counted_only(store):
    home = await Home(store).start()
    await home.see("off", "on", "off", "on", "off", "on")
    assert len(home.world.acts) == 1
    assert home.rule.rule.suppressed == 2
    home.now += 11
    await home.see("off", "on")
    assert [task_id for task_id, _ in home.world.acts] == ["rule/r1/3e8/1", "rule/r1/3e8/2"]


@pytest.mark.parametrize("state", [TaskState.FAILED, TaskState.EXPIRED])
async def test_failed_firing_gives_its_cool_down_back_and_is_told(store, state):
    home = await Home(store).start()
    home.world.end = Ended(state, "Home Assistant is away")
    await home.see("off", "on")
    assert home.rule.state.quiet_until == 0
    assert home.rule.rule.firings == 0
    assert "Home Assistant is away" in home.world.told[0]
    await home.see("off", "on")
    assert len(home.world.acts) == 2


async def test_unknown_end_keeps_the_cool_down(store):
    home = await Home(store).start()
    home.world.end = Ended(TaskState.UNKNOWN, "not read back")
    await home.see("off", "on")
    assert home.rule.state.quiet_until == 1010.0
    assert home.rule.rule.firings == 1


async def test_unfinished_firing_is_taken_up_under_the_same_id_after_a_restart(store):
    home = await Home(store).start()
    home.world.gate.clear()
    home.watch.take("sensor.a", Reading("off"))
    home.watch.take("sensor.a", Reading("on"))
    await asyncio.sleep(0.05)
    for task in list(home.world.tasks):
        task.cancel()
    again = await Home(store).start(fresh=False)
    await again.see("on", resync=True)
    assert [task_id for task_id, _ in again.world.acts] == ["rule/r1/3e8/1"]
    assert again.rule.state.quiet_until == 1010.0
    third = await Home(store).start(fresh=False)
    await third.world.settle()
    assert third.world.acts == []
    assert third.rule.rule.firings == 1


async def test_resync_fires_what_crossed_while_the_planner_was_away(store):
    home = await Home(store).start()
    await home.see("off", "on", "off")
    again = await Home(store).start(fresh=False)
    again.now += 60
    await again.see("on", resync=True)
    assert [task_id for task_id, _ in again.world.acts] == ["rule/r1/3e8/2"]


async def test_duration_survives_a_restart_and_waits_for_a_reading(store):
    home = await Home(store, for_seconds=60).start()
    await home.see("off", "on")
    assert home.world.acts == []
    again = await Home(store).start(fresh=False)
    again.now += 61
    again.watch.check_due()
    await again.world.settle()
    assert again.world.acts == []
    await again.see("on", resync=True)
    assert len(again.world.acts) == 1


async def test_timer_fires_when_the_duration_is_over(store):
    home = await Home(store, for_seconds=60).start()
    timers = asyncio.create_task(home.watch.run_timers())
    home.watch.take("sensor.a", Reading("off"))
    home.watch.take("sensor.a", Reading("on"))
    home.now += 61
    home.watch.reindex()
    for _ in range(2000):
        await asyncio.sleep(0.005)
        if home.world.acts:
            break
    timers.cancel()
    assert len(home.world.acts) == 1


async def test_halt_holds_back_and_counts(store):
    home = await Home(store).start()
    home.watch.halted = True
    await home.see("off", "on")
    assert home.world.acts == []
    assert home.rule.rule.suppressed == 1
    home.watch.halted = False
    await home.see("off", "on")
    assert len(home.world.acts) == 1


@pytest.mark.parametrize("status", ["paused", "proposed"])
async def test_only_active_rules_fire(store, status):
    home = await Home(store).start()
    home.rule.update(status=status)
    home.watch.reindex()
    await home.see("off", "on")
    assert home.world.acts == []


async def test_rule_that_becomes_active_does_not_fire_for_what_already_holds(store):
    home = await Home(store).start()
    home.watch.take("sensor.a", Reading("on"))
    home.rule.state = RuleState(held=False)
    home.watch.begin(home.rule)
    await home.see("on")
    assert home.world.acts == []


async def test_firing_of_a_deleted_rule_is_closed_and_not_acted_on(store):
    home = await Home(store).start()
    home.world.gate.clear()
    home.watch.take("sensor.a", Reading("off"))
    home.watch.take("sensor.a", Reading("on"))
    await asyncio.sleep(0.05)
    for task in list(home.world.tasks):
        task.cancel()
    await home.book.remove("r1")
    book, world = RuleBook(store), World(store)
    Acting(book, world, Hands(), 30.0, lambda: 1000.0).resume((await book.load()).unfinished)
    await world.settle()
    assert world.acts == []
    assert (await RuleBook(store).load()).unfinished == []


async def firings_of(home):
    return [(report.verdict, report.outcome) for report in reversed(await home.book.firings(FiringQuery()))]


async def test_each_crossing_is_kept_with_what_it_was_decided_on(store):
    home = await Home(store, conditions=(Condition(entity_id="light.c", value="off"),)).start()
    await home.see("off", "on", "off")
    home.watch.readings["light.c"] = Reading("off")
    await home.see("on", "off", "on")
    assert [verdict for verdict, _ in await firings_of(home)] == ["unmet", "fire", "suppressed"]
    fired = (await home.book.firings(FiringQuery(trace_id="rule/r1/3e8/1")))[0]
    assert (fired.trigger["value"], fired.conditions[0]["actual"], fired.outcome) == ("on", "off", "done: done")
    actuation = home.world.acts[0][1]
    assert (actuation.origin, actuation.rule_id) == ("rule", "r1")
    assert actuation.evidence["trigger"]["entity_id"] == "sensor.a"
    assert actuation.evidence["conditions"][0]["held"] is True


@pytest.mark.parametrize("cooldown", [0.0, 600.0])
async def test_interval_fires_once_for_each_moment(store, cooldown):
    home = await Home(store, trigger=IntervalTrigger(seconds=600), cooldown=cooldown).start()
    for now in (1000.0, 1599.0, 1600.0, 1601.0, 2199.0, 2201.0):
        home.now = now
        home.watch.check_due()
        await home.world.settle()
    assert [task_id for task_id, _ in home.world.acts] == ["rule/r1/3e8/1", "rule/r1/3e8/2"]
    assert home.rule.state.ticked_at == 2200.0


async def test_moment_is_not_fired_again_after_a_restart(store):
    home = await Home(store, trigger=IntervalTrigger(seconds=600)).start()
    home.now = 1600.0
    home.watch.check_due()
    await home.world.settle()
    again = await Home(store, now=1700.0).start(fresh=False)
    again.watch.check_due()
    await again.world.settle()
    assert again.world.acts == []
    again.now = 2200.0
    again.watch.check_due()
    await again.world.settle()
    assert [task_id for task_id, _ in again.world.acts] == ["rule/r1/3e8/2"]


async def test_moment_whose_claim_was_not_yet_on_disk_is_fired_after_the_crash_under_the_same_id(store, monkeypatch):
    home = await Home(store, trigger=IntervalTrigger(seconds=600)).start()
    monkeypatch.setattr(home.book, "save_firing", lambda *_: asyncio.get_running_loop().create_future())
    home.now = 1600.0
    home.watch.check_due()
    await asyncio.sleep(0.02)
    assert home.world.acts == []
    for task in list(home.world.tasks):
        task.cancel()
    again = await Home(store, now=1601.0).start(fresh=False)
    again.watch.check_due()
    await again.world.settle()
    assert [task_id for task_id, _ in again.world.acts] == ["rule/r1/3e8/1"]


async def test_moment_whose_claim_was_on_disk_is_taken_up_after_the_crash_and_not_fired_anew(store):
    home = await Home(store, trigger=IntervalTrigger(seconds=600)).start()
    home.world.gate.clear()
    home.now = 1600.0
    home.watch.check_due()
    await asyncio.sleep(0.05)
    for task in list(home.world.tasks):
        task.cancel()
    again = await Home(store, now=1601.0).start(fresh=False)
    again.watch.check_due()
    await again.world.settle()
    assert [task_id for task_id, _ in again.world.acts] == ["rule/r1/3e8/1"]


async def test_moments_missed_for_long_are_recorded_and_the_last_runs_late_within_the_grace(store):
    await Home(store, trigger=IntervalTrigger(seconds=600)).start()
    late = await Home(store, now=3000.0).start(fresh=False)
    late.watch.check_due()
    await late.world.settle()
    assert len(late.world.acts) == 1
    assert await firings_of(late) == [
        ("missed", "missed 2 times, because Wactorz did not run or the rule was not ready at that time"),
        ("fire", "done: done"),
    ]
    over = await Home(store, now=3000.0 + 1200 + 301).start(fresh=False)
    over.watch.check_due()
    await over.world.settle()
    assert over.world.acts == []
    assert [verdict for verdict, _ in await firings_of(over)] == ["missed", "fire", "missed"]


async def test_clock_waits_until_the_place_of_the_house_is_known(store):
    home = await Home(store, trigger=TimeTrigger(at="07:00")).start()
    home.watch.place, home.now = None, 1000.0 + 86_400
    home.watch.check_due()
    await home.world.settle()
    assert home.world.acts == []


async def test_clock_set_back_far_begins_anew(store):
    home = await Home(store, trigger=IntervalTrigger(seconds=600), now=10_000_000.0).start()
    home.now = 1000.0
    home.watch.check_due()
    home.now = 1600.0
    home.watch.check_due()
    await home.world.settle()
    assert len(home.world.acts) == 1


async def test_timer_fires_at_the_moment(store):
    home = await Home(store, trigger=IntervalTrigger(seconds=600)).start()
    timers = asyncio.create_task(home.watch.run_timers())
    await asyncio.sleep(0.01)
    home.now = 1600.0
    home.watch.reindex()
    for _ in range(2000):
        await asyncio.sleep(0.005)
        if home.world.acts:
            break
    timers.cancel()
    assert len(home.world.acts) == 1


async def test_rule_made_to_fires_for_what_already_holds_once(store):
    home = await Home(store, fires_if_already_true=True).start()
    home.watch.readings["sensor.a"] = Reading("on")
    home.watch.begin(home.rule, made=True)
    home.watch.look_at_once(home.rule)
    await home.see("on", "on")
    assert len(home.world.acts) == 1
    home.now += 100
    home.watch.begin(home.rule)
    home.watch.look_at_once(home.rule)
    await home.see("on")
    assert len(home.world.acts) == 1


async def test_renamed_entity_keeps_its_reading(store):
    home = await Home(store).start()
    await home.see("off")
    home.watch.rename("sensor.a", "sensor.z")
    assert list(home.watch.readings) == ["sensor.z"]


def berlin(text, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"), fold=fold).timestamp()


@pytest.mark.parametrize(
    ("day", "moments"),
    [
        (
            "2026-03-28",
            ["2026-03-28T02:30", "2026-03-29T03:00", "2026-03-30T02:30"],
        ),  # 02:30 does not exist on the 29th
        ("2026-10-24", ["2026-10-24T02:30", "2026-10-25T02:30", "2026-10-26T02:30"]),  # it exists twice on the 25th
    ],
)
async def test_a_time_of_day_fires_once_a_day_over_a_change_of_the_clock(store, day, moments):
    began = berlin(f"{day}T00:00")
    home = await Home(store, trigger=TimeTrigger(at="02:30"), now=began).start()
    while home.now < began + 3 * 86_400:
        home.now += 600
        home.watch.check_due()
        await home.world.settle()
    fired = [report.trigger["scheduled_at"] for report in reversed(await home.book.firings(FiringQuery()))]
    assert fired == [berlin(moment) for moment in moments]


async def test_a_missed_time_is_made_up_for_once_where_the_rule_says_so(store):
    began = berlin("2026-07-01T00:00")
    await Home(store, trigger=TimeTrigger(at="07:00"), now=began, missed="catch_up").start()
    again = await Home(store, now=began + 3 * 86_400 + 12 * 3600).start(fresh=False)
    again.watch.check_due()
    await again.world.settle()
    again.watch.check_due()
    await again.world.settle()
    assert len(again.world.acts) == 1
    assert await firings_of(again) == [
        ("missed", "missed 3 times, because Wactorz did not run or the rule was not ready at that time"),
        ("fire", "done: done"),
    ]


async def test_a_missed_time_is_let_go_otherwise(store):
    began = berlin("2026-07-01T00:00")
    await Home(store, trigger=TimeTrigger(at="07:00"), now=began).start()
    again = await Home(store, now=began + 12 * 3600).start(fresh=False)
    again.watch.check_due()
    await again.world.settle()
    assert again.world.acts == []
    assert [verdict for verdict, _ in await firings_of(again)] == ["missed"]
