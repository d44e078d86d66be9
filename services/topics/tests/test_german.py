from wactorz_testing.phrases import gaps
from wactorz_topics import german


def test_every_sentence_has_its_german_twin():
    assert gaps(german) == []
