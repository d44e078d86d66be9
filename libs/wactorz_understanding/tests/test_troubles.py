"""Why a rule cannot be made: what is missing is named, with what is nearest."""

import pytest

from wactorz_understanding.context import Context
from wactorz_understanding.understander import Understander


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("notify me when gas is detected", "no sensor for gas"),
        ("when the humidity in the office is above 60 %, tell me", "no sensor for humidity in Office"),
        ("when motion is detected in the kitchen, tell me", "no sensor for motion in Kitchen"),
        ("when a person is detected in the kitchen, tell me", "no camera in Kitchen"),
        ("when Tom comes home, set the living room thermostat to 60 degrees", "can be set to 7 to 30"),
    ],
)
def test_what_is_said(said, part, make):
    found = make(said)
    assert found.reason == "unable"
    assert part in found.text


@pytest.mark.parametrize(
    ("said", "name", "nearest"),
    [
        ("when the dishwasher turns on, tell me", "dishwasher", None),
        ("when the front door opens, turn on the florr lamb", "florr lamb", "light.floor_lamp"),
        ("if someone is detected on the doorbel camera, tell me", "doorbel camera", "camera.doorbell"),
    ],
)
def test_what_is_not_known_is_named(said, name, nearest, make):
    found = make(said)
    assert (found.kind, found.name) == ("unknown_name", name)
    assert len(found.suggestions) <= 3
    assert nearest is None or found.suggestions[0].entity_id == nearest


@pytest.mark.parametrize(
    "said",
    [
        "when someone comes home, tell me",
        "stop telling me when the front door opens",
        "when the front door opens turn on the fan for 5 minutes",
        "when all windows are closed tell me",
        "when the doorbell rings and the moon is full, tell me a story",
    ],
)
def test_what_is_otherwise_not_read_is_left_to_others(said, make):
    assert (make(said).kind, getattr(make(said), "text", "")) == ("not_understood", "")


def test_the_answer_to_it_makes_the_rule(rule_houses):
    understander = Understander()
    understander.load(rule_houses["en"])
    asked = understander.understand("when a cat is seen on the doorbel camera, tell me that Miau is back", Context())
    made = understander.understand("the first", asked.context).meaning
    assert (made.kind, made.draft.trigger.camera) == ("rule", "camera.doorbell")
    assert made.draft.notices[0].text == "Miau is back"
