"""The house by rooms, as it is shown."""

from wactorz_common.contracts.home import Area, Entity, Floor, House
from wactorz_common.contracts.policy import EntityPolicy
from wactorz_gateway.rooms import is_shown, merged, room_entity, rooms_of, shown


def entity(entity_id, name="It", **fields):
    return Entity(entity_id=entity_id, name=name, **fields)


def seen(one, *others, policy=None):
    house = House(version=1, entities=(one, *others))
    entities = {each.entity_id: each for each in house.entities}
    return room_entity(one, entities, house, {one.entity_id: policy} if policy else {})


def test_a_sensor_only_shows_something():
    view = seen(entity("sensor.a", state="21.5", unit="°C", changed_at=5.0))
    assert (view.risk, view.actions, view.state, view.unit, view.last_changed) == ("A", [], "21.5", "°C", 5.0)


def test_a_light_is_moved_at_once_and_a_lock_asks_to_be_opened():
    light = seen(entity("light.a", state="on"))
    assert (light.risk, light.asks) == ("B", [])
    lock = seen(entity("lock.a", state="locked"))
    assert (lock.risk, lock.asks) == ("C", ["unlock"])
    assert "lock" in lock.actions


def test_a_scene_takes_the_class_of_what_it_sets():
    scene = entity("scene.leave", attributes={"entity_id": ["light.a", "lock.a"]})
    assert seen(scene, entity("light.a"), entity("lock.a")).asks == ["turn_on"]
    assert seen(entity("scene.x", attributes={"entity_id": ["light.a"]}), entity("light.a")).asks == []


def test_what_people_have_laid_down_comes_before_the_class():
    alone = seen(entity("light.a", state="on"), policy=EntityPolicy(entity_id="light.a", risk="A"))
    assert (alone.actions, alone.risk) == ([], "A")
    asks = seen(entity("light.a", state="on"), policy=EntityPolicy(entity_id="light.a", risk="C"))
    assert asks.risk == "C"
    assert asks.asks == asks.actions
    free = seen(entity("lock.a", state="locked"), policy=EntityPolicy(entity_id="lock.a", risk="B"))
    assert free.asks == []


def test_codes_and_tokens_are_not_shown():
    attributes = {"access_token": "x", "entity_picture": "/api/camera?token=y", "code_format": "number", "user_code": 1}
    assert shown(attributes) == {"code_format": "number"}


def test_what_is_away_is_not_available():
    assert not seen(entity("light.a", state="unavailable")).available
    assert not seen(entity("light.a")).available
    assert seen(entity("light.a", state="unknown")).available


def test_rooms_come_by_floor_and_name():
    house = House(
        version=1, floors=(Floor(floor_id="g", name="Ground"), Floor(floor_id="u", name="Upper")),
        areas=(Area(area_id="b", name="Bath", floor_id="u"), Area(area_id="s", name="Shed"),
               Area(area_id="k", name="Kitchen", floor_id="g"), Area(area_id="h", name="hall", floor_id="g")),
    )  # fmt: skip
    assert [(area.name if area else "", floor) for area, floor in rooms_of(house)] == [
        ("hall", "Ground"), ("Kitchen", "Ground"), ("Bath", "Upper"), ("Shed", ""), ("", "")
    ]  # fmt: skip


def test_the_live_state_comes_before_the_registry():
    own = entity("sensor.a", "Named", state="1", unit="°C", attributes={"x": 1})
    live = entity("sensor.a", "friendly", state="2", unit="K", attributes={"y": 2}, changed_at=9.0)
    now = merged(own, live)
    assert (now.name, now.state, now.unit, now.attributes, now.changed_at) == ("Named", "2", "°C", {"y": 2}, 9.0)
    assert merged(own, None) is own


def test_what_is_hidden_or_for_settings_is_not_shown():
    assert is_shown(entity("light.a"))
    assert not is_shown(entity("light.a", hidden=True))
    assert not is_shown(entity("sensor.a", category="diagnostic"))
