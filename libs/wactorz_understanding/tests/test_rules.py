"""Rules: both orders, conditions, holding times, units; and never just their action."""

import math

import pytest

from wactorz_common.contracts.home import Entity, House
from wactorz_understanding.context import Context
from wactorz_understanding.meaning import RuleMeaning
from wactorz_understanding.understander import Understander

FAN = "do switch.turn_on switch.fan"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("when the outside temperature drops below -5.5 °C, turn on the fan", f"trigger sensor.outside <-5.5 {FAN}"),
        ("when the washing machine power exceeds 1.2 kW turn on the fan", f"trigger sensor.washer_power >1200 {FAN}"),
        ("when the kitchen temperature is over 82 °F turn on the fan", f"trigger sensor.kitchen_temperature >27.78 {FAN}"),
        ("when the front door opens, if the office light is off, turn on the fan", f"trigger binary_sensor.front_door=on if light.office_light=off {FAN}"),
        ("when the office light is off and motion is detected in the office, turn on the fan", f"trigger binary_sensor.office_motion=on if light.office_light=off {FAN}"),
        ("at most once an hour, turn on the fan when the front door opens", f"trigger binary_sensor.front_door=on cooldown 3600 {FAN}"),
        ("when someone opens the front door turn on the fan", f"trigger binary_sensor.front_door=on {FAN}"),
        ("when the front door isn't closed turn on the fan", f"trigger binary_sensor.front_door=on {FAN}"),
        ("when the air conditioner turns on turn on the fan", f"trigger climate.kitchen_air_conditioner=cool {FAN}"),
        ("if the living room thermostat is below 18 degrees, turn on the fan", f"trigger climate.living_room_thermostat <18 {FAN}"),
        ("when the front door opens, turn on the fan unless the office light is on", f"trigger binary_sensor.front_door=on if light.office_light!=on {FAN}"),
        ("if the front door is unlocked, lock it", "trigger lock.front_door=unlocked do lock.lock lock.front_door"),
        ("when the door opens turn on the fan", "ambiguous binary_sensor.front_door,cover.garage_door"),
        ("when the front door opens, turn on the ceiling light", "ambiguous light.bedroom_ceiling,light.office_ceiling"),
    ],
)  # fmt: skip
def test_rule(said, expected, read):
    assert read(said) == expected


@pytest.mark.parametrize(
    "said",
    [
        "when the front door opens turn on the fan. turn off the hallway light",
        "when the front door opens turn on the fan for 5 minutes",
        "when the front door opens for 3 days turn on the fan",
        "when the kitchen temperature goes above 28% turn on the fan",
        "when the kitchen temperature is between 20 and 25 turn on the fan",
        "when the front door opens turn on the fan, at most twice a day",
        "when the front door opens and the moon is full turn on the fan",
        "when the front door opens turn on the fan when the moon is full",
        "when all windows are closed turn on the fan",
    ],
)
def test_what_is_not_fully_read_is_not_read(said, read):
    assert read(said) == "nothing"


@pytest.mark.parametrize(
    ("said", "language", "expected"),
    [
        ("every day at sunset if nobody is home turn on the floor lamp", "en", "light.turn_on light.floor_lamp"),
        ("if the sun goes down and nobody is home, turn on the floor lamp", "en", "light.turn_on light.floor_lamp"),
        ("jeden Tag um 8 Uhr, wenn niemand zu Hause ist, starte Willi", "de", "vacuum.start vacuum.willi"),
    ],
)
def test_a_time_may_have_its_condition_before_what_is_done(said, language, expected, rule):
    found = rule(said, language)
    assert "if zone.home<1 do" in found
    assert found.endswith(expected)


@pytest.mark.parametrize(
    ("said", "language", "side"),
    [
        ("Wenn die Küche wärmer als 28 Grad ist, schalte die Teichpumpe ein", "de", ">28"),
        ("Wenn es in der Küche wärmer als 28 Grad wird, schalte die Teichpumpe ein", "de", ">28"),
        ("schalte die Teichpumpe ein, wenn die Küche heißer als 28 Grad wird", "de", ">28"),
        ("wenn die Küche 5 Minuten lang kälter als 18 Grad ist, schalte die Teichpumpe ein", "de", "<18 for 300"),
        ("wenn die Temperatur in der Küche kühler als 18 Grad ist, schalte die Teichpumpe ein", "de", "<18"),
        ("when the kitchen is warmer than 28 degrees, turn on the garden pump", "en", ">28"),
        ("turn on the garden pump when the kitchen gets hotter than 28 degrees", "en", ">28"),
        ("when the kitchen is colder than 18 degrees turn on the garden pump", "en", "<18"),
    ],
)
def test_a_room_is_warmer_or_colder_than_a_bound(said, language, side, rule):
    sensor, pump = {"de": ("kueche_temperatur", "teichpumpe"), "en": ("kitchen_temperature", "pump")}[language]
    assert rule(said, language) == f"trigger sensor.{sensor} {side} do switch.turn_on switch.{pump}"


def test_reaching_a_value_counts_the_value_itself(understander):
    meaning = understander.understand("when the kitchen temperature reaches 28 degrees turn on the fan")
    assert meaning.draft.trigger.above == math.nextafter(28.0, -math.inf)
    meaning = understander.understand("when the kitchen temperature drops to 18 degrees turn on the fan")
    assert meaning.draft.trigger.below == math.nextafter(18.0, math.inf)


def test_a_climate_device_is_watched_by_its_attribute(understander):
    meaning = understander.understand("if the living room thermostat is below 18 degrees, turn on the fan")
    assert meaning.draft.trigger.attribute == "current_temperature"


def test_a_rule_is_put_into_words(understander):
    meaning = understander.understand(
        "when the front door opens for 5 minutes turn on the fan only if the outside temperature is below 10 degrees, at most every 2 hours"
    )
    assert isinstance(meaning, RuleMeaning)
    assert meaning.summary == (
        "When Front door becomes open for 5 min, turn on Fan, only if Outside temperature is below 10 °C, at most every 2 h."
    )


DOORS = House(
    version=1,
    entities=(
        Entity(entity_id="lock.front_door", name="Front door"),
        Entity(entity_id="cover.garage", name="Garage door", device_class="garage"),
        Entity(entity_id="light.lamp", name="Lamp"),
    ),
)


def test_a_question_about_a_rule_says_which_part_it_is_about():
    understander = Understander()
    understander.load(DOORS)
    asked = understander.understand("when the door opens, turn on the lamp", Context())
    assert asked.meaning.question.startswith('About "the door opens": ')
    made = understander.understand("the garage door", asked.context).meaning
    assert (made.kind, made.draft.trigger.entity_id) == ("rule", "cover.garage")
    assert made.text == "when the door opens, turn on the lamp"
