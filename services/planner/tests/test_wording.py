import pytest

from wactorz_common.contracts.home import Entity, House, ServiceCall
from wactorz_common.contracts.rules import Condition, NumericTrigger, Rule, RuleDraft, StateTrigger
from wactorz_common.ids import check_name
from wactorz_planner.wording import created, describe, duration, exists, slug_of

HOUSE = House(
    version=1,
    entities=(
        Entity(entity_id="sensor.t", name="Kitchen Temperature", unit="°C"),
        Entity(entity_id="climate.ac", name="Air Conditioner"),
    ),
)
CALL = ServiceCall(domain="climate", service="set_temperature", entity_id=("climate.ac",), data={"temperature": 21})


def rule(task="When hot, cool!", **more):
    draft = RuleDraft(trigger=NumericTrigger(entity_id="sensor.t", above=28), actions=(CALL,))
    return Rule(rule_id="abcd1234", task=task, draft=draft, created_at=1.0, summary="SUMMARY", **more)


def test_whole_rule_in_words():
    draft = RuleDraft(
        trigger=NumericTrigger(entity_id="sensor.t", above=28, for_seconds=300),
        conditions=(Condition(entity_id="climate.ac", operator="ne", value="cool"),),
        actions=(CALL,),
    )
    assert describe(draft, HOUSE) == (
        "When Kitchen Temperature rises above 28 °C for 5 min, if Air Conditioner is not cool: "
        "set temperature Air Conditioner (temperature 21) (at most once every 10 s)."
    )


def test_state_and_range_triggers_in_words():
    state = RuleDraft(trigger=StateTrigger(entity_id="light.x", to="on"), actions=(CALL,), cooldown_seconds=0)
    assert describe(state, HOUSE).startswith("When light.x becomes on: ")
    assert "at most" not in describe(state, HOUSE)
    between = RuleDraft(trigger=NumericTrigger(entity_id="sensor.t", above=1, below=2), actions=(CALL,))
    assert "comes between 1 and 2 °C" in describe(between, HOUSE)
    below = RuleDraft(
        trigger=NumericTrigger(entity_id="climate.ac", attribute="current_temperature", below=18), actions=(CALL,)
    )
    assert "current_temperature of Air Conditioner falls below 18" in describe(below, HOUSE)


@pytest.mark.parametrize(("seconds", "text"), [(0, "0 s"), (90, "90 s"), (300, "5 min"), (7200, "2 h"), (0.5, "0.5 s")])
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_replies_say_how_to_delete_or_approve():
    assert "/rules delete abcd1234" in created(rule())
    assert "/rules approve abcd1234" in created(rule(status="proposed"))
    assert "yes or no" in created(rule(status="proposed"))
    assert exists(rule()).startswith("That rule already exists (abcd1234)")
    assert "gone" in exists(rule(status="paused", note="x is gone"))
    assert "already proposed" in exists(rule(status="proposed"))


@pytest.mark.parametrize("task", ["When hot, cool!", "日本語", "x" * 200, "a/b #+ c"])
def test_slug_is_a_valid_name(task):
    assert check_name(slug_of(rule(task))).endswith("abcd1234")
