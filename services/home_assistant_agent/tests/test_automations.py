"""Automations are written once, whatever happens in between."""

from typing import Any

import pytest

from wactorz_common.approvals import ApprovalBook
from wactorz_common.contracts.home import Entity, House
from wactorz_common.contracts.policy import EntityPolicy
from wactorz_common.errors import Expired, Refused, TransportError, Unknown
from wactorz_common.handlers import Task
from wactorz_common.store import Store
from wactorz_home_assistant import CallUncertain
from wactorz_home_assistant_agent.automations import Asked, AutomationWriter
from wactorz_home_assistant_agent.backups import Backups, Change
from wactorz_home_assistant_agent.client import Present
from wactorz_home_assistant_agent.configs import normal, same

HOUSE = House(version=1, entities=(Entity(entity_id="light.hall", name="Hall light"),))
CONFIG = normal({
    "alias": "Morning", "triggers": [{"trigger": "time", "at": "07:00:00"}],
    "actions": [{"action": "light.turn_on", "target": {"entity_id": "light.hall"}}], "mode": "single",
})  # fmt: skip
CREATE = Change(verb="create", automation_id="a1", name="Morning", after=CONFIG)


class Crash(BaseException):
    """The process ends here."""


class Home:
    """Keeps automations in memory, and fails as it is told to."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.off: set[str] = set()
        self.writes: list[str] = []
        self.before: BaseException | None = None
        self.after: BaseException | None = None
        self.reading: BaseException | None = None

    def shown(self) -> list[Present]:
        return [
            Present(one, f"automation.{one}", config["alias"], one not in self.off, None)
            for one, config in self.kept.items()
        ]

    def by_id(self, automation_id: str) -> Present | None:
        return next((one for one in self.shown() if one.automation_id == automation_id), None)

    async def wait_gone_or_there(self, automation_id: str, _seconds: float, *, there: bool) -> Present | None:
        return self.by_id(automation_id)

    async def stored(self, automation_id: str) -> dict[str, Any] | None:
        if self.reading is not None:
            raise self.reading
        return self.kept.get(automation_id)

    async def config_of(self, present: Present) -> dict[str, Any] | None:
        return self.kept.get(present.automation_id)

    async def services(self) -> frozenset[str]:
        return frozenset({"light.turn_on"})

    async def problems_of(self, _config: dict[str, Any]) -> list[str]:
        return []

    async def save(self, automation_id: str, config: dict[str, Any]) -> None:
        await self._write("save", lambda: self.kept.update({automation_id: {"id": automation_id, **config}}))

    async def delete(self, automation_id: str) -> None:
        await self._write("delete", lambda: self.kept.pop(automation_id, None))

    async def switch(self, entity_id: str, *, on: bool) -> bool:
        name = entity_id.partition(".")[2]
        await self._write("switch", lambda: self.off.discard(name) if on else self.off.add(name))
        return True

    async def _write(self, what: str, work: Any) -> None:
        if self.before is not None:
            raise self.before
        self.writes.append(what)
        work()
        if self.after is not None:
            raise self.after


class Bench:
    """A writer with its parts."""

    def __init__(self, store: Store) -> None:
        self.home = Home()
        self.backups = Backups(store)
        self.backups.open()
        self.halted, self.book = False, ApprovalBook(store, "home-assistant-agent", 60)
        self.writer = AutomationWriter(
            self.home, self.backups, self.book, lambda: self.halted, self.note, self.policies
        )  # type: ignore[arg-type]
        self.noted: list[tuple[str, str]] = []
        self.laid: tuple[EntityPolicy, ...] | None = ()

    def note(self, _change: Change, verdict: str, task: Task) -> None:
        self.noted.append((verdict, task.id))

    async def policies(self, _task: Task) -> tuple[EntityPolicy, ...] | None:
        return self.laid

    async def perform(self, change: Change, task: str, **asked: Any) -> Any:
        return await self.writer.perform(change, Asked(**asked), HOUSE, Task(task, "x", "a"))

    async def again(self, task: str) -> Any:
        return await self.writer.resumed(Task(task, "x", "a", recovered=True), HOUSE)


@pytest.fixture
async def bench(store: Store) -> Bench:
    return Bench(store)


async def test_a_crash_before_the_write_is_made_up_for(bench: Bench):
    bench.home.before = Crash()
    with pytest.raises(Crash):
        await bench.perform(CREATE, "t1")
    bench.home.before = None
    result = await bench.again("t1")
    assert result.status == "done"
    assert bench.home.writes == ["save"]
    assert await bench.again("t1") == result
    assert await bench.again("t2") is None


async def test_a_crash_after_the_write_writes_nothing_more(bench: Bench):
    bench.home.after = Crash()
    with pytest.raises(Crash):
        await bench.perform(CREATE, "t1")
    bench.home.after = None
    assert (await bench.again("t1")).text.startswith("I made the automation “Morning”")
    assert bench.home.writes == ["save"]


async def test_what_somebody_changed_after_a_crash_is_left(bench: Bench):
    bench.home.after = Crash()
    with pytest.raises(Crash):
        await bench.perform(CREATE, "t1")
    bench.home.after = None
    bench.home.kept["a1"] = {**bench.home.kept["a1"], "mode": "queued"}
    with pytest.raises(Unknown, match="somebody else"):
        await bench.again("t1")
    assert bench.home.writes == ["save"]


async def test_an_answer_that_was_lost_is_read_back(bench: Bench):
    bench.home.after = CallUncertain("no answer")
    assert (await bench.perform(CREATE, "t1")).status == "done"
    bench.home.after, bench.home.before = None, CallUncertain("no answer")
    with pytest.raises(Unknown, match="does not show"):
        await bench.perform(
            Change(verb="delete", automation_id="a1", name="Morning", before=CONFIG), "t2", confirmed=True
        )


async def test_nothing_is_left_to_undo_when_nothing_was_written(bench: Bench):
    for error in (Refused("declined"), TransportError("away")):
        bench.home.before = error
        with pytest.raises(Refused):
            await bench.perform(CREATE, "t1")
    with pytest.raises(Refused, match="no change"):
        await bench.writer.undo(Asked(), HOUSE, Task("t2", "x", "a"))


async def test_too_late_is_not_written(bench: Bench):
    late = Task("t1", "x", "a", deadline_at=1.0)
    with pytest.raises(Expired):
        await bench.writer.perform(CREATE, Asked(), HOUSE, late)
    assert bench.home.writes == []


async def test_not_over_another(bench: Bench):
    bench.home.kept["a1"] = {**CONFIG, "alias": "Theirs"}
    with pytest.raises(Refused, match="did not write over it"):
        await bench.perform(CREATE, "t1")
    change = Change(verb="change", automation_id="a1", name="Theirs", before=CONFIG, after={**CONFIG, "mode": "queued"})
    with pytest.raises(Refused, match="changed by somebody else"):
        await bench.perform(change, "t2")


async def test_undo_once_and_only_its_own(bench: Bench):
    await bench.perform(CREATE, "t1")
    await bench.perform(
        Change(verb="disable", automation_id="a1", entity_id="automation.a1", name="M", after=CONFIG), "t2"
    )
    undo = Task("t3", "x", "a")
    assert "enabled again" in (await bench.writer.undo(Asked(), HOUSE, undo)).text
    assert (await bench.again("t3")).text.startswith("The automation")
    assert bench.home.writes == ["save", "switch", "switch"]
    assert "gone again" in (await bench.writer.undo(Asked(), HOUSE, Task("t4", "x", "a"))).text
    assert bench.home.kept == {}


async def test_a_deleted_one_comes_back_as_it_was_switched(bench: Bench):
    await bench.perform(CREATE, "t1")
    bench.home.off.add("a1")
    delete = Change(verb="delete", automation_id="a1", name="Morning", before=CONFIG, enabled=False)
    await bench.perform(delete, "t2", confirmed=True)
    bench.home.off.clear()
    result = await bench.writer.undo(Asked(), HOUSE, Task("t3", "x", "a"))
    assert same(bench.home.kept["a1"], CONFIG)
    assert result.automation is not None
    assert not result.automation.enabled


async def test_a_state_that_cannot_be_read_back_is_unknown(bench: Bench):
    async def then_unreadable(automation_id: str, config: dict[str, Any]) -> None:
        bench.home.kept[automation_id] = config
        bench.home.reading = TransportError("away")

    bench.home.save = then_unreadable  # type: ignore[method-assign]
    with pytest.raises(Unknown, match="could not read it back"):
        await bench.perform(CREATE, "t1")


async def test_an_interrupted_write_that_cannot_be_read_is_unknown(bench: Bench):
    bench.home.reading = TransportError("away")
    with pytest.raises(Refused, match="away"):
        await bench.perform(CREATE, "t0")
    bench.home.reading, bench.home.before = None, Crash()
    with pytest.raises(Crash):
        await bench.perform(CREATE, "t1")
    bench.home.reading = TransportError("away")
    with pytest.raises(Unknown, match="may have been written before a restart"):
        await bench.again("t1")


UNLOCKS = normal({**CONFIG, "actions": [{"action": "lock.unlock", "target": {"entity_id": "lock.front"}}]})
ENABLE = Change(verb="enable", automation_id="a1", entity_id="automation.a1", name="Morning", after=CONFIG)


async def test_what_was_edited_after_the_question_is_not_enabled_by_the_yes(bench: Bench):
    bench.home.kept["a1"] = {"id": "a1", **UNLOCKS}
    bench.home.off.add("a1")
    with pytest.raises(Refused, match="changed by somebody else"):
        await bench.perform(ENABLE, "t1", approved=True)
    assert bench.home.off == {"a1"}


async def test_what_is_enabled_again_is_judged_by_what_it_does_now(bench: Bench):
    await bench.book.load()
    bench.home.kept["a1"] = {"id": "a1", **UNLOCKS}
    bench.home.off.add("a1")
    asked = await bench.perform(ENABLE.model_copy(update={"undoes": 3}), "t1")
    assert asked.status == "needs_approval"
    assert bench.home.writes == []


async def test_after_a_stop_nothing_is_written_but_disabling(bench: Bench):
    bench.home.kept["a1"] = {"id": "a1", **CONFIG}
    bench.halted = True
    created = CREATE.model_copy(update={"automation_id": "a2"})
    delete = Change(verb="delete", automation_id="a1", entity_id="automation.a1", name="Morning", before=CONFIG)
    for change in (created, delete, ENABLE):
        with pytest.raises(Refused, match="Everything is stopped"):
            await bench.perform(change, f"t-{change.verb}", confirmed=True)
    assert bench.home.writes == []
    await bench.perform(ENABLE.model_copy(update={"verb": "disable"}), "t-off")
    assert bench.home.off == {"a1"}


async def test_a_write_that_a_crash_broke_off_is_not_made_after_a_stop(bench: Bench):
    bench.home.before = Crash()
    with pytest.raises(Crash):
        await bench.perform(CREATE, "t1")
    bench.home.before, bench.halted = None, True
    with pytest.raises(Refused, match="Everything is stopped"):
        await bench.again("t1")
    assert bench.home.writes == []


async def test_every_write_is_noted_also_after_a_crash(bench: Bench):
    await bench.perform(CREATE, "t1")
    bench.home.after = Crash()
    with pytest.raises(Crash):
        await bench.perform(Change(verb="disable", automation_id="a1", entity_id="automation.a1", name="Morning"), "t2")
    bench.home.after = None
    await bench.again("t2")
    assert bench.noted == [("create", "t1"), ("disable", "t2")]


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        (EntityPolicy(entity_id="light.hall", risk="A"), "Hall light is set to be left alone"),
        (EntityPolicy(entity_id="light.hall", risk="C"), "Hall light is set to ask each time"),
        (EntityPolicy(entity_id="light.hall", persons=("ann",)), "Only ann may change Hall light"),
        (EntityPolicy(entity_id="light.hall", pin=True), "Hall light asks for a PIN"),
    ],
)
async def test_an_automation_is_no_way_around_a_policy(bench: Bench, policy: EntityPolicy, says: str):
    bench.laid = (policy,)
    for approved in (False, True):
        with pytest.raises(Refused, match=f"{says}, to which Home Assistant would not keep"):
            await bench.perform(CREATE, "t1", approved=approved)
    assert bench.home.writes == []


async def test_nothing_opens_while_policies_cannot_be_looked_at(bench: Bench):
    bench.laid = None
    bench.home.kept["a1"] = {"id": "a1", **UNLOCKS}
    with pytest.raises(Refused, match="could not look at what is laid down"):
        await bench.perform(ENABLE.model_copy(update={"after": UNLOCKS}), "t1", approved=True)
    await bench.perform(CREATE.model_copy(update={"automation_id": "a2"}), "t2")
    assert bench.home.writes == ["save"]
