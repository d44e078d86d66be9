"""A sentence with typing errors is proposed without them, and done after a yes only."""

import pytest

from wactorz_understanding.meaning import Ambiguous, NotUnderstood


@pytest.mark.parametrize(
    ("said", "proposed"),
    [
        ("turn of the kettle", "turn off the kettle"),
        ("trun on the kettel", "turn on the kettle"),
        ("unlok the front door", "unlock the front door"),
        ("is the kettel on?", "is the kettle on"),
    ],
)
def test_what_was_probably_meant_is_proposed(said, proposed, converse):
    (meaning,) = converse(said)
    assert isinstance(meaning, Ambiguous)
    assert meaning.question == f"Do you mean: {proposed}?"
    assert meaning.choices == ()


def test_a_yes_does_it_and_a_no_does_nothing(say):
    assert say("turn of the kettle", "yes") == "switch.turn_off switch.kettle"
    assert say("turn of the kettle", "no") == "nothing"
    assert say("turn of the kettle", "turn on the iron", "yes") == "nothing"


@pytest.mark.parametrize("said", ["sing me a song", "kettle kettle", "what a lovely day", "xyzzy"])
def test_what_means_nothing_without_its_errors_either_is_not_proposed(said, converse):
    assert converse(said)[0] == NotUnderstood()
