"""Drafts of the grammar as automations."""

from typing import Any

import pytest

from wactorz_common.contracts.automations import AutomationResult
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
from wactorz_home_assistant_agent.drafts import left_out, noted, to_config

ON = ServiceCall(domain="light", service="turn_on", entity_id=("light.hall",), data={"brightness_pct": 30})


def config_of(trigger: Any, *conditions: Condition) -> dict[str, Any]:
    return to_config(RuleDraft(trigger=trigger, conditions=conditions, actions=(ON,)), "Name", "the sentence")


def test_what_home_assistant_cannot_say_is_told():
    hot = NumericTrigger(entity_id="sensor.a", above=26, hysteresis=0.5)
    lossy = RuleDraft(trigger=hot, actions=(ON,), cooldown_seconds=600, min_on_seconds=90, fires_if_already_true=True)
    assert left_out(lossy) == (
        "Home Assistant cannot say that the value must go back by 0.5 before it counts again and the quiet time of "
        "10 min and that it stays so for 90 s and that it also acts if it is so already, so that is left out; a rule "
        "of Wactorz keeps it."
    )
    plain = RuleDraft(trigger=TimeTrigger(at="07:00"), actions=(ON,))
    assert left_out(plain) == ""
    done = AutomationResult(status="done", text="Made.", source="rules")
    assert noted(done, plain) == noted(done, None) == done
    assert noted(done, lossy).text.startswith("Made.\nHome Assistant cannot say")
    asks = done.model_copy(update={"status": "needs_confirmation", "text": "Shall I?"})
    assert noted(asks, lossy).text.endswith("\nShall I?")


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
