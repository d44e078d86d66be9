from typing import get_args

from wactorz_common.contracts.home import Entity, House, ServiceCall
from wactorz_common.contracts.rules import FiringReport, Rule, RuleDraft, StateTrigger
from wactorz_main.wording import (
    Seen,
    not_understood_text,
    rule_text,
    rules_text,
    stop_text,
)

HOUSE = House(
    version=1, entities=(Entity(entity_id="light.k", name="Kitchen Light"), Entity(entity_id="fan.b", name="Bath Fan"))
)


def test_a_silent_agent_is_not_called_running():
    assert Seen("a").shown(5) == "not heard yet"
    assert Seen("a", state="running", heard_at=100).shown(110) == "running"
    assert Seen("a", state="running", heard_at=1).shown(110) == "silent"
    assert Seen("a", state="stopped", heard_at=1).shown(110) == "stopped"
    assert [Seen("a", state=state).broken for state in ("failed", "stopped")] == [True, False]


def test_rules_show_what_became_of_them():
    draft = RuleDraft(
        trigger=StateTrigger(entity_id="a.b", to="on"),
        actions=(ServiceCall(domain="light", service="turn_on", entity_id=("light.k",)),),
    )
    rule = Rule(
        rule_id="ab",
        task="t",
        draft=draft,
        created_at=1,
        firings=1,
        suppressed=2,
        note="done: on.",
        summary="When x: y.",
    )
    assert rules_text([rule]).startswith(
        "1 rule:\n- ab (active; acted 1 time, 2 held back): When x: y. Last: done: on.\n"
    )
    assert "no rules yet" in rules_text([])


def test_a_rule_is_shown_with_its_last_firings():
    call = ServiceCall(domain="light", service="turn_on", entity_id=("light.k",))
    draft = RuleDraft(trigger=StateTrigger(entity_id="light.k", to="on"), actions=(call,))
    rule = Rule(rule_id="ab12cd34", task="open up", draft=draft, created_at=1, summary="When x: y", opens="unlock it")
    fired = FiringReport(rule_id="ab12cd34", fired_at=0, verdict="unmet", outcome="It is dark.")
    text = rule_text(rule, [fired], "Europe/Berlin")
    assert "Said: open up" in text
    assert "It opens: unlock it, and asks each time." in text
    assert "Thu 01 Jan 01:00:00: conditions not met (It is dark)" in text
    assert rule_text(rule, [], "").endswith("It has not fired yet.")


def test_every_verdict_on_a_firing_has_words():
    draft = RuleDraft(
        trigger=StateTrigger(entity_id="light.k", to="on"),
        actions=(ServiceCall(domain="light", service="turn_on", entity_id=("light.k",)),),
    )
    rule = Rule(rule_id="ab12cd34", task="x", draft=draft, created_at=1, summary="When x: y")
    verdicts = get_args(FiringReport.model_fields["verdict"].annotation)
    text = rule_text(rule, [FiringReport(rule_id="ab12cd34", fired_at=0, verdict=v) for v in verdicts], "")
    assert "missed" in text
    assert text.count("01 Jan") == len(verdicts)


def test_not_understood_names_the_nearest_device_only_when_there_is_one():
    text = not_understood_text("do something with the kitchen", HOUSE, "No model is configured.")
    assert "'do something with the kitchen'" in text
    assert "Kitchen Light" in text
    assert "Bath" not in text
    assert "It may be about" not in not_understood_text("sing a song", HOUSE, "x")
    assert len(not_understood_text("x" * 7000, HOUSE, "y")) < 500


def test_stop_says_who_has_not_confirmed():
    assert stop_text(True, ["a", "b"], []).startswith("Everything is stopped")
    assert stop_text(False, ["a", "b"], []) == "Everything may act again."
    partly = stop_text(True, ["actuator"], ["planner"])
    assert partly == "The stop is confirmed by actuator, but planner did not answer. I keep asking until it does."
    assert "not confirmed yet: actuator and planner" in stop_text(False, [], ["planner", "actuator"])


def test_not_understood_is_said_in_the_language_and_no_name_twice():
    twins = House(
        version=1,
        entities=(Entity(entity_id="lock.d", name="Haustür"), Entity(entity_id="binary_sensor.d", name="Haustür")),
    )
    text = not_understood_text("tanze mit der Haustür", twins, "", "de")
    assert text.startswith("Ich habe 'tanze mit der Haustür' nicht verstanden.")
    assert text.count("Haustür") == 2


def test_stop_is_confirmed_in_the_language_of_the_conversation():
    assert stop_text(True, ["a"], [], "de").startswith("Alles ist gestoppt")
    assert stop_text(False, ["a"], [], "de") == "Alles darf wieder handeln."
