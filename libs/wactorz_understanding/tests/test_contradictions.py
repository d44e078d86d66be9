"""A rule that can never act is refused."""

import pytest

from wactorz_common.contracts.rules import Condition, MqttTrigger, NumericTrigger, RuleDraft, StateTrigger
from wactorz_understanding.contradictions import contradicts

DOOR = StateTrigger(entity_id="binary_sensor.door", to="on")
WARM = NumericTrigger(entity_id="sensor.a", above=28.0)
WET = MqttTrigger(topic="soil", field="wet", operator="lt", value=20.0)


@pytest.mark.parametrize(
    ("trigger", "condition", "never"),
    [
        (DOOR, {"entity_id": "binary_sensor.door", "value": "off"}, True),
        (DOOR, {"entity_id": "binary_sensor.door", "value": "on"}, False),
        (DOOR, {"entity_id": "binary_sensor.door", "operator": "ne", "value": "on"}, True),
        (DOOR, {"entity_id": "lock.door", "value": "off"}, False),
        (WARM, {"entity_id": "sensor.a", "operator": "lt", "value": 20.0}, True),
        (WARM, {"entity_id": "sensor.a", "operator": "lt", "value": 30.0}, False),
        (WARM, {"entity_id": "sensor.a", "operator": "gt", "value": 30.0}, False),
        (WET, {"topic": "soil", "field": "wet", "operator": "gte", "value": 20.0}, True),
        (WET, {"topic": "soil", "field": "dry", "operator": "gte", "value": 20.0}, False),
    ],
)
def test_what_excludes_each_other(trigger, condition, never):
    assert contradicts(RuleDraft(trigger=trigger, conditions=(Condition.model_validate(condition),))) is never


def test_a_person_is_told(make):
    found = make("when the front door opens and the front door is closed, tell me")
    assert found.reason == "unable"
    assert "contradicts itself" in found.text
