"""The sentences of the two languages say the same things."""

import string

import pytest

from wactorz_home_assistant_agent.why_texts import _ENGLISH, _GERMAN, month, text


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("key", sorted(_ENGLISH))
def test_every_sentence_is_there_in_both_languages_with_the_same_fields(key: str) -> None:
    assert fields(_GERMAN[key]) == fields(_ENGLISH[key])


def test_a_language_without_a_table_is_told_in_english() -> None:
    assert set(_GERMAN) == set(_ENGLISH)
    assert text("de-AT", "is_so", name="Lampe", state="an") == "Lampe ist an."
    assert text("fr", "is_so", name="Lamp", state="on") == "Lamp is on."


def test_months() -> None:
    assert (month("de", 3, "March"), month("en", 3, "March")) == ("März", "March")
