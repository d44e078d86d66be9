"""How an actuation is carried out: once, in order, in time, read back."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from wactorz_common.contracts.home import Actuation, CallOutcome, ServiceCall
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import Expired, Refused, StoreError, TransportError, Unknown
from wactorz_common.handlers import Task
from wactorz_common.store import Store
from wactorz_home_assistant import CallRefused, CallUncertain, State
from wactorz_home_assistant_actuator import effects, writer
from wactorz_home_assistant_actuator.journal import Journal
from wactorz_home_assistant_actuator.writer import HALTED, DeviceWriter, Ended, conclude

NOW = 1_000_000.0
BRIGHTNESS = {"supported_color_modes": ["brightness"]}


class FakeDevices:
    """A home whose devices obey, are slow, or are gone, as the test wants."""

    temperature_unit = "°C"

    def __init__(self) -> None:
        self.states: dict[str, State] = {
            "light.a": State("light.a", "off", BRIGHTNESS),
            "light.b": State("light.b", "off", BRIGHTNESS),
            "lock.door": State("lock.door", "locked", {"friendly_name": "Front door"}),
            "scene.movie": State("scene.movie", "unknown", {"entity_id": ["light.a"]}),
            "scene.other": State("scene.other", "unknown", {"entity_id": ["light.b"]}),
        }
        self.services = {
            "light": frozenset({"turn_on", "turn_off"}), "lock": frozenset({"lock", "unlock"}),
            "scene": frozenset({"turn_on"}),
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

    async def send(self, call: ServiceCall) -> None:
        self.on_send()
        if isinstance(self.raises, CallRefused) or type(self.raises) is TransportError:
            raise self.raises
        self.log.append((call.service, call.entity_id, call.data))
        if self.obeys:
            self.obey(call)
        if self.raises:
            raise self.raises

    def obey(self, call: ServiceCall) -> None:
        for entity_id in call.entity_id:
            state = {"turn_on": "on", "turn_off": "off", "lock": "locked"}[call.service]
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
        self.writer = DeviceWriter(self.devices, self.journal, lambda: self.halted, 0.1, lambda: self.now)

    def make_task(self, task_id: str = "t", remaining: float = 30.0, *, recovered: bool = False) -> Task:
        return Task(
            task_id, "actuate", "home-assistant-actuator", deadline_at=self.now + remaining, recovered=recovered,
            now=lambda: self.now,
        )  # fmt: skip

    async def perform(self, *calls: ServiceCall, task: Task | None = None, tainted: bool = False) -> list[Ended]:
        return await self.writer.perform(Actuation(calls=calls, tainted=tainted), task or self.make_task())


@pytest.fixture
async def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    monkeypatch.setitem(effects._PATIENCE, "light", 0.05)
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
    rig.devices.obeys = False
    state, result = conclude(await rig.perform(SCENE))
    assert (state, result.text) == (TaskState.DONE, "Movie is set.")


async def test_nothing_done_is_a_refusal(rig: Rig):
    ends = await rig.perform(UNLOCK)
    with pytest.raises(Refused, match="the front door stays locked"):
        conclude(ends)
    assert rig.devices.log == []


async def test_part_done_is_a_report_that_names_each(rig: Rig):
    state, result = conclude(await rig.perform(light(), UNLOCK))
    assert state is TaskState.FAILED
    assert [outcome.state for outcome in result.outcomes] == [TaskState.DONE, TaskState.FAILED]
    assert result.text.startswith("A is on. Unlocking needs a confirmation")


async def test_one_call_with_a_missing_device_does_the_rest(rig: Rig):
    state, result = conclude(await rig.perform(light("turn_on", "light.a", "light.nope")))
    assert state is TaskState.FAILED
    assert result.text == "A is on. There is no light.nope in Home Assistant."
    assert rig.devices.log == [("turn_on", ("light.a",), {})]


async def test_an_unknown_outweighs_a_failure(rig: Rig):
    rig.devices.obeys = False
    assert conclude(await rig.perform(light(), UNLOCK))[0] is TaskState.UNKNOWN


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
