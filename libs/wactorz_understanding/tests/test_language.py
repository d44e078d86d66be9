"""Language files are complete and readable."""

import pytest

from wactorz_common.errors import ConfigError
from wactorz_understanding.language import available, load_language


def test_english_is_there():
    assert "en" in available()


def test_a_language_without_a_file_is_refused_with_the_choice():
    with pytest.raises(ConfigError, match=r"there is no language 'xx': choose one of .*en"):
        load_language("xx")


@pytest.mark.parametrize("code", available())
def test_every_language_has_the_same_parts(code):
    english, other = load_language("en").data, load_language(code).data
    assert english.keys() == other.keys()
    for part in ("words", "templates", "say", "rule_say", "answers", "lists"):
        assert english[part].keys() == other[part].keys()
    assert {s: set(i) for s, i in english["templates"].items()} == {s: set(i) for s, i in other["templates"].items()}
