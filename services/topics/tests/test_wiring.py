import pytest

from wactorz_common.contracts.guests import OBSERVED
from wactorz_common.contracts.lifecycle import AgentManifest
from wactorz_common.contracts.topics import WiringCheck, WiringQuery
from wactorz_topics import wiring
from wactorz_topics.directory import Directory
from wactorz_topics.looking import View
from wactorz_topics.observing import Observer

NOW = 1_000_000.0


def manifest(name, **fields):
    return AgentManifest(name=name, actor_id=f"{name}-1", description="", timestamp=NOW, **fields)


@pytest.fixture
def view():
    observer, directory = Observer(100, 1_000), Directory()
    observer.take("custom/weather", b'{"temperature_c": 21.5, "humidity": 40, "city": "Athens"}', NOW)
    for number in range(4):
        observer.take("custom/door", b'{"open": true, "by": "ann"}' if number else b'{"open": true, "rare": 1}', NOW)
    directory.note(manifest("weather", publishes=("custom/weather",)))
    directory.note(manifest("heater", consumes_schema={"temperature": "float - in °F", "fuel": "float"}))
    directory.note(manifest("wired", consumes_schema={"city": "str"}, subscribes=("custom/weather",)))
    return View(observer, directory, OBSERVED)


def problems(view, **wish):
    return [(one.severity, one.text) for one in wiring.check(WiringCheck(name="new", **wish), view, NOW).problems]


def test_proposals_say_what_fits_what_to_convert_and_what_is_missing(view):
    (found,) = wiring.propose(
        WiringQuery(consumes={"temp": "float - in °C", "city": "str"}), view.directory, view, NOW
    ).wirings
    assert (found.producer, found.consumer, found.topic, found.score) == (
        "weather",
        "new agent",
        "custom/weather",
        0.95,
    )
    assert found.fields == {"temp": "temperature_c", "city": "city"}
    assert found.note == "fits: temperature_c as temp, city"
    assert wiring.propose(WiringQuery(agent="heater"), view.directory, view, NOW).wirings == ()
    view.directory.note(manifest("heater", consumes_schema={"temperature": "float - in °F"}))
    (found,) = wiring.propose(WiringQuery(agent="heater"), view.directory, view, NOW).wirings
    assert "temperature_c is in °C, temperature wants °F: convert it" in found.note


def test_who_hears_already_is_not_proposed(view):
    assert all(one.consumer != "wired" for one in wiring.propose(WiringQuery(), view.directory, view, NOW).wirings)


def test_nothing_is_wrong(view):
    assert problems(view, subscribes=("custom/weather", "custom/#"), consumes_schema={"city": "str"}) == []
    assert problems(view, subscribes=("custom/own",), publishes=("custom/own",)) == []
    verdict = wiring.check(WiringCheck(name="new", subscribes=("custom/weather",)), view, NOW)
    assert [one.topic for one in verdict.topics] == ["custom/weather"]
    assert {one.name for one in verdict.topics[0].fields} == {"temperature_c", "humidity", "city"}


def test_a_topic_that_nobody_publishes(view):
    ((severity, text),) = problems(view, subscribes=("custom/wether",))
    assert (severity, text) == (
        "error", "Nobody publishes on custom/wether, and nothing was ever heard there. Do you mean custom/weather?",
    )  # fmt: skip


def test_fields_that_are_not_there_do_not_fit_or_are_rare(view):
    found = problems(
        view, subscribes=("custom/weather", "custom/door"),
        consumes_schema={"temperature": "float - in °F", "city": "int", "rare": "int", "humidity": "float - in °C"},
    )  # fmt: skip
    both = "custom/weather or custom/door"
    missing = f"There is no field temperature on {both}: use temperature_c (temperature_c is in °C, temperature wants °F: convert it)"
    assert found == [
        ("error", missing),
        ("error", f"city on {both} is text, not number"),
        ("error", f"humidity on {both} is in %, not in °C"),
        ("warning", f"rare is in 25% of the messages on {both} only"),
    ]  # fmt: skip


def test_a_topic_that_another_agent_speaks_on_in_other_words(view):
    ((severity, text),) = problems(view, publishes=("custom/weather",), produces_schema={"level": "int"})
    assert severity == "warning"
    assert "weather publishes on custom/weather already, with other fields (city, humidity, temperature_c)" in text
