"""Plain questions about the home."""

import pytest

from wactorz_common.contracts.automations import EntityQuery
from wactorz_common.contracts.home import Area, Entity, House
from wactorz_common.language import speaking
from wactorz_home_assistant_agent.questions import answer, chosen, describe, without_state

HOUSE = House(
    version=1,
    areas=(Area(area_id="kitchen", name="Kitchen"), Area(area_id="living_room", name="Living Room", aliases=("Lounge",))),
    entities=(
        Entity(entity_id="light.kitchen_light", name="Kitchen light", aliases=("Worktop",), area_id="kitchen", state="on", attributes={"brightness": 102}),
        Entity(entity_id="light.lamp", name="Living room lamp", area_id="living_room", state="off"),
        Entity(entity_id="sensor.kitchen_temperature", name="Kitchen temperature", area_id="kitchen", device_class="temperature", unit="°C", state="21.0"),
        Entity(entity_id="binary_sensor.front_door", name="Front door", device_class="door", state="off"),
        Entity(entity_id="lock.front_door", name="Front door", state="locked"),
        Entity(entity_id="cover.blinds", name="Blinds", area_id="living_room", state="open", attributes={"current_position": 30}),
        Entity(entity_id="climate.ac", name="Air conditioner", area_id="kitchen", state="cool", attributes={"current_temperature": 23, "temperature": 21}),
        Entity(entity_id="zone.home", name="Home", state="0"),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("state of kitchen light", "Kitchen light is on (40 %)."),
        ("What is the state of the Kitchen light?", "Kitchen light is on (40 %)."),
        ("status of worktop", "Kitchen light is on (40 %)."),
        ("light.kitchen_light", "Kitchen light is on (40 %)."),
        ("is the front door locked?", "Front door is locked."),
        ("Is the front door open?", "Front door is closed."),
        ("front door", "Front door is closed; Front door is locked."),
        ("what is the kitchen temperature", "Kitchen temperature is 21.0 °C."),
        ("how warm is kitchen temperature?", "Kitchen temperature is 21.0 °C."),
        ("are the blinds open", "Blinds are open (30 % open)."),
        ("is the air conditioner on", "Air conditioner is set to cool (now 23 °C, target 21 °C)."),
        ("list vacuums", None),
        ("list areas", "Areas (2):\n- Kitchen\n- Living Room"),
        ("show me all the rooms", "Areas (2):\n- Kitchen\n- Living Room"),
        ("list lights in the kitchen", "Lights in Kitchen (1):\n- Kitchen light is on (40 %) [light.kitchen_light]"),
        ("list lounge lights", "Lights in Living Room (1):\n- Living room lamp is off [light.lamp]"),
        ("lights in lounge", "Lights in Living Room (1):\n- Living room lamp is off [light.lamp]"),
        ("which locks are there", None),
        ("list covers in the kitchen", "There are no covers in Kitchen."),
        ("sing a song", None),
        ("", None),
    ],
)
def test_answers(question: str, reply: str | None):
    assert answer(question, HOUSE) == reply


def test_lists():
    assert (answer("list lamps", HOUSE) or "").startswith("Lamps (2):")
    assert (answer("list devices", HOUSE) or "").startswith("Devices (7):")
    assert (answer("list entities", HOUSE) or "").startswith("Entities (8):")
    assert (answer("what is in the kitchen?", HOUSE) or "").startswith("Entities in Kitchen (3):")
    assert answer("list areas", House(version=1)) == "There are no areas yet."


def test_long_lists_are_cut():
    many = House(
        version=1, entities=tuple(Entity(entity_id=f"light.l{n}", name=f"L{n}", state="on") for n in range(100))
    )
    lines = (answer("list lights", many) or "").splitlines()
    assert lines[0] == "Lights (100):"
    assert lines[-1] == "- ... and 40 more"
    assert len(lines) == 62


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("kitchen light on", "kitchen light"), ("front door still not locked", "front door"),
        ("blinds closed", "blinds"), ("light.kitchen", "light.kitchen"), ("on", "on"), ("lamp turned off", "lamp"),
    ],
)  # fmt: skip
def test_without_state(said: str, name: str):
    assert without_state(said) == name


def test_chosen():
    assert [one.entity_id for one in chosen(HOUSE, EntityQuery(domain="light", area="lounge")).entities] == [
        "light.lamp"
    ]
    few = chosen(HOUSE, EntityQuery(limit=2))
    assert (len(few.entities), few.total) == (2, 8)
    assert chosen(HOUSE, EntityQuery(area="moon")).total == 0
    assert chosen(HOUSE, EntityQuery(entity_ids=("zone.home",))).total == 1


def test_an_answer_is_german_where_german_is_spoken():
    house = House(version=1, entities=(
        Entity(entity_id="light.a", name="Lampe", state="on"),
        Entity(entity_id="sensor.t", name="Küche", unit="°C", state="21.5"),
        Entity(entity_id="binary_sensor.d", name="Haustür", device_class="door", state="off"),
    ))  # fmt: skip
    with speaking("de"):
        told = [describe(entity, house) for entity in house.entities]
    assert told == ["Lampe ist an", "Küche ist 21,5 °C", "Haustür ist geschlossen"]
