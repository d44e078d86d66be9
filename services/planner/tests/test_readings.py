import pytest

from wactorz_common.contracts.home import Entity
from wactorz_common.contracts.rules import Condition, NumericTrigger, StateTrigger, TimeTrigger
from wactorz_planner.readings import Reading, condition_holds, lingers, trigger_holds


@pytest.mark.parametrize(
    ("operator", "value", "actual", "expected"),
    [
        ("eq", "on", "On", True), ("eq", "on", "off", False), ("ne", "on", "off", True), ("ne", "on", "on", False),
        ("ne", "on", "unavailable", False), ("eq", 21.0, "21.0", True), ("gt", 20, "21", True), ("gt", 21, "21", False),
        ("gte", 21, "21", True), ("lt", 20, "19", True), ("lte", 20, "20.0", True), ("gt", 20, "warm", False),
        ("gt", "x", "21", False),
    ],
)  # fmt: skip
def test_operators(operator, value, actual, expected):
    condition = Condition(entity_id="a.b", operator=operator, value=value)
    assert condition_holds(condition, {"a.b": Reading(actual)}) is expected


def test_attributes_may_be_dotted_and_missing_ones_do_not_hold():
    readings = {"a.b": Reading("on", {"battery": {"level": 80}})}
    held = Condition(entity_id="a.b", attribute="battery.level", operator="gt", value=50)
    assert condition_holds(held, readings)
    assert not condition_holds(held.model_copy(update={"attribute": "battery.volts"}), readings)
    assert not condition_holds(held.model_copy(update={"attribute": "battery.level.deep"}), readings)


def test_range_trigger_holds_only_between():
    between = NumericTrigger(entity_id="s", above=10, below=20)
    assert [trigger_holds(between, Reading(v)) for v in ("5", "15", "25")] == [False, True, False]


def test_attribute_trigger_reads_the_attribute():
    trigger = NumericTrigger(entity_id="c", attribute="current_temperature", below=18)
    assert trigger_holds(trigger, Reading("heat", {"current_temperature": 17})) is True
    assert trigger_holds(trigger, Reading("heat", {})) is None


def test_trigger_may_wait_for_unavailable():
    assert trigger_holds(StateTrigger(entity_id="s", to="unavailable"), Reading("unavailable")) is True


def test_reading_of_a_state_object():
    reading = Reading.of({"state": "on", "attributes": {"a": 1}, "last_changed": "1970-01-01T00:01:00+00:00"})
    assert reading == Reading("on", {"a": 1}, 60.0)
    assert Reading.of({"attributes": None, "last_changed": "nonsense"}) == Reading("")


def test_reading_of_a_live_report():
    entity = Entity(entity_id="light.a", name="A", state="on", attributes={"a": 1}, changed_at=60.0)
    assert Reading.of_entity(entity) == Reading("on", {"a": 1}, 60.0)
    assert Reading.of_entity(Entity(entity_id="light.a", name="A")) == Reading("")


def test_what_the_clock_triggers_never_holds():
    assert trigger_holds(TimeTrigger(at="07:00"), Reading("on")) is None


def test_what_lingers_has_not_gone_back_by_the_hysteresis():
    hot = NumericTrigger(entity_id="s", above=28, hysteresis=1)
    assert [lingers(hot, Reading(value)) for value in ("27.5", "27", "warm")] == [True, False, False]
    assert not lingers(hot, None)
    assert not lingers(NumericTrigger(entity_id="s", above=28), Reading("28"))
    assert not lingers(StateTrigger(entity_id="s", to="on"), Reading("on"))


@pytest.mark.parametrize(
    ("reading", "known", "filled", "old"),
    [
        (Reading("off", updated_at=5.0), Reading("on", updated_at=5.0), True, True),
        (Reading("off", updated_at=5.1), Reading("on", updated_at=5.0), True, False),
        (Reading("off", updated_at=1.0), Reading("on", updated_at=5.0), False, False),
        (Reading("off"), Reading("on", updated_at=5.0), True, False),
        (Reading("off", updated_at=1.0), None, True, False),
        (Reading("off", updated_at=1.0), Reading("on"), True, False),
        # a live look overtook what the broker had kept
        (Reading("off", changed_at=4.0, updated_at=4.0), Reading("on", changed_at=5.0), False, True),
        (Reading("on", changed_at=5.0, updated_at=6.0), Reading("on", changed_at=5.0), False, False),
        (Reading("off", changed_at=4.0), Reading("on", changed_at=99.0), False, False),
    ],
)
def test_which_of_two_readings_is_older(reading, known, filled, old):
    assert reading.is_old_beside(known, 10.0, filled=filled) is old
