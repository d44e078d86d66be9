"""Templates and names are read by hassil; names are data."""

from wactorz_common.contracts.home import Entity, House
from wactorz_understanding.grammar import Grammar
from wactorz_understanding.language import load_language
from wactorz_understanding.naming import collect_names


def test_a_text_is_read_whole_or_not_at_all(grammar):
    matches = grammar.read("commands", "turn on the desk lamp")
    assert {match.intent for match in matches} == {"turn_on"}
    assert matches[0].slots == {"name": "desk lamp"}
    assert grammar.read("commands", "do not turn on the desk lamp") == []
    assert grammar.read("commands", "turn on the desk lamp tomorrow") == []


def test_no_template_of_the_shared_pack_reads_a_bare_name(grammar):
    assert grammar.read_stock("kitchen light", None) == []
    assert grammar.read_stock("movie night", None) == []
    assert grammar.read_stock("light up the kitchen", None) != []


def test_a_name_with_template_signs_is_plain_text():
    language = load_language("en")
    house = House(version=1, entities=(Entity(entity_id="light.y", name="(red|blue) {name} <the>"),))
    grammar = Grammar(language, collect_names(house, language))
    assert grammar.read("commands", "turn on red") == []
    assert grammar.read("commands", "turn on (red|blue) {name} <the>")[0].slots["name"] == "(red|blue) {name} <the>"


def test_memory_of_texts_is_bounded(grammar):
    for number in range(600):
        grammar.read("limits", f"text {number}")
    assert len(grammar._read) <= 256
