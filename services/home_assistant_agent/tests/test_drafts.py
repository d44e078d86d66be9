"""Drafts of the grammar as automations."""

from typing import Any

import pytest

from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.rules import (
    Condition,
    IntervalTrigger,
    NumericTrigger,
    RuleDraft,
    StateTrigger,
    SunTrigger,
    TimeTrigger,
)
from wactorz_common.errors import Refused
from wactorz_home_assistant_agent.drafts import to_config

ON = ServiceCall(domain="light", service="turn_on", entity_id=("light.hall",), data={"brightness_pct": 30})


def config_of(trigger: Any, *conditions: Condition) -> dict[str, Any]:
    return to_config(RuleDraft(trigger=trigger, conditions=conditions, actions=(ON,)), "Name", "the sentence")


@pytest.mark.parametrize(
    ("trigger", "written"),
    [
        (TimeTrigger(at="07:00"), {"trigger": "time", "at": "07:00:00"}),
        (
            SunTrigger(event="sunset", offset_seconds=-1800),
            {"trigger": "sun", "event": "sunset", "offset": "-00:30:00"},
        ),
        (IntervalTrigger(seconds=300), {"trigger": "time_pattern", "minutes": "/5"}),
        (IntervalTrigger(seconds=7200), {"trigger": "time_pattern", "hours": "/2"}),
        (IntervalTrigger(seconds=86_400), {"trigger": "time", "at": "00:00:00"}),
        (
            StateTrigger(entity_id="lock.a", to="unlocked", for_seconds=300),
            {"trigger": "state", "entity_id": "lock.a", "to": "unlocked", "for": "00:05:00"},
        ),
        (
            NumericTrigger(entity_id="sensor.t", above=28.5),
            {"trigger": "numeric_state", "entity_id": "sensor.t", "above": 28.5},
        ),
    ],
)
def test_triggers(trigger: Any, written: dict[str, Any]):
    config = config_of(trigger)
    assert config["triggers"] == [written]
    assert config["actions"] == [
        {"action": "light.turn_on", "target": {"entity_id": "light.hall"}, "data": {"brightness_pct": 30}}
    ]
    assert config["description"] == "Made by Wactorz: the sentence"


def test_what_home_assistant_cannot_repeat():
    with pytest.raises(Refused, match="whole parts of a minute"):
        config_of(IntervalTrigger(seconds=420))


def test_weekdays_and_conditions():
    config = config_of(
        TimeTrigger(at="07:00", weekdays=("mon", "tue")),
        Condition(entity_id="lock.a", value="locked"),
        Condition(entity_id="sensor.t", operator="gt", value=20),
        Condition(entity_id="sensor.t", operator="lte", value=25),
    )
    weekdays, equal, above, most = config["conditions"]
    assert weekdays == {"condition": "time", "weekday": ["mon", "tue"]}
    assert equal == {"condition": "state", "entity_id": "lock.a", "state": "locked"}
    assert above == {"condition": "numeric_state", "entity_id": "sensor.t", "above": 20.0}
    assert most["condition"] == "not"
    assert most["conditions"][0]["above"] == 25.0
    assert most["conditions"][1]["state"] == ["unavailable", "unknown"]
