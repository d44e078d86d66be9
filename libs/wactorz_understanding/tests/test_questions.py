"""Questions name the entities to look at, and are answered from live states."""

import pytest

from wactorz_common.contracts.home import Entity
from wactorz_understanding.meaning import Question
from wactorz_understanding.questions import answer


def live(house, **states):
    by_name = {key.replace("__", "."): value for key, value in states.items()}
    return [e.model_copy(update={"state": by_name[e.entity_id]}) for e in house.entities if e.entity_id in by_name]


@pytest.mark.parametrize(
    ("asked", "states", "expected"),
    [
        ("is the front door open?", {"binary_sensor__front_door": "on"}, "Yes, Front door is open."),
        ("is the front door open?", {"binary_sensor__front_door": "off"}, "No, Front door is closed."),
        ("is the front door locked?", {"lock__front_door": "unlocked"}, "No, Front door is unlocked."),
        ("is the air conditioner on?", {"climate__kitchen_air_conditioner": "cool"}, "Yes, Kitchen air conditioner is on."),
        ("is the kitchen light on?", {"light__kitchen_light": "unavailable"}, "Kitchen light does not report a state right now."),
        ("what is the temperature in the kitchen?", {"sensor__kitchen_temperature": "21.4"}, "Kitchen temperature is 21.4 °C."),
        ("is there motion in the hallway?", {"binary_sensor__hallway_motion": "off"}, "No, Hallway motion is clear."),
        ("is there motion in the hallway?", {"binary_sensor__hallway_motion": "on"}, "Yes, Hallway motion is triggered."),
        ("are any windows open?", {"binary_sensor__kitchen_window": "on", "binary_sensor__bedroom_window": "off"}, "Yes, open: Kitchen window."),
        ("are any windows open?", {"binary_sensor__kitchen_window": "off", "binary_sensor__bedroom_window": "off"}, "No, none of 2 is open."),
        ("which lights in the bedroom are on?", {"light__bedroom_light": "on", "light__bedside_lamp": "on", "light__bedroom_ceiling": "off"}, "Bedroom light and Bedside lamp are on (2 of 3)."),
        ("how many lights are on in the bedroom?", {"light__bedroom_light": "on", "light__bedside_lamp": "off", "light__bedroom_ceiling": "off"}, "1 of 3 is on: Bedroom light."),
        ("how many lights are on in the bedroom?", {"light__bedroom_light": "off", "light__bedside_lamp": "off", "light__bedroom_ceiling": "off"}, "0 of 3 are on."),
        ("are the bedroom lights on?", {"light__bedroom_light": "on", "light__bedside_lamp": "on", "light__bedroom_ceiling": "off"}, "No, 2 of 3 are on: Bedroom light and Bedside lamp."),
        ("what is the state of the coffee maker?", {"switch__coffee_maker": "on"}, "Coffee maker is on."),
    ],
)  # fmt: skip
def test_answer(asked, states, expected, understander, house):
    question = understander.understand(asked)
    assert isinstance(question, Question)
    assert set(question.entity_ids) == {key.replace("__", ".") for key in states}
    assert answer(question, live(house, **states)) == expected


def test_an_entity_that_is_gone_is_named():
    question = Question(what="is", entity_ids=("light.gone",), state="on")
    assert answer(question, []) == "light.gone does not report a state right now."


def test_a_climate_device_answers_for_a_room_without_a_sensor():
    question = Question(what="value", entity_ids=("climate.x",), quantity="temperature")
    entity = Entity(entity_id="climate.x", name="Heater", state="heat", attributes={"current_temperature": 19.5})
    assert answer(question, [entity]) == "Heater is 19.5 °."
