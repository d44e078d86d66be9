import pytest

from wactorz_common.contracts.rules import RuleDraft
from wactorz_testing.anthropic_brain import draft, entities, think

HOUSE = """Devices:
light.kitchen_light | Kitchen light | Kitchen | off
light.living_room_lamp | Living room lamp | Living room | on
climate.kitchen_air_conditioner | Air conditioner | Kitchen | off
fan.bedroom_fan | Bedroom fan | Bedroom | off
sensor.kitchen_temperature | Kitchen temperature | Kitchen | 21.5
binary_sensor.hall_motion | Hall motion | Hall | off
lock.front_door | Front door | Hall | locked
"""
TOOLS = [{"name": "call_services"}, {"name": "create_rule"}]


def ask(sentence, **more):
    messages = [{"role": "user", "content": [{"type": "text", "text": sentence}]}]
    return think({"system": HOUSE, "messages": messages, "tools": TOOLS, **more})


@pytest.mark.parametrize(
    ("sentence", "domain", "service", "entity_ids"),
    [
        ("it's too dark to cook", "light", "turn_on", ["light.kitchen_light"]),
        ("I can't see a thing in the living room", "light", "turn_on", ["light.living_room_lamp"]),
        ("it is boiling in here", "climate", "turn_on", ["climate.kitchen_air_conditioner"]),
        ("good night", "light", "turn_off", ["light.kitchen_light", "light.living_room_lamp"]),
        ("would you mind switching the living room lamp off", "light", "turn_off", ["light.living_room_lamp"]),
        ("could you make sure to lock the front door", "lock", "lock", ["lock.front_door"]),
    ],
)
def test_wishes_become_service_calls(sentence, domain, service, entity_ids):
    answer = ask(sentence)
    assert answer.tools[0].name == "call_services"
    (service_call,) = answer.tools[0].arguments["calls"]
    assert service_call == {"domain": domain, "service": service, "entity_id": entity_ids, "data": {}}


def test_house_lines_in_the_message_do_not_count_as_the_sentence():
    answer = think({"messages": [{"role": "user", "content": f"too dark to cook\n{HOUSE}"}], "tools": TOOLS})
    assert answer.tools[0].arguments["calls"][0]["entity_id"] == ["light.kitchen_light"]


def test_marked_sentence_is_found_among_other_text():
    text = f"Sentence: too dark to cook\n\nServices by domain:\nlight: turn_on, turn_off\n\n<house_data>\n{HOUSE}</house_data>"
    answer = think({"messages": [{"role": "user", "content": text}], "tools": TOOLS})
    assert answer.tools[0].arguments["calls"][0]["entity_id"] == ["light.kitchen_light"]


def test_rule_sentences_go_to_create_rule():
    sentence = "Whenever the kitchen gets hot, switch on the air conditioner"
    assert ask(sentence).tools[0].arguments == {"request": sentence}


@pytest.mark.parametrize(
    ("sentence", "trigger", "entity_id"),
    [
        (
            "when the kitchen temperature climbs over 28.5 degrees, turn on the air conditioner",
            {"kind": "numeric", "entity_id": "sensor.kitchen_temperature", "above": 28.5},
            "climate.kitchen_air_conditioner",
        ),
        (
            "as soon as there is motion in the hall, switch the kitchen light on",
            {"kind": "state", "entity_id": "binary_sensor.hall_motion", "to": "on"},
            "light.kitchen_light",
        ),
        (
            "whenever the kitchen gets hot, switch on the air conditioner",
            {"kind": "numeric", "entity_id": "sensor.kitchen_temperature", "above": 27.0},
            "climate.kitchen_air_conditioner",
        ),
    ],
)
def test_forced_rule_tool_is_filled_in_as_a_valid_draft(sentence, trigger, entity_id):
    answer = ask(sentence, tools=[{"name": "rule"}], tool_choice={"type": "tool", "name": "rule"})
    arguments = answer.tools[0].arguments
    parsed = RuleDraft.accept(arguments)
    assert arguments["trigger"] == trigger
    assert list(parsed.actions[0].entity_id) == [entity_id]


def test_draft_without_a_house_is_still_well_formed():
    assert draft("when it rains, close the windows", [])["trigger"]["entity_id"] == "sensor.unknown"


@pytest.mark.parametrize(
    ("result", "text"), [("light.kitchen_light is on", "Done."), ("refused: no", "That did not work: refused: no")]
)
def test_tool_results_are_answered_with_a_short_text(result, text):
    block = {"type": "tool_result", "tool_use_id": "t", "content": result}
    assert think({"messages": [{"role": "user", "content": [block]}], "tools": TOOLS}).text == text


def test_sentence_that_fits_nothing_is_admitted():
    answer = ask("what is the meaning of life")
    assert not answer.tools
    assert "stand-in" in answer.text


def test_entities_are_read_once_with_their_words():
    house = entities({"system": HOUSE + HOUSE, "messages": []})
    assert len(house) == 7
    assert {"kitchen", "light"} <= house[0].words


def test_a_wish_for_an_agent_becomes_a_spawn():
    tools = [*TOOLS, {"name": "spawn_agent"}]
    sentence = "make an agent called rings that counts what comes on custom/doorbell"
    (used,) = ask(sentence, tools=tools).tools
    assert (used.name, used.arguments["name"], used.arguments["subscribes"]) == (
        "spawn_agent",
        "rings",
        ["custom/doorbell"],
    )
    assert ask("when an agent is home, turn on the kitchen light", tools=tools).tools[0].name == "create_rule"
    for answer in (ask(sentence + " as a block", tools=tools), ask(sentence, tools=[])):
        assert not answer.tools
        assert "<spawn>" in answer.text
