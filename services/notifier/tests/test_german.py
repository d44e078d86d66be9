from wactorz_common.language import speaking
from wactorz_notifier import german
from wactorz_testing.phrases import gaps


def test_every_sentence_has_a_german_twin():
    assert gaps(german) == []


def test_why_a_notice_did_not_arrive_is_kept_in_english_and_told_in_german():
    assert german.in_words("it does not let us in (403: no)") == "it does not let us in (403: no)"
    with speaking("de"):
        assert german.in_words("it does not let us in (403: no)") == "kein Zutritt (403: no)"
        assert german.in_words("") == ""
