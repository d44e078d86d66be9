"""Configurations in every spelling, what is in them, and what they open."""

from typing import Any

import pytest

from wactorz_common.contracts.home import Area, Device, Entity, House, Label
from wactorz_common.risk import Risk
from wactorz_home_assistant_agent.configs import (
    difference,
    dump,
    entities_in,
    in_old_spelling,
    normal,
    risk_of,
    same,
    services_in,
)

HOUSE = House(
    version=1, areas=(Area(area_id="hall", name="Hall"), Area(area_id="empty", name="Empty")),
    devices=(Device(device_id="d1", name="Front door", labels=("entry",)),),
    labels=(Label(label_id="entry", name="Entry"), Label(label_id="spare", name="Spare")),
    entities=(
        Entity(entity_id="light.hall", name="Hall light", area_id="hall"),
        Entity(entity_id="lock.front", name="Front door", area_id="hall", registry_id="a" * 32, device_id="d1"),
        Entity(entity_id="cover.blinds", name="Blinds"),
        Entity(entity_id="cover.garage", name="Garage", device_class="garage"),
        Entity(entity_id="scene.night", name="Night", attributes={"entity_id": ["light.hall"]}),
    ),
)  # fmt: skip
OLD = {
    "id": "1", "alias": "A", "trigger": {"platform": "state", "entity_id": "light.hall"},
    "action": [{"service": "light.turn_on", "target": {"entity_id": "light.hall"}}], "mode": "single",
}  # fmt: skip
NEW = {
    "alias": "A", "triggers": [{"trigger": "state", "entity_id": "light.hall"}], "conditions": [],
    "actions": [{"action": "light.turn_on", "target": {"entity_id": "light.hall"}}], "mode": "single",
}  # fmt: skip


def test_one_form():
    assert normal(OLD) == NEW
    assert same(OLD, NEW)
    assert not same(OLD, {**NEW, "mode": "queued"})
    assert same(None, None)
    assert not same(None, NEW)
    old = in_old_spelling(NEW)
    assert old["trigger"] == [{"platform": "state", "entity_id": "light.hall"}]
    assert old["action"][0]["service"] == "light.turn_on"
    assert normal(old) == NEW


def test_nested_steps_are_renamed_too():
    config = {"action": [{"if": [], "then": [{"service": "light.turn_on"}]}, {"wait_for_trigger": []}]}
    assert normal(config)["actions"][0]["then"] == [{"action": "light.turn_on"}]


def test_yaml_and_difference():
    assert dump(NEW).splitlines()[:3] == ["alias: A", "triggers:", "- trigger: state"]
    shown = difference(None, NEW)
    assert shown.startswith("--- before\n+++ after")
    assert "+alias: A" in shown
    assert difference(OLD, OLD) == ""


def test_what_is_in_it():
    config = {"triggers": [{"trigger": "state", "entity_id": ["light.hall", "lock.front"]}], "actions": [
        {"choose": [{"conditions": [{"condition": "state", "entity_id": "cover.blinds", "state": "open"}],
                     "sequence": [{"action": "light.turn_off", "target": {"entity_id": "light.hall"}}]}]},
        {"scene": "scene.night"}]}  # fmt: skip
    assert set(entities_in(config)) == {"light.hall", "lock.front", "cover.blinds", "scene.night"}
    assert services_in(config) == ("light.turn_off",)


def steps(*actions: Any) -> dict[str, Any]:
    return {"actions": list(actions)}


GROUP_OFF = {"action": "homeassistant.turn_off", "target": {"entity_id": "light.hall"}}
UNLOCK = {"action": "lock.unlock", "target": {"entity_id": "lock.front"}}


@pytest.mark.parametrize(
    ("config", "opens"),
    [
        (steps({"action": "light.turn_on", "target": {"entity_id": "light.hall"}}), False),
        (steps({"action": "light.turn_on", "target": {"area_id": "hall"}}), False),
        (steps({"action": "lock.lock", "target": {"entity_id": "lock.front"}}), False),
        (steps({"action": "notify.mobile_app_ana", "data": {"message": "hi"}}), False),
        (steps({"delay": "00:01:00"}, {"condition": "state", "entity_id": "light.hall", "state": "on"}), False),
        (steps({"scene": "scene.night"}), False),
        (steps({"device_id": "d1", "domain": "lock", "type": "lock", "entity_id": "a" * 32}), False),
        (steps(UNLOCK), True),
        (steps({"service": "lock.unlock", "entity_id": "lock.front"}), True),
        (steps({"action": "lock.unlock", "target": {"area_id": "hall"}}), True),
        (steps({"action": "lock.unlock", "target": {"device_id": "d1"}}), True),
        (steps({"action": "lock.unlock", "data": {"entity_id": "all"}}), True),
        (steps({"device_id": "d1", "domain": "lock", "type": "unlock", "entity_id": "a" * 32}), True),
        (steps({"choose": [{"conditions": [], "sequence": [UNLOCK]}]}), True),
        (steps({"choose": [], "default": [UNLOCK]}), True),
        (steps({"if": [], "then": [], "else": [UNLOCK]}), True),
        (steps({"repeat": {"count": 2, "sequence": [UNLOCK]}}), True),
        (steps({"parallel": [{"sequence": [UNLOCK]}]}), True),
        (steps({"parallel": [[UNLOCK]]}), True),
        (steps({"action": "{{ 'lock.unlock' }}", "target": {"entity_id": "lock.front"}}), True),
        (steps({"action": "light.turn_on", "target": {"entity_id": "{{ x }}"}}), True),
        (steps({"action": "light.turn_on", "target": "{{ x }}"}), True),
        (steps({"action": "shell_command.open_gate"}), True),
        (steps({"action": "script.something"}), True),
        (steps({"something": "new"}), True),
        (steps({"event": "open_the_gate"}), True),
        (steps({**GROUP_OFF, "data_template": {"entity_id": "lock.front"}, "target": {"area_id": "empty"}}), True),
        (steps({**GROUP_OFF, "data_template": {"area_id": "hall"}}), True),
        (steps({**GROUP_OFF, "data": "{{ {'area_id': 'hall'} }}"}), True),
        (steps({**GROUP_OFF, "target": {"entity_id": "light.hall", "label_id": "entry"}}), True),
        (steps({**GROUP_OFF, "target": {"entity_id": "light.hall", "label_id": "spare"}}), False),
        (steps({**GROUP_OFF, "target": {"entity_id": "light.hall", "area_id": "nowhere"}}), True),
        (
            steps(
                {
                    "action": "cover.set_cover_position",
                    "target": {"entity_id": "cover.garage"},
                    "data": {"position": 0},
                    "data_template": {"position": 100},
                }
            ),
            True,
        ),
        ({"use_blueprint": {"path": "x.yaml"}}, True),
    ],
)
def test_what_it_opens(config: dict[str, Any], opens: bool):
    assert (risk_of(config, HOUSE).risk is Risk.OPENING) is opens
