import json

import pytest

from wactorz_common.contracts.home import Entity, House
from wactorz_common.contracts.llm import CompletionResult, ToolCall
from wactorz_common.contracts.topics import FieldSeen, TopicSeen
from wactorz_planner.authoring import first_question, read_answer, write_draft

HOUSE = House(
    version=1,
    entities=(
        Entity(entity_id="sensor.t", name="Kitchen Temperature", unit="°C", state="21"),
        Entity(entity_id="climate.ac", name="Air Conditioner", state="off"),
    ),
    services={"climate": ("turn_on", "turn_off"), "siren": ("turn_on",)},
)
GOOD = {
    "trigger": {"kind": "numeric", "entity_id": "sensor.t", "above": 28},
    "actions": [{"domain": "climate", "service": "turn_on", "entity_id": ["climate.ac"]}],
}


def answer(arguments=None, **more):
    calls = (ToolCall(id="c1", name="rule", arguments=arguments),) if arguments is not None else ()
    return CompletionResult(provider="test", model="m", tool_calls=calls, cost_usd=0.01, **more)


class Model:
    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    async def __call__(self, question):
        self.asked.append(question)
        return self.answers.pop(0)


def test_question_forces_the_tool_and_fences_the_house():
    question = first_question("cool the kitchen when hot", HOUSE)
    assert question.force_tool == "rule"
    assert {"trigger", "notices", "impossible"} <= question.tools[0].parameters["properties"].keys()
    assert question.tier == "smart"
    content = question.messages[0].content
    assert "<house_data>" in content
    assert "climate: turn_on, turn_off" in content
    assert "siren" not in content


async def test_good_answer_becomes_a_draft_with_its_cost():
    written = await write_draft(Model(answer(GOOD)), "t", HOUSE)
    assert written.draft is not None
    assert written.draft.actions[0].entity_id == ("climate.ac",)
    assert written.cost_usd == 0.01


async def test_answer_that_does_not_fit_the_house_goes_back_for_repair():
    bad = {**GOOD, "trigger": {"kind": "numeric", "entity_id": "sensor.kitchen", "above": 28}}
    model = Model(answer(bad), answer(GOOD))
    written = await write_draft(model, "t", HOUSE)
    assert written.draft is not None
    assert written.cost_usd == 0.02
    said, told = model.asked[1].messages[1:]
    assert said.tool_calls[0].arguments == bad
    assert told.tool_call_id == "c1"
    assert "There is no sensor.kitchen" in told.content


async def test_model_that_never_gets_it_right_ends_with_the_reason():
    model = Model(*(answer({"trigger": {"kind": "state"}}) for _ in range(3)))
    written = await write_draft(model, "t", HOUSE)
    assert written.draft is None
    assert written.problem.startswith("I could not make a rule of that")
    assert len(model.asked) == 3


async def test_without_a_model_the_answer_says_so():
    written = await write_draft(Model(answer(available=False)), "t", HOUSE)
    assert written.draft is None
    assert "no model is configured" in written.problem


async def test_text_instead_of_a_rule_is_not_asked_again():
    model = Model(answer(text="I cannot"))
    assert (await write_draft(model, "t", HOUSE)).draft is None
    assert len(model.asked) == 1


def test_single_entity_as_text_is_taken_as_a_list():
    action = {"domain": "climate", "service": "turn_on", "entity_id": "climate.ac"}
    _, draft, _ = read_answer(answer({**GOOD, "actions": [action]}))
    assert draft is not None
    assert draft.actions[0].entity_id == ("climate.ac",)


def test_the_model_knows_every_trigger_and_its_question_stays_small():
    entities = tuple(
        Entity(entity_id=f"light.kitchen_lamp_{number}", name=f"Kitchen lamp {number}", state="off", area_id="kitchen")
        for number in range(1000)
    )
    services = {"light": ("turn_on", "turn_off"), "homeassistant": ("turn_on", "turn_off")}
    question = first_question(
        "at sunset, turn on the kitchen lamps", House(version=1, entities=entities, services=services)
    )
    schema = json.dumps(question.tools[0].parameters)
    assert all(f'"{kind}"' in schema for kind in ("state", "numeric", "time", "sun", "interval"))
    assert '"title"' not in schema
    assert question.messages[0].content.count("light.kitchen_lamp_") == 25
    assert len(question.encode()) < 4 * 4000  # about four characters to a token


@pytest.mark.parametrize(("at", "read"), [("7:05", "07:05"), ("07:05", "07:05")])
def test_an_hour_of_one_digit_is_put_right(at, read):
    arguments = {
        "trigger": {"kind": "time", "at": at},
        "actions": [{"domain": "light", "service": "turn_on", "entity_id": "light.a"}],
    }
    answer = CompletionResult(provider="p", model="m", tool_calls=(ToolCall(id="c", name="rule", arguments=arguments),))
    _, draft, problem = read_answer(answer)
    assert (problem, draft.trigger.at) == ("", read)


TOPICS = (
    TopicSeen(
        topic="sensors/kitchen/air", fields=(FieldSeen(name="co2.ppm", types=("number",), unit="ppm", example=420),)
    ),
    TopicSeen(topic="io/chat", fields=(FieldSeen(name="kitchen"),)),
    TopicSeen(topic="sensors/cellar/x"),
)


def test_question_tells_the_observed_topics_with_their_fields_and_no_others():
    content = first_question("when the kitchen air is bad, tell me on Discord", HOUSE, TOPICS).messages[0].content
    assert "sensors/kitchen/air | co2.ppm (number) in ppm such as 420" in content
    assert "io/chat" not in content
    assert "sensors/cellar" not in content
    assert "topic_data" not in first_question("at noon, cool", HOUSE, TOPICS).messages[0].content


async def test_a_topic_that_rules_may_not_hear_goes_back_for_repair():
    trigger = {"kind": "mqtt", "topic": "io/chat", "field": "co2.ppm", "operator": "gt", "value": 1000}
    good = {"trigger": {**trigger, "topic": "sensors/kitchen/air"}, "notices": [{"target": "discord"}]}
    model = Model(answer({**good, "trigger": trigger}), answer(good))
    written = await write_draft(model, "t", HOUSE, TOPICS)
    assert "Rules cannot listen to io/chat" in model.asked[1].messages[-1].content
    assert written.draft is not None
    assert written.draft.trigger.topic == "sensors/kitchen/air"


async def test_what_no_rule_can_say_is_told_to_the_person_and_not_tried_again():
    model = Model(answer({"impossible": "there is no\ncamera in the garden"}))
    written = await write_draft(model, "t", HOUSE)
    assert (written.draft, len(model.asked)) == (None, 1)
    assert written.problem == "I cannot make a rule of that: there is no camera in the garden"


@pytest.mark.parametrize(("local", "source"), [(True, "local"), (False, "cloud")])
async def test_a_rule_says_where_the_model_runs_that_wrote_it(local, source):
    assert (await write_draft(Model(answer(GOOD, local=local)), "t", HOUSE)).source == source
