from wactorz_common import german
from wactorz_testing.phrases import gaps


def test_every_sentence_has_a_german_twin():
    assert gaps(german) == []
