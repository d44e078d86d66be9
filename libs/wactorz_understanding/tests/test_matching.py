"""The matcher reads templates as hassil does, but tries each part once."""

import pytest
from hassil import Intents, parse_sentence, recognize_all

from wactorz_understanding.matching import AnyWords, Matcher, Template, Values, compile_node, fold_case

TEMPLATES = [
    "turn on [the] {name}", "(turn|switch) {name} on", "set {name} to {level} [percent]", "[please] <all> {name} off",
    "is {name} light on",
]  # fmt: skip
NAMES = ["lamp", "kitchen lamp", "kitchen", "tv"]
PARSED = Intents.from_dict({
    "language": "en",
    "intents": {"do": {"data": [{"sentences": TEMPLATES}]}},
    "expansion_rules": {"all": "[all] [the]"},
    "lists": {"name": {"values": NAMES}, "level": {"values": [{"in": "ten", "out": 10}, {"in": "10", "out": 10}]}},
})  # fmt: skip


def find(text, name=None):
    data = PARSED.intents["do"].data[0]
    templates = [Template("do", compile_node(s.expression), ()) for s in data.sentences]
    rules = {key: compile_node(rule.expression) for key, rule in PARSED.expansion_rules.items()}
    lists = {"name": name or Values((n, n) for n in NAMES), "level": Values([("ten", 10), ("10", 10)])}
    return [
        {slot: value for slot, value, _, _ in found.slots} for _, found in Matcher(text, lists, rules).match(templates)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "turn on the kitchen lamp", "turn on kitchen", "TURN Kitchen Lamp ON", "switch tv on", "set tv to 10 percent",
        "set the tv to 10", "all the lamp off", "lamps off", "please all lamp off", "turn on", "", "turn on the lampshade",
        "turnon the lamp", "is kitchen light on", "turn on the kitchen lamp now", "set kitchen lamp to ten",
    ],
)  # fmt: skip
def test_finds_what_hassil_finds(text):
    theirs = [{e.name: e.value for e in result.entities_list} for result in recognize_all(text, PARSED)]
    ours = find(text)
    assert [slots for slots in theirs if slots in ours] == theirs
    assert [slots for slots in ours if slots not in theirs] == []


def test_any_words_may_stand_for_a_name():
    assert {"name": "green unicorn"} in find("turn on the green unicorn", AnyWords())
    assert find("turn on " + "very " * 20 + "green", AnyWords()) == []


def test_permutations_are_refused():
    with pytest.raises(TypeError, match="write the orders out"):
        compile_node(parse_sentence("(a;b)").expression)


def test_one_case_keeps_the_length():
    assert fold_case("İX") == "İx"
