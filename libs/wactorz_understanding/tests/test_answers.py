"""Answers from live states."""

from datetime import UTC, datetime

import pytest

from wactorz_common.contracts.home import Entity
from wactorz_understanding.answers import answer
from wactorz_understanding.meaning import Question, Why


def person(name, state):
    return Entity(entity_id=f"person.{name.lower()}", name=name, state=state)


@pytest.mark.parametrize(
    ("said", "ids"),
    [
        ("is anyone home", "person.anna,person.tom"), ("who is home?", "person.anna,person.tom"), ("where is Anna?", "person.anna"),
        ("what is the temperature outside", "sensor.outdoor"), ("what's the weather like", "weather.home"),
        ("when did the front door last open?", "binary_sensor.front_door"), ("how bright is it in the garden", "sensor.garden_lux"),
        ("how long has the front door been open", "binary_sensor.front_door"), ("is the alarm armed", "alarm_control_panel.house"),
        ("how humid is it in the bathroom", "sensor.bathroom_humidity"), ("are all doors locked?", "lock.back,lock.front,lock.shed"),
    ],
)  # fmt: skip
def test_what_is_asked(said, ids, say):
    assert say(said) == f"ask {ids}"


@pytest.mark.parametrize(
    ("states", "group", "says"),
    [
        (("home", "not_home"), "any", "Anna is home."), (("home", "home"), "any", "Everybody is home: Anna and Tom."),
        (("not_home", "work"), "any", "Nobody is home."), (("home", "not_home"), "all", "No, only Anna is home."),
    ],
)  # fmt: skip
def test_who_is_home(states, group, says):
    people = [person(name, state) for name, state in zip(("Anna", "Tom"), states, strict=True)]
    question = Question(what="home", entity_ids=("person.anna", "person.tom"), state=group)
    assert answer(question, people) == says


def test_the_weather():
    weather = Entity(
        entity_id="weather.home", name="Home", state="rainy", attributes={"temperature": 12.5, "temperature_unit": "°C"}
    )
    assert answer(Question(what="weather", entity_ids=("weather.home",)), [weather]) == "It is rainy, 12.5 °C outside."
    gone = weather.model_copy(update={"state": "unavailable"})
    assert "does not report" in answer(Question(what="weather", entity_ids=("weather.home",)), [gone])


def test_when_something_changed():
    door = Entity(
        entity_id="binary_sensor.door", name="Door", state="on", device_class="door",
        changed_at=datetime(2020, 5, 1, 10, tzinfo=UTC).timestamp(),
    )  # fmt: skip
    asked = Question(what="changed", entity_ids=(door.entity_id,), state="open", time_zone="Europe/Berlin")
    assert answer(asked, [door]) == "Door has been open since 12:00 on 2020-05-01."
    since = asked.model_copy(update={"what": "since"})
    assert answer(since, [door]) == "Door has been open since 12:00 on 2020-05-01."
    closed = door.model_copy(update={"state": "off"})
    assert answer(asked, [closed]).startswith("When Door was last open is not known here: Door is closed since")
    german = since.model_copy(update={"language": "de", "state": "open"})
    assert answer(german, [door]) == "Door ist seit 2020-05-01 12:00 offen."
    assert "does not report" in answer(asked, [door.model_copy(update={"changed_at": None})])
    assert "does not report" in answer(asked, [door.model_copy(update={"state": "unavailable"})])


def test_the_alarm_is_armed_in_every_mode():
    alarm = Entity(entity_id="alarm_control_panel.a", name="Alarm", state="armed_night")
    question = Question(what="is", entity_ids=(alarm.entity_id,), state="armed")
    assert answer(question, [alarm]) == "Yes, Alarm is armed."
    assert answer(question, [alarm.model_copy(update={"state": "disarmed"})]) == "No, Alarm is disarmed."


@pytest.mark.parametrize(
    "said", ["why is the porch light on", "why did the porch light turn on", "who turned on the porch light"]
)
def test_reasons(said, converse):
    assert converse(said)[0] == Why(entity_id="light.porch")
    assert converse("turn on the porch light", "why is it on")[-1] == Why(entity_id="light.porch")
