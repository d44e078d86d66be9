import pytest

from wactorz_main.commands import parse
from wactorz_main.rule_sentences import chosen, read_question

from .turn_doubles import make_rule

FAN = make_rule().model_copy(update={"task": "when the kitchen is hot, turn on the fan"})
LAMP = make_rule().model_copy(update={"rule_id": "11112222", "task": "at night turn off the lamp", "summary": ""})


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("why did rule ab12cd34 not fire last night?", "rule rule ab12cd34 last night"),
        ("Why didn't the fan rule fire yesterday?", "rule fan rule yesterday"),
        ("why has ab12cd34 not run", "rule ab12cd34"),
        ("why did the rule for the kitchen not work today", "rule rule for the kitchen today"),
        ("warum hat Regel ab12cd34 letzte Nacht nicht ausgelöst?", "rule Regel ab12cd34 letzte Nacht"),
        ("wieso hat die Lüfterregel gestern nicht funktioniert", "rule Lüfterregel gestern"),
        ("warum hat gestern die Regel ab12cd34 nicht gefeuert", "rule gestern die Regel ab12cd34"),
    ],
)
def test_questions_about_rules_need_no_model(text, arguments):
    assert read_question(text) == tuple(arguments.split())
    assert parse(text).name == "why"


@pytest.mark.parametrize(
    "text", ["why is the light on?", "why did the light not turn on?", "warum ist das Licht an", "why"]
)
def test_other_questions_are_left_to_others(text):
    assert read_question(text) is None


def test_a_rule_is_chosen_by_id_or_words():
    assert chosen([FAN, LAMP], "rule ab12cd34") == [FAN]
    assert chosen([FAN, LAMP], "the lamp rule") == [LAMP]
    assert chosen([FAN, LAMP], "the rule for the turn") == [FAN, LAMP]
    assert chosen([FAN, LAMP], "rule") == [FAN, LAMP]
    assert chosen([FAN, LAMP], "the washing rule") == []
    assert chosen([], "rule") == []
