import re

from wactorz_main.mind_texts import _TEXTS, say


def test_every_sentence_is_there_in_both_languages_with_the_same_places():
    english, german = _TEXTS["en"], _TEXTS["de"]
    assert english.keys() == german.keys()
    for key, text in english.items():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", german[key])), key


def test_other_languages_are_answered_in_english():
    assert say("de-AT", "stopped") == "Gestoppt."
    assert say("fr", "stopped") == "Stopped."
