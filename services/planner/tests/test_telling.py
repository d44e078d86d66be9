import json

import pytest

from wactorz_common.contracts.home import Entity, House
from wactorz_common.contracts.rules import MqttTrigger, NoticeAction, Rule, RuleDraft, StateTrigger, TaskAction
from wactorz_planner.messages import reading_of
from wactorz_planner.phrases import Phrases
from wactorz_planner.readings import Reading
from wactorz_planner.telling import Cause, Handover, cause, fill, handovers_of, has_places, notices_of

AIR = Cause(
    "Air", "1200", {"co2": {"ppm": 1200.0, "ok": False}, "note": "$name\x00 <b>", "list": [1, 2]}, "the air is bad"
)


def rule(notices=(), tasks=()):
    draft = RuleDraft(trigger=StateTrigger(entity_id="sensor.a", to="on"), notices=notices, tasks=tasks)
    return Rule(rule_id="r1", task="when", draft=draft, created_at=1.0, summary="When the air is bad, tell you.")


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("$name is at $state", "Air is at 1200"),
        ("$payload.co2.ppm ppm, ok: $payload.co2.ok", "1200 ppm, ok: false"),
        ("$payload.list.1 of $payload.nothing", "2 of unknown"),
        ("$payload.note", "$name  <b>"),
        ("$$name costs $5 and $names", "$name costs $5 and $names"),
        ("$payload.co2.", '{"ppm": 1200.0, "ok": false}.'),
    ],
)  # fmt: skip
def test_placeholders_are_filled_once(text, filled):
    assert fill(text, AIR) == filled


def test_what_is_filled_in_is_shortened():
    assert len(fill("$state", Cause("x", "y" * 5000))) < 400


def test_a_text_of_its_own_has_no_places():
    assert [has_places(text) for text in ("$payload.a", "$state", "$$state for $5")] == [True, True, False]


def test_notices_have_keys_of_the_rule_and_the_usual_text():
    first, second = notices_of(rule((NoticeAction(target="discord"), NoticeAction(text="$state", edit=True))), AIR)
    assert (first.key, first.text, first.rule_id) == ("r1", "The air is bad. When the air is bad, tell you.", "r1")
    assert (second.key, second.text, second.edit) == ("r1/2", "1200", True)
    assert notices_of(rule((NoticeAction(),)), Cause())[0].text == "When the air is bad, tell you."


def test_a_notice_of_nothing_still_says_something():
    assert notices_of(rule((NoticeAction(text="$payload.note"),)), Cause(payload={"note": " "}))[0].text == "when"


def test_a_task_is_text_or_an_object_whose_values_keep_their_types():
    objects = '{"do": "log", "ppm": "$payload.co2.ppm", "all": ["$payload.list", "at $state"], "n": 1}'
    text, made = handovers_of(
        rule(tasks=(TaskAction(agent="a", task="note $state"), TaskAction(agent="b", task=objects))), AIR
    )
    assert (text.agent, text.request.text, text.request.payload) == ("a", "note 1200", "note 1200")
    assert made.request.payload == {"do": "log", "ppm": 1200.0, "all": [[1, 2], "at 1200"], "n": 1}
    assert json.loads(made.request.text) == made.request.payload
    assert Handover.from_wire(json.loads(json.dumps(made.to_wire()))) == made


def test_nothing_that_comes_in_changes_the_shape_of_an_object():
    evil = Cause(payload={"x": '", "admin": true, "y": "'})
    (made,) = handovers_of(rule(tasks=(TaskAction(agent="b", task='{"said": "$payload.x"}'),)), evil)
    assert made.request.payload == {"said": '", "admin": true, "y": "'}


def test_the_cause_is_said_in_the_words_of_the_house():
    house = House(version=1, entities=(Entity(entity_id="binary_sensor.d", name="Front Door", device_class="door"),))
    door = RuleDraft(trigger=StateTrigger(entity_id="binary_sensor.d", to="on"))
    found = cause(door, "", Reading("on", {"battery": 80}), Phrases(house))
    assert (found.name, found.state, found.said) == ("the front door", "on", "the front door is open")
    assert found.payload == {"entity_id": "binary_sensor.d", "state": "on", "attributes": {"battery": 80}}
    air = RuleDraft(trigger=MqttTrigger(topic="sensors/#", field="co2"))
    found = cause(air, "sensors/a", reading_of({"co2": 900}, 1.0), Phrases(house))
    assert (found.name, found.state, found.payload, found.said) == (
        "sensors/a", "900", {"co2": 900}, "co2 on sensors/a is 900",
    )  # fmt: skip
