from wactorz_dynamic_agent import german
from wactorz_testing.phrases import gaps


def test_every_sentence_has_its_german_twin():
    assert gaps(german) == []
