import pytest

from wactorz_common.contracts.home import Entity, House, ServiceCall
from wactorz_common.contracts.rules import Condition, NumericTrigger, RuleDraft, StateTrigger
from wactorz_planner.validation import danger_of, missing, named, problems_of, rule_id_of

HOUSE = House(
    version=1,
    entities=(
        Entity(entity_id="sensor.t", name="Temperature", unit="°C", state="21"),
        Entity(entity_id="sensor.off", name="Sleeping", unit="°C", state="unavailable"),
        Entity(entity_id="sensor.wet", name="Humidity", unit="%", state="46"),
        Entity(entity_id="sensor.word", name="Mode", state="eco"),
        Entity(entity_id="climate.ac", name="Air Conditioner", state="off", attributes={"current_temperature": 20}),
        Entity(entity_id="lock.front", name="Front Door", state="locked"),
        Entity(entity_id="light.k", name="Kitchen Light", state="off"),
    ),
    services={"climate": ("turn_on", "turn_off"), "lock": ("lock", "unlock"), "light": ("turn_on", "toggle")},
)


def draft(trigger=None, service="climate.turn_on", target="climate.ac", **more):
    domain, name = service.split(".")
    call = ServiceCall(domain=domain, service=name, entity_id=(target,))
    return RuleDraft(trigger=trigger or NumericTrigger(entity_id="sensor.t", above=28), actions=(call,), **more)


def test_good_draft_has_no_problems():
    assert problems_of(draft(), HOUSE) == []
    assert problems_of(draft(NumericTrigger(entity_id="sensor.off", below=5)), HOUSE) == []
    assert (
        problems_of(draft(NumericTrigger(entity_id="climate.ac", attribute="current_temperature", above=5)), HOUSE)
        == []
    )
    assert problems_of(draft(StateTrigger(entity_id="light.k", to="on")), HOUSE) == []


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (
            draft(NumericTrigger(entity_id="sensor.tt", above=1)),
            "no sensor.tt in the home; nearest: Temperature (sensor.t)",
        ),
        (draft(NumericTrigger(entity_id="sensor.t")), "needs a threshold"),
        (draft(NumericTrigger(entity_id="sensor.t", above=5, below=5)), "at once"),
        (draft(NumericTrigger(entity_id="sensor.word", above=5)), "is not a number"),
        (draft(NumericTrigger(entity_id="climate.ac", attribute="humidity", above=5)), "is not a number"),
        (draft(NumericTrigger(entity_id="sensor.t", above=1_000_000)), "Temperature cannot cross 1000000 °C."),
        (draft(NumericTrigger(entity_id="sensor.t", below=-300)), "Temperature cannot cross -300 °C."),
        (draft(NumericTrigger(entity_id="sensor.wet", above=150)), "Humidity cannot cross 150 %."),
        (draft(NumericTrigger(entity_id="sensor.wet", below=0)), "Humidity cannot cross 0 %."),
        (draft(StateTrigger(entity_id="light.k", to=" ")), "which state"),
        (draft(service="climate.explode"), "no service climate.explode; climate offers turn_off, turn_on"),
        (draft(service="rocket.start", target="climate.ac"), "no service rocket.start."),
        (draft(service="light.toggle", target="light.k"), "must not toggle"),
        (draft(service="light.turn_on", target="climate.ac"), "does not work on climate.ac"),
        (draft(conditions=(Condition(entity_id="sun.sun", value="x"),)), "There is no sun.sun"),
    ],
)
def test_problem_is_named(bad, words):
    assert any(words in problem for problem in problems_of(bad, HOUSE))


def test_class_c_action_is_a_danger_and_securing_is_not():
    assert danger_of(draft(service="lock.unlock", target="lock.front"), HOUSE) == "Front Door would be unlocked"
    assert danger_of(draft(service="lock.lock", target="lock.front"), HOUSE) == ""


def test_named_entities_appear_once_in_order():
    rule = draft(conditions=(Condition(entity_id="sensor.t", value=1), Condition(entity_id="light.k", value="on")))
    assert named(rule) == ["sensor.t", "light.k", "climate.ac"]
    assert missing(rule, HOUSE.model_copy(update={"entities": HOUSE.entities[:1]})) == ["light.k", "climate.ac"]


def test_rule_id_ignores_case_spacing_and_final_punctuation():
    assert rule_id_of("When  it rains, close the windows.") == rule_id_of("when it rains, close the windows")
    assert rule_id_of("a") != rule_id_of("b")
    assert len(rule_id_of("a")) == 8


def test_a_rule_that_does_nothing_is_a_problem():
    draft = RuleDraft(trigger=StateTrigger(entity_id=HOUSE.entities[0].entity_id, to="on"))
    assert "The rule does not say what to do." in problems_of(draft, HOUSE)
