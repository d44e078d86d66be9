import pytest

from wactorz_common.contracts.home import Entity, House, ServiceCall
from wactorz_common.contracts.rules import Condition, NumericTrigger, Rule, RuleDraft
from wactorz_common.ids import check_name
from wactorz_planner.wording import created, describe, exists, slug_of

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
        "When the kitchen temperature rises above 28 °C for 5 min, set the air conditioner to 21 °C, "
        "but only if the air conditioner is not cool."
    )


def test_an_unusual_quiet_time_is_said():
    hot = NumericTrigger(entity_id="sensor.t", above=28)
    assert "at most" not in describe(RuleDraft(trigger=hot, actions=(CALL,), cooldown_seconds=0), HOUSE)
    seldom = RuleDraft(trigger=hot, actions=(CALL,), cooldown_seconds=3600)
    assert describe(seldom, HOUSE).endswith("set the air conditioner to 21 °C, at most once every 1 h.")


def test_what_opens_is_named_with_the_way_to_a_standing_yes():
    asked = created(rule(opens="Front Door would be unlocked", status="proposed"))
    assert "Front Door would be unlocked. It will ask you each time; /rules grant abcd1234" in asked
    assert "standing yes for this" in created(rule(opens="Front Door would be unlocked", granted=True))


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
