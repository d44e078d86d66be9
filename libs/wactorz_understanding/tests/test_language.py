"""Language files are complete and readable."""

import string

import pytest

from wactorz_common.errors import ConfigError
from wactorz_understanding.language import available, closest, load_language, possible


def test_english_is_there():
    assert "en" in available()


def test_a_language_without_a_file_is_refused_with_the_choice():
    with pytest.raises(ConfigError, match=r"there is no language 'xx': choose one of .*en"):
        load_language("xx")


@pytest.mark.parametrize("code", available())
def test_every_language_has_the_same_parts(code):
    english, other = load_language("en").data, load_language(code).data
    assert english.keys() == other.keys()
    for part in ("words", "kinds", "floors", "compounds", "suffixes", "templates", "say", "adjust_say", "rule_say"):
        assert english[part].keys() == other[part].keys(), part
    assert english["answers"].keys() == other["answers"].keys()
    assert english["lists"].keys() <= other["lists"].keys(), "a language may have lists of its own"


@pytest.mark.parametrize(
    ("said", "meant"),
    [("DE", "de"), ("de-CH", "de"), ("de_AT", "de"), ("en-GB", "en"), ("pt-br", "pt-BR"), ("fr-CA", "fr"), ("xx", "")],
)
def test_a_language_is_found_however_it_is_written(said, meant):
    assert closest(said, possible()) == meant


def placeholders(template):
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("code", available())
@pytest.mark.parametrize("part", ["say", "adjust_say", "rule_say", "answers"])
def test_every_language_says_the_same_things(code, part):
    english, other = load_language("en").data[part], load_language(code).data[part]
    for key, said in english.items():
        if key == "values":
            continue
        if isinstance(said, dict):
            assert said.keys() == other[key].keys(), key
        elif isinstance(said, str):
            assert placeholders(other[key]) <= placeholders(said), key
            assert "{names}" not in said or "{names}" in other[key], key


@pytest.mark.parametrize("code", available())
def test_lists_mean_the_same_in_every_language(code):
    english, other = load_language("en").data["lists"], load_language(code).data["lists"]
    own = {"fixed_time", "event_bound", "part_number"}
    for name in english.keys() - own:
        values = [
            {str(v["out"] if isinstance(v, dict) else v) for v in lists[name].get("values", ())}
            for lists in (english, other)
        ]
        assert values[0] == values[1], name


@pytest.mark.parametrize("code", available())
def test_every_language_knows_the_same_kinds(code):
    english, other = load_language("en").data["kinds"], load_language(code).data["kinds"]
    for kind, words in english.items():
        assert words["members"] == other[kind]["members"], kind
        assert words.get("named") == other[kind].get("named"), kind


@pytest.mark.parametrize("code", available())
def test_every_language_has_the_same_intents(code):
    english, other = load_language("en").data, load_language(code).data
    assert {s: set(i) for s, i in english["templates"].items()} == {s: set(i) for s, i in other["templates"].items()}
