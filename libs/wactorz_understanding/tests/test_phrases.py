"""Phrases are found by their words, whatever signs stand between."""

from wactorz_understanding.phrases import Phrases, words_in


def test_words_are_in_one_case_and_without_signs():
    assert words_in("Don't, STOP_now 7!") == ("don", "t", "stop", "now", "7")


def test_phrases_within_a_text():
    phrases = Phrases(["kitchen light", "light", "kitchen light left", "tv", "", "x " * 20])
    assert phrases.within("turn on the Kitchen-Light, please") == ["kitchen light", "light"]
    assert phrases.within("turn on the kitchenlight") == []
