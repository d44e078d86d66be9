from dataclasses import replace

import pytest

from wactorz_common.contracts.history import HistoryPoint
from wactorz_common.contracts.home import Entity, House
from wactorz_common.contracts.rules import (
    BacktestFiring,
    FiringReport,
    MqttTrigger,
    NumericTrigger,
    Rule,
    RuleDraft,
    StateTrigger,
    TimeTrigger,
)
from wactorz_planner.clock import Place
from wactorz_planner.explaining import Facts, explain
from wactorz_planner.hearing import Heard

HOUSE = House(
    version=1,
    entities=(
        Entity(entity_id="sensor.t", name="Kitchen Temperature", unit="°C"),
        Entity(entity_id="binary_sensor.d", name="Front Door", device_class="door"),
    ),
)
NOON = 1_782_907_200.0
"""12:00 UTC on 1 July 2026."""

HOUR = 3600.0
HOT = NumericTrigger(entity_id="sensor.t", above=28)


def facts(trigger=HOT, firings=(), **more):
    changes = {key: more.pop(key) for key in ("status", "note", "paused_at", "created_at") if key in more}
    rule = Rule(**{
        "rule_id": "abcd1234", "task": "t", "draft": RuleDraft(trigger=trigger, cooldown_seconds=600),
        "created_at": NOON - 99 * HOUR, "summary": "When it is hot, cool.", **changes,
    })  # fmt: skip
    made = Facts(rule, HOUSE, NOON - 12 * HOUR, NOON, NOON, tuple(firings), place=Place("UTC"))
    return replace(made, **more)


def firing(verdict, outcome="", hours_ago=1.0, **more):
    return FiringReport(rule_id="abcd1234", fired_at=NOON - hours_ago * HOUR, verdict=verdict, outcome=outcome, **more)


def points(*states):
    return tuple(HistoryPoint(entity_id="sensor.t", at=NOON - HOUR, state=state) for state in states)


HEAD = "Rule abcd1234 (When it is hot, cool) did not fire between 00:00 and 12:00."
UNMET = firing("unmet", "its trigger was met, but not its conditions", conditions=(
    {"entity_id": "light.a", "operator": "eq", "value": "off", "actual": "on", "held": False},
    {"entity_id": "light.b", "operator": "eq", "value": "on", "actual": "on", "held": True},
    {"topic": "sensors/x", "field": "lux", "operator": "lt", "value": 10.0, "actual": None, "held": False},
))  # fmt: skip


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (facts(history=points("20", "26.5")), f"{HEAD} The kitchen temperature lay between 20 and 26.5, so it did not come above 28."),
        (facts(history=points("29", "30")), "was above 28 all the time (29 to 30), and only a new crossing counts."),
        (facts(history=points("unavailable")), "showed no number"),
        (facts(history=()), "The recorder knows nothing of the kitchen temperature"),
        (facts(), "the recorder cannot be asked now"),
        (facts(history=points("20"), replayed=(BacktestFiring(at=NOON - 2 * HOUR, verdict="fire"),)),
         "By the recorder its trigger was met at 10:00, of which I heard nothing"),
        (facts(history=points("20"), created_at=NOON - HOUR, replayed=(BacktestFiring(at=NOON - 2 * HOUR, verdict="fire"),)),
         "It was made only at 11:00. By the recorder its trigger was met at 10:00, before the rule was made."),
        (facts(StateTrigger(entity_id="binary_sensor.d", to="on", for_seconds=60), history=points("off", "on", "off")),
         "The front door was off, on, so it did not become on for 60 s."),
        (facts(status="paused", note="a person paused it", paused_at=NOON - 2 * HOUR),
         "It is paused since 10:00: a person paused it. To let it go on: /rules resume abcd1234."),
        (facts(status="proposed"), "It was never approved, so it does not run: /rules approve abcd1234."),
        (facts(created_at=NOON - HOUR), "It was made only at 11:00."),
        (facts(halts=((NOON - 3 * HOUR, NOON - 2 * HOUR),)), "Everything was stopped from 09:00 to 10:00."),
        (facts(halts=((NOON - 3 * HOUR, None),)), "from 09:00 on, and still is: /go lets it act again."),
        (facts(firings=[UNMET]), ("met at 11:00 but not its conditions: light.a was on instead of off and lux of sensors/x was "
         "not known instead of below 10.")),
        (facts(firings=[firing("unmet", "outside its hours")]), "Its trigger was met at 11:00 but outside its hours."),
        (facts(firings=[firing("suppressed", "within its quiet time")] * 3),
         "met 3 times, last at 11:00, but within its quiet time, which is 10 min."),
        (facts(firings=[firing("suppressed", "everything is stopped")]), "met at 11:00 but everything is stopped."),
        (facts(firings=[firing("held_back", "held back: a person changed light.a")]), "but it was held back: a person changed light.a."),
        (facts(firings=[firing("missed", "missed once, because Wactorz did not run")]), "It was due but missed once"),
        (facts(firings=[firing("fire", "failed: Home Assistant is away")]),
         "Rule abcd1234 fired once between 00:00 and 12:00, last at 11:00: failed: Home Assistant is away."),
        (facts(MqttTrigger(topic="sensors/a", field="co2", operator="gt", value=1.0), listening_since=NOON - HOUR),
         "No message came on sensors/a (co2) since I began to listen at 11:00."),
        (facts(MqttTrigger(topic="sensors/a"), heard=Heard(5, 1, 2, NOON - HOUR, "sensors/a", "7")),
         "The last value was 7, at 11:00 on sensors/a. 2 of them did not have the field that it looks at. 1 of them could"),
        (facts(TimeTrigger(at="07:00")), ("It was due at 07:00, of which nothing is noted: I may not have run then. It is due next at "
         "Thu 2 Jul 07:00.")),
        (facts(TimeTrigger(at="07:00"), created_at=NOON - HOUR), "It was not due in that time. It is due next at Thu 2 Jul 07:00."),
    ],
)  # fmt: skip
def test_why_a_rule_did_not_fire(known, words):
    assert words in explain(known)
