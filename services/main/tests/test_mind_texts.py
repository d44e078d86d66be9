import re
from typing import get_args

from wactorz_common.contracts.llm import UnseenFile, WhyUnseen
from wactorz_main.mind_texts import _TEXTS, _UNSEEN, say, unseen


def test_every_sentence_is_there_in_both_languages_with_the_same_places():
    english, german = _TEXTS["en"], _TEXTS["de"]
    assert english.keys() == german.keys()
    for key, text in english.items():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", german[key])), key


def test_other_languages_are_answered_in_english():
    assert say("de-AT", "stopped") == "Gestoppt."
    assert say("fr", "stopped") == "Stopped."


def test_every_reason_for_an_unseen_file_has_its_words():
    assert set(_UNSEEN) == set(get_args(WhyUnseen))
    one = UnseenFile(id="1", name="a.pdf", why="no_documents", detail="llama3", reason="llama3 reads no PDF")
    assert unseen("de-AT", one) == "a.pdf wurde nicht angesehen: llama3 liest keine PDF."
    assert unseen("fr", one) == "a.pdf was not looked at: llama3 reads no PDF."
