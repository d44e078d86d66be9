"""How an actuation is carried out: once, in order, in time, read back."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from wactorz_common.contracts.home import Actuation, CallOutcome, ServiceCall
from wactorz_common.contracts.policy import EntityPolicy
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import Expired, Refused, StoreError, TransportError, Unknown
from wactorz_common.handlers import Task
from wactorz_common.store import Store
from wactorz_home_assistant import CallRefused, CallUncertain, State
from wactorz_home_assistant_actuator import effects, writer
from wactorz_home_assistant_actuator.ends import HALTED, Ended, conclude
from wactorz_home_assistant_actuator.gate import Gate
from wactorz_home_assistant_actuator.journal import Journal
from wactorz_home_assistant_actuator.wish import Wish
from wactorz_home_assistant_actuator.writer import DeviceWriter

NOW = 1_000_000.0
BRIGHTNESS = {"supported_color_modes": ["brightness"]}


class FakeDevices:
    """A home whose devices obey, are slow, or are gone, as the test wants."""

    temperature_unit = "°C"
    time_zone = "Europe/Berlin"
    required: Mapping[str, tuple[str, ...]] = {}

    def __init__(self) -> None:
        self.states: dict[str, State] = {
            "light.a": State("light.a", "off", BRIGHTNESS),
            "light.b": State("light.b", "off", BRIGHTNESS),
            "lock.door": State("lock.door", "locked", {"friendly_name": "Front door"}),
            "switch.lock_helper": State("switch.lock_helper", "on"),
            "media_player.radio": State("media_player.radio", "playing"),
            "notify.phone": State("notify.phone", "unknown"),
            "scene.movie": State("scene.movie", "unknown", {"entity_id": ["light.a"]}),
            "scene.other": State("scene.other", "unknown", {"entity_id": ["light.b"]}),
        }
        self.services = {
            "light": frozenset({"turn_on", "turn_off"}), "lock": frozenset({"lock", "unlock"}),
            "scene": frozenset({"turn_on"}), "switch": frozenset({"turn_on", "turn_off"}),
            "media_player": frozenset({"media_next_track"}), "notify": frozenset({"send_message"}),
        }  # fmt: skip
        self.log: list[tuple[str, tuple[str, ...], dict[str, Any]]] = []
        self.obeys = True
        self.raises: Exception | None = None
        self.away = ""
        self.on_send: Callable[[], None] = lambda: None
        self.changed = asyncio.Event()

    async def wait_ready(self, seconds: float) -> None:
        if self.away:
            raise TransportError(self.away)

    async def send(self, call: ServiceCall) -> str:
        self.on_send()
        if isinstance(self.raises, CallRefused) or type(self.raises) is TransportError:
            raise self.raises
        self.log.append((call.service, call.entity_id, call.data))
        if self.obeys:
            self.obey(call)
        if self.raises:
            raise self.raises
        return f"context-{len(self.log)}"

    def obey(self, call: ServiceCall) -> None:
        for entity_id in call.entity_id:
            state = {"turn_on": "on", "turn_off": "off", "lock": "locked", "unlock": "unlocked"}.get(call.service, "-")
            state = f"2026-11-21T00:00:0{len(self.log)}+00:00" if call.domain == "scene" else state
            level = round(call.data.get("brightness_pct", 100) * 2.55) if state == "on" else None
            self.states[entity_id] = State(entity_id, state, {**self.states[entity_id].attributes, "brightness": level})
        self.changed.set()

    async def wait_until(self, entity_id: str, wanted: Callable[[State], bool], seconds: float) -> State | None:
        try:
            async with asyncio.timeout(seconds):
                while not wanted(self.states[entity_id]):
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            return None
        return self.states[entity_id]


class Rig:
    """A writer with everything around it."""

    def __init__(self, store: Store) -> None:
        self.devices = FakeDevices()
        self.journal = Journal(store)
        self.halted = False
        self.now = NOW
        self.policies: dict[str, EntityPolicy] = {}
        self.gate = Gate(self.devices, self.policies, 30, lambda: self.now)
        self.writer = DeviceWriter(self.devices, self.journal, self.gate, lambda: self.halted, 0.1, lambda: self.now)

    def make_task(self, task_id: str = "t", remaining: float = 30.0, *, recovered: bool = False) -> Task:
        return Task(
            task_id, "actuate", "home-assistant-actuator", deadline_at=self.now + remaining, recovered=recovered,
            now=lambda: self.now,
        )  # fmt: skip

    async def perform(self, *calls: ServiceCall, task: Task | None = None, **wish: Any) -> list[Ended]:
        return await self.writer.perform(Actuation(calls=calls), task or self.make_task(), Wish(**wish))


@pytest.fixture
async def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    monkeypatch.setitem(effects._PATIENCE, "light", 0.05)
    monkeypatch.setattr(effects, "DEFAULT_PATIENCE", 0.05)
    monkeypatch.setattr(writer, "_SETTLE_SECONDS", 0.02)
    monkeypatch.setattr(writer, "_RECONNECT_SECONDS", 0.05)
    store = Store(tmp_path / "state.db")
    store.open()
    found = Rig(store)
    found.journal.open()
    yield found
    await store.close()


def light(service: str = "turn_on", *entity_ids: str, **data: Any) -> ServiceCall:
    return ServiceCall(domain="light", service=service, entity_id=entity_ids or ("light.a",), data=data)


UNLOCK = ServiceCall(domain="lock", service="unlock", entity_id=("lock.door",))
NEXT = ServiceCall(domain="media_player", service="media_next_track", entity_id=("media_player.radio",))
SCENE = ServiceCall(domain="scene", service="turn_on", entity_id=("scene.movie",))


async def test_done_and_read_back(rig: Rig):
    state, result = conclude(await rig.perform(light(brightness_pct=40)))
    assert (state, result.text) == (TaskState.DONE, "A is at 40 %.")
    assert rig.devices.log == [("turn_on", ("light.a",), {"brightness_pct": 40})]
    assert (await rig.journal.kept("t"))[0].state is TaskState.DONE


async def test_a_late_proof_still_proves(rig: Rig):
    rig.devices.obeys = False
    task = asyncio.create_task(rig.perform(light()))
    await asyncio.sleep(0.01)
    rig.devices.obey(light())
    assert conclude(await task)[0] is TaskState.DONE


async def test_no_proof_is_unknown_and_never_sent_again(rig: Rig):
    rig.devices.obeys = False
    state, result = conclude(await rig.perform(light()))
    assert state is TaskState.UNKNOWN
    assert "sent, but not confirmed" in result.text
    assert len(rig.devices.log) == 1


async def test_what_leaves_no_trace_is_done_when_accepted(rig: Rig):
    state, result = conclude(await rig.perform(NEXT))
    assert (state, result.text) == (
        TaskState.DONE,
        "Home Assistant accepted media_player.media_next_track for Radio; its effect cannot be read back.",
    )


async def test_a_scene_shows_when_it_was_set(rig: Rig):
    state, result = conclude(await rig.perform(SCENE))
    assert (state, result.text) == (TaskState.DONE, "Movie is set.")


async def test_a_notice_is_sent_but_nobody_can_confirm_it(rig: Rig):
    notice = ServiceCall(domain="notify", service="send_message", entity_id=("notify.phone",), data={"message": "hi"})
    state, result = conclude(await rig.perform(notice))
    assert (state, result.text) == (TaskState.UNKNOWN, "The notice was sent to Phone; whether it arrived is not known.")


async def test_nothing_done_is_a_refusal(rig: Rig):
    ends = await rig.perform(UNLOCK, tainted=True)
    with pytest.raises(Refused, match="text from outside"):
        conclude(ends)
    assert rig.devices.log == []


async def test_what_opens_waits_while_the_rest_is_done(rig: Rig):
    ends = await rig.perform(light(), UNLOCK)
    state, result = conclude(ends, "a1")
    assert state is TaskState.DONE
    assert [(outcome.state, outcome.approval_id) for outcome in result.outcomes] == [
        (TaskState.DONE, ""), (TaskState.FAILED, "a1"),
    ]  # fmt: skip
    assert result.text == "A is on. Unlocking needs your yes; the front door stays locked until then."
    assert (result.approval_id, ends[1].waits) == ("a1", UNLOCK)
    assert [entry[0] for entry in rig.devices.log] == ["turn_on"]


async def test_nobody_is_asked_about_what_is_so_already(rig: Rig):
    rig.devices.obey(UNLOCK)
    ends = await rig.perform(UNLOCK)
    state, result = conclude(ends)
    assert (state, result.text, ends[0].acted) == (TaskState.DONE, "Front door is unlocked.", False)
    assert rig.devices.log == []
    with pytest.raises(Refused, match="text from outside"):
        conclude(await rig.perform(UNLOCK, tainted=True))


async def test_what_was_approved_is_sent(rig: Rig):
    (end,) = await rig.perform(UNLOCK, approved=True)
    assert (end.outcome.state, end.outcome.detail) == (TaskState.DONE, "Front door is unlocked.")
    assert end.before == {"lock.door": {"state": "locked"}}
    assert end.after == {"lock.door": {"state": "unlocked"}}


async def test_part_done_is_a_report_that_names_each(rig: Rig):
    state, result = conclude(await rig.perform(light(), light("turn_on", "light.nope")))
    assert state is TaskState.FAILED
    assert [outcome.state for outcome in result.outcomes] == [TaskState.DONE, TaskState.FAILED]
    assert result.text == "A is on. There is no light.nope in Home Assistant."


async def test_one_call_may_act_here_and_wait_there(rig: Rig):
    group = ServiceCall(domain="homeassistant", service="turn_off", entity_id=("light.a", "switch.lock_helper"))
    (end,) = await rig.perform(group)
    state, result = conclude([end], "a1")
    assert state is TaskState.DONE
    assert (result.outcomes[0].state, result.outcomes[0].approval_id) == (TaskState.FAILED, "a1")
    assert rig.devices.log == [("turn_off", ("light.a",), {})]
    assert end.waits is not None
    assert end.waits.entity_id == ("switch.lock_helper",)
    again = await rig.perform(group, task=rig.make_task(recovered=True))
    assert again[0].waits == end.waits
    assert len(rig.devices.log) == 1


async def test_too_many_moves_a_minute_are_refused_for_all_but_people(rig: Rig):
    for number in range(30):
        await rig.perform(light(), task=rig.make_task(f"r{number}"), origin="rule")
    with pytest.raises(Refused, match="A was moved 30 times in a minute, and by no person, so nothing was sent"):
        conclude(await rig.perform(light(), task=rig.make_task("r30"), origin="agent"))
    assert conclude(await rig.perform(light(), task=rig.make_task("p")))[0] is TaskState.DONE
    rig.now += 61
    assert conclude(await rig.perform(light(), task=rig.make_task("r31"), origin="rule"))[0] is TaskState.DONE


async def test_a_late_effect_can_be_waited_for(rig: Rig):
    rig.devices.obeys = False
    (end,) = await rig.perform(light())
    assert (end.own, [entity_id for entity_id, _ in end.late]) == (TaskState.UNKNOWN, ["light.a"])
    assert not await rig.writer.wait_for(end.late, 0.01)
    waiting = asyncio.create_task(rig.writer.wait_for(end.late, 10))
    await asyncio.sleep(0)
    rig.devices.obey(light())
    assert await waiting


def test_what_is_so_already_is_seen(rig: Rig):
    assert rig.writer.shown_already([UNLOCK], Wish(approved=True)) == ""
    rig.devices.obey(UNLOCK)
    assert rig.writer.shown_already([UNLOCK], Wish(approved=True)) == "Front door is unlocked."
    assert rig.writer.shown_already([SCENE], Wish(approved=True)) == ""


async def test_one_call_with_a_missing_device_does_the_rest(rig: Rig):
    state, result = conclude(await rig.perform(light("turn_on", "light.a", "light.nope")))
    assert state is TaskState.FAILED
    assert result.text == "A is on. There is no light.nope in Home Assistant."
    assert rig.devices.log == [("turn_on", ("light.a",), {})]


async def test_an_unknown_outweighs_a_failure(rig: Rig):
    rig.devices.obeys = False
    assert conclude(await rig.perform(light(), light("turn_on", "light.nope")))[0] is TaskState.UNKNOWN


async def test_calls_to_the_same_device_wait_for_each_other(rig: Rig):
    state, result = conclude(
        await rig.perform(light(brightness_pct=10), light("turn_off"), light("turn_on", "light.b"))
    )
    assert state is TaskState.DONE
    assert [entry[0] for entry in rig.devices.log] == ["turn_on", "turn_off", "turn_on"]
    assert result.text == "A is at 10 %. A is off. B is on."


async def test_tasks_for_the_same_device_keep_their_order(rig: Rig):
    ends = await asyncio.gather(
        *(rig.perform(light(brightness_pct=level), task=rig.make_task(str(level))) for level in range(1, 20))
    )
    assert [entry[2]["brightness_pct"] for entry in rig.devices.log] == list(range(1, 20))
    assert {conclude(end)[0] for end in ends} == {TaskState.DONE}


async def test_halted_sends_nothing(rig: Rig):
    rig.halted = True
    with pytest.raises(Refused, match="Everything is stopped"):
        await rig.perform(light())
    assert rig.devices.log == []


async def test_a_halt_between_two_calls_stops_the_second(rig: Rig):
    def halt() -> None:
        rig.halted = True

    rig.devices.on_send = halt
    state, result = conclude(await rig.perform(light(), light("turn_on", "light.b")))
    assert state is TaskState.FAILED
    assert result.text == f"A is on. {HALTED}"
    assert len(rig.devices.log) == 1


async def test_too_late_is_never_sent(rig: Rig):
    ends = await rig.perform(light(), task=rig.make_task(remaining=0.0001))
    rig.now += 1
    assert conclude(ends)[0] in {TaskState.DONE, TaskState.UNKNOWN}
    rig.devices.log.clear()

    def passes() -> None:
        rig.now += 100

    rig.devices.on_send = passes
    state, result = conclude(await rig.perform(light(), light("turn_on", "light.b")))
    assert state is TaskState.FAILED
    assert result.outcomes[1].state is TaskState.EXPIRED
    assert len(rig.devices.log) == 1


async def test_waiting_behind_another_task_ends_at_the_deadline(rig: Rig):
    async with rig.writer._queues.hold(["light.a"]):
        with pytest.raises(Expired, match="Earlier commands"):
            await rig.perform(light(), task=rig.make_task(remaining=0.02))
    assert rig.devices.log == []


async def test_many_recovered_tasks_wait_for_the_device_to_settle_only_once(rig: Rig, monkeypatch: pytest.MonkeyPatch):
    rig.now += 1
    monkeypatch.setattr(rig.devices, "wait_until", lambda _entity, _wanted, seconds: waited(seconds))
    found: list[float] = []

    async def waited(seconds: float) -> None:
        found.append(seconds)

    for number in range(3):
        task = rig.make_task(str(number), recovered=True)
        assert conclude(await rig.perform(light(brightness_pct=number + 1), task=task))[0] is TaskState.DONE
    assert found == [0.0, 0.0, 0.0]


async def test_the_end_comes_before_the_handler_is_ended(rig: Rig, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(writer, "_LONGEST_RUN", 0.02)
    async with rig.writer._queues.hold(["light.a"]):
        with pytest.raises(Expired):
            await rig.perform(light(), task=rig.make_task(remaining=3600))
        with pytest.raises(Unknown, match="no time to read it back"):
            await rig.perform(light(), task=rig.make_task(remaining=3600, recovered=True))


async def test_home_assistant_away(rig: Rig):
    rig.devices.away = "Home Assistant at http://home:8123 cannot be reached: connection refused"
    with pytest.raises(Refused, match="cannot be reached: connection refused"):
        await rig.perform(light())


async def test_home_assistant_declines(rig: Rig):
    rig.devices.raises = CallRefused("Validation error")
    ends = await rig.perform(light())
    assert not ends[0].acted
    with pytest.raises(Refused, match=r"Home Assistant declined light\.turn_on: Validation error"):
        conclude(ends)


async def test_the_connection_goes_just_before_sending(rig: Rig):
    rig.devices.raises = TransportError("Home Assistant at x cannot be reached: gone")
    with pytest.raises(Refused, match="gone"):
        conclude(await rig.perform(light()))


async def test_no_answer_but_the_effect_shows(rig: Rig):
    rig.devices.raises = CallUncertain("the connection was lost")
    assert conclude(await rig.perform(light()))[0] is TaskState.DONE


async def test_no_answer_and_no_effect(rig: Rig):
    rig.devices.raises, rig.devices.obeys = CallUncertain("the connection was lost"), False
    assert conclude(await rig.perform(light()))[0] is TaskState.UNKNOWN
    assert conclude(await rig.perform(SCENE, task=rig.make_task("u")))[0] is TaskState.UNKNOWN


async def test_recovered_and_as_wanted_is_done_without_sending(rig: Rig):
    rig.devices.obey(light(brightness_pct=40))
    state, result = conclude(await rig.perform(light(brightness_pct=40), task=rig.make_task(recovered=True)))
    assert (state, result.text) == (TaskState.DONE, "A is at 40 %.")
    assert rig.devices.log == []


async def test_recovered_and_not_as_wanted_is_sent_in_time(rig: Rig):
    assert conclude(await rig.perform(light(), task=rig.make_task(recovered=True)))[0] is TaskState.DONE
    assert len(rig.devices.log) == 1


async def test_recovered_does_not_take_the_next_level_for_its_own(rig: Rig):
    rig.devices.obey(light(brightness_pct=40))
    ends = await rig.perform(light(brightness=103), task=rig.make_task(recovered=True))
    assert len(rig.devices.log) == 1
    assert ends[0].acted


async def test_recovered_but_too_late_is_unknown_and_not_sent(rig: Rig):
    task = rig.make_task(remaining=-5, recovered=True)
    assert conclude(await rig.perform(light(), task=task))[0] is TaskState.UNKNOWN
    assert rig.devices.log == []


async def test_recovered_while_halted_reads_but_does_not_send(rig: Rig):
    rig.halted = True
    with pytest.raises(Refused, match="Everything is stopped"):
        conclude(await rig.perform(light(), task=rig.make_task(recovered=True)))
    rig.devices.obey(light())
    assert conclude(await rig.perform(light(), task=rig.make_task("u", recovered=True)))[0] is TaskState.DONE
    assert rig.devices.log == []


async def test_recovered_without_a_trace_is_unknown_and_not_sent(rig: Rig):
    assert conclude(await rig.perform(SCENE, task=rig.make_task(recovered=True)))[0] is TaskState.UNKNOWN
    assert rig.devices.log == []


async def test_recovered_while_home_assistant_is_away_is_unknown(rig: Rig):
    rig.devices.away = "Home Assistant cannot be reached"
    with pytest.raises(Unknown, match="may have been done"):
        await rig.perform(light(), task=rig.make_task(recovered=True))


async def test_recovered_after_a_later_command_keeps_its_own_outcome(rig: Rig):
    """The journal, not the device, is asked: the device already shows what came later."""
    first = await rig.perform(light(brightness_pct=40), task=rig.make_task("first"))
    await rig.perform(light(brightness_pct=41), task=rig.make_task("second"))
    again = await rig.perform(light(brightness_pct=40), task=rig.make_task("first", recovered=True))
    assert [end.outcome for end in again] == [end.outcome for end in first]
    assert len(rig.devices.log) == 2


async def test_recovered_in_the_middle_goes_on_where_it_was(rig: Rig):
    kept = CallOutcome(call=light(), state=TaskState.DONE, detail="A is on.")
    await rig.journal.keep("t", 0, kept, NOW)
    ends = await rig.perform(light(), light("turn_on", "light.b"), task=rig.make_task(recovered=True))
    assert conclude(ends)[1].text == "A is on. B is on."
    assert rig.devices.log == [("turn_on", ("light.b",), {})]


async def test_tainted_words_may_switch_but_not_open(rig: Rig):
    assert conclude(await rig.perform(light(), tainted=True))[0] is TaskState.DONE
    with pytest.raises(Refused, match="text from outside"):
        conclude(await rig.perform(UNLOCK, tainted=True, task=rig.make_task("u")))


async def test_what_a_device_did_is_told_although_it_cannot_be_kept(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(rig.journal, "keep", full)
    (end,) = await rig.perform(ServiceCall(domain="light", service="turn_on", entity_id=("light.a",)))
    assert end.outcome.state is TaskState.DONE


async def test_a_fault_after_a_command_was_sent_is_no_failure(rig: Rig) -> None:
    def break_off() -> None:
        if rig.devices.log:
            raise RuntimeError("out of order")

    rig.devices.on_send = break_off
    calls = [ServiceCall(domain="light", service="turn_on", entity_id=(name,)) for name in ("light.a", "light.b")]
    with pytest.raises(Unknown, match="in part: out of order"):
        await rig.perform(*calls)


async def test_an_outcome_names_the_context_of_its_effects(rig: Rig):
    (end,) = await rig.perform(ServiceCall(domain="light", service="turn_on", entity_id=("light.a",)))
    assert end.outcome.context_id == "context-1"
