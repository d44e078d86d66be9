"""The house in memory: registry, states and changes."""

import json

import pytest

from wactorz_common.contracts.home import Area, Entity, House, StateChange
from wactorz_common.contracts.policy import EntityPolicy
from wactorz_common.errors import TransportError
from wactorz_gateway.livehouse import FRESH_SECONDS, LiveHouse

LAMP = Entity(entity_id="light.lamp", name="Lamp", area_id="k")
HOUSE = House(version=3, demo=True, areas=(Area(area_id="k", name="Kitchen"),), entities=(LAMP,))


def live(entity_id="light.lamp", state="off", at=10.0, **attributes):
    return Entity(entity_id=entity_id, name="x", state=state, attributes=attributes, changed_at=at)


def change(state, at=20.0, entity_id="light.lamp", trimmed=False, **attributes):
    new = None if state is None else {"state": state, "attributes": attributes, "last_changed": at}
    return StateChange(entity_id=entity_id, domain="light", new_state=new, timestamp=at, trimmed=trimmed)


def house():
    one = LiveHouse()
    one.take_house(HOUSE)
    one.take_states([live()], 10.0)
    return one


def shown(one, now=21.0, connected=True):
    return json.loads(one.body(now, connected=connected).data)["rooms"][0]["entities"][0]


def test_a_house_that_is_not_known_says_so():
    with pytest.raises(TransportError, match="not known yet"):
        LiveHouse().body(1.0, connected=True)


def test_a_change_is_shown_with_its_attributes():
    one = house()
    assert shown(one)["state"] == "off"
    one.take_change(change("on", brightness=80), 20.0)
    assert (shown(one)["state"], shown(one)["attributes"], shown(one)["last_changed"]) == (
        "on",
        {"brightness": 80},
        20.0,
    )


def test_the_same_body_is_not_made_twice():
    one = house()
    assert one.body(11.0, connected=True) is one.body(12.0, connected=True)
    one.take_change(change("off", at=10.0), 12.0)  # the same state once more
    before = one.version
    one.take_states([live()], 13.0)
    assert one.version == before


def test_an_older_change_does_not_come_after_a_newer_one():
    one = house()
    one.take_change(change("on", at=20.0), 20.0)
    one.take_change(change("off", at=15.0), 21.0)
    assert shown(one)["state"] == "on"
    one.take_states([live(at=15.0)], 22.0)
    assert shown(one)["state"] == "on"


def test_attributes_that_were_left_out_stay():
    one = house()
    one.take_change(change("on", at=20.0, effect="rainbow"), 20.0)
    one.take_change(change("off", at=21.0, trimmed=True), 21.0)
    assert (shown(one)["state"], shown(one)["attributes"]) == ("off", {"effect": "rainbow"})


def test_an_entity_that_is_gone_has_no_state():
    one = house()
    one.take_change(change(None), 20.0)
    assert (shown(one)["state"], shown(one)["available"]) == (None, False)


def test_states_that_nobody_has_confirmed_are_called_stale():
    one = house()
    view = json.loads(one.body(11.0, connected=True).data)
    assert (view["stale"], view["source"], view["version"]) == (False, "demo", 3)
    assert json.loads(one.body(11.0, connected=False).data)["stale"]
    assert json.loads(one.body(11.0 + FRESH_SECONDS, connected=True).data)["stale"]
    one.take_change(change("on", at=200.0), 200.0)
    assert not json.loads(one.body(201.0, connected=True).data)["stale"]


def test_a_new_registry_keeps_the_states():
    one = house()
    one.take_house(HOUSE.model_copy(update={"version": 4, "entities": (LAMP.model_copy(update={"name": "Big lamp"}),)}))
    assert (shown(one)["name"], shown(one)["state"]) == ("Big lamp", "off")


def test_a_policy_changes_what_is_offered():
    one = house()
    one.take_policies([EntityPolicy(entity_id="light.lamp", risk="C")])
    assert shown(one)["risk"] == "C"
    one.take_policies([])
    assert shown(one)["risk"] == "B"


def test_what_is_in_no_room_comes_last():
    one = LiveHouse()
    one.take_house(HOUSE.model_copy(update={"entities": (LAMP, Entity(entity_id="light.x", name="X", area_id="gone"))}))
    rooms = json.loads(one.body(1.0, connected=True).data)["rooms"]
    assert [(room["id"], [e["entity_id"] for e in room["entities"]]) for room in rooms] == [
        ("k", ["light.lamp"]), ("", ["light.x"])
    ]  # fmt: skip
