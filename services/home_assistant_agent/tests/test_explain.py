"""Automations in plain sentences."""

from typing import Any

import pytest

from wactorz_common.contracts.home import Area, Entity, House
from wactorz_home_assistant_agent.explain import Words

WORDS = Words(House(
    version=1, areas=(Area(area_id="hall", name="Hall"),),
    entities=(
        Entity(entity_id="light.hall", name="Hall light"), Entity(entity_id="lock.front", name="Front door"),
        Entity(entity_id="binary_sensor.door", name="Back door", device_class="door"),
        Entity(entity_id="binary_sensor.motion", name="Hall motion", device_class="motion"),
        Entity(entity_id="sensor.t", name="Kitchen temperature", unit="°C"),
        Entity(entity_id="person.ana", name="Ana"), Entity(entity_id="zone.home", name="Home"),
    ),
))  # fmt: skip


@pytest.mark.parametrize(
    ("trigger", "said"),
    [
        ({"platform": "state", "entity_id": "binary_sensor.door", "to": "on"}, "when Back door opens"),
        ({"trigger": "state", "entity_id": "light.hall", "to": "off", "for": "00:05:00"},
         "when Hall light turns off and stays so for 5 min"),
        ({"trigger": "state", "entity_id": ["lock.front", "light.hall"], "from": "locked"},
         "when Front door or Hall light changes from locked"),
        ({"trigger": "state", "entity_id": "lock.front", "to": None}, "when Front door changes"),
        ({"trigger": "numeric_state", "entity_id": "sensor.t", "above": 28}, "when Kitchen temperature rises above 28 °C"),
        ({"trigger": "numeric_state", "entity_id": "sensor.t", "above": 20, "below": 25.5},
         "when Kitchen temperature comes between 20 and 25.5 °C"),
        ({"trigger": "time", "at": "07:00:00"}, "every day at 07:00"),
        ({"trigger": "time", "at": 25200}, "every day at 07:00"),
        ({"trigger": "time", "at": ["07:00", "19:30:15"]}, "every day at 07:00 and 19:30:15"),
        ({"trigger": "sun", "event": "sunset", "offset": "-00:30:00"}, "at 30 min before sunset"),
        ({"trigger": "sun", "event": "sunrise"}, "at sunrise"),
        ({"trigger": "time_pattern", "minutes": "/5"}, "every 5 minutes"),
        ({"trigger": "homeassistant", "event": "start"}, "when Home Assistant starts"),
        ({"trigger": "zone", "entity_id": "person.ana", "zone": "zone.home", "event": "leave"}, "when Ana leaves Home"),
    ],
)  # fmt: skip
def test_triggers(trigger: dict[str, Any], said: str):
    assert WORDS.explain({"triggers": [trigger], "actions": []}).splitlines()[0] == f"Runs {said}."


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ({"service": "light.turn_on", "entity_id": "light.hall"}, "turn on Hall light"),
        ({"action": "light.turn_on", "target": {"entity_id": "light.hall"}, "data": {"brightness_pct": 30}},
         "turn on Hall light (brightness 30 %)"),
        ({"action": "light.turn_off", "target": {"area_id": "hall"}}, "turn off lights in the hall"),
        ({"delay": {"minutes": 2}}, "wait 2 min"),
        ({"action": "notify.mobile_app", "data": {"message": "Hi"}}, "send the notice “Hi” (mobile app)"),
        ({"if": {"condition": "state", "entity_id": "lock.front", "state": "unlocked"},
          "then": [{"action": "lock.lock", "target": {"entity_id": "lock.front"}}]},
         "if Front door is unlocked: lock Front door"),
        ({"action": "vacuum.locate", "target": {"entity_id": "vacuum.x"}}, "vacuum: locate vacuum.x"),
    ],
)  # fmt: skip
def test_actions(action: dict[str, Any], said: str):
    assert WORDS.explain({"triggers": [], "actions": [action]}).splitlines()[1] == f"Then {said}."


def test_conditions_and_mode():
    config = {
        "triggers": [{"trigger": "time", "at": "07:00:00"}],
        "conditions": [
            {"condition": "time", "weekday": ["mon", "tue", "wed", "thu", "fri"], "after": "06:00:00"},
            {"condition": "numeric_state", "entity_id": "sensor.t", "below": 18},
            {"condition": "or", "conditions": [
                {"condition": "state", "entity_id": "light.hall", "state": "off"},
                {"condition": "sun", "after": "sunset"}]},
        ],
        "actions": [{"action": "light.turn_on", "target": {"entity_id": "light.hall"}}], "mode": "restart",
    }  # fmt: skip
    assert WORDS.explain(config).splitlines() == [
        "Runs every day at 07:00.",
        "Only if:",
        "- it is after 06:00 and it is a workday and",
        "- Kitchen temperature is below 18 °C and",
        "- (Hall light is off or it is after sunset)",
        "Then turn on Hall light.",
        "When it is triggered again while it runs, it begins anew.",
    ]
    assert WORDS.summary(config).startswith("Every day at 07:00, if it is after 06:00 and it is a workday and Kitchen")


def test_what_cannot_be_said_is_shown():
    config = {"triggers": [{"trigger": "mqtt", "topic": "a/b"}], "actions": [{"wait_template": "{{ true }}"}]}
    shown = WORDS.explain(config)
    assert "    trigger: mqtt\n    topic: a/b" in shown
    assert "wait_template: '{{ true }}'" in shown
    assert WORDS.summary(config) == "(mqtt): (something else)."


def test_a_blueprint():
    assert "blueprint a.yaml" in WORDS.explain({"use_blueprint": {"path": "a.yaml", "input": {"x": 1}}})
