"""What people type becomes plain text."""

import pytest

from wactorz_understanding.language import load_language
from wactorz_understanding.sentences import numbers_in, plain_signs, prepare

ENGLISH = load_language("en")


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Hey, could you please turn on the fan for me?", "turn on the fan"),
        ("  turn   on the fan!!! ", "turn on the fan"),
        ("set it to 30%", "set it to 30 %"),
        ("below -5°C", "below minus 5 °C"),
        ("above 1,200 W", "above 1200 W"),
        ("what\u2019s on", "what is on"),
        ("“turn on” 💡 the fan", "turn on the fan"),
        ("now please turn on the fan now please", "turn on the fan"),
    ],
)
def test_text_is_made_plain(typed, plain):
    assert prepare(typed, ENGLISH).text == plain


def test_a_question_mark_and_a_polite_wish_are_noticed():
    assert prepare("fan on?", ENGLISH).asked
    assert not prepare("fan on?", ENGLISH).requested
    assert prepare("can you turn on the fan?", ENGLISH).requested


@pytest.mark.parametrize("text", ["", "!!", "a" * 501, "a\x07b", "is it? yes", "a " * 100])
def test_what_is_no_sentence_is_refused(text):
    assert prepare(text, ENGLISH) is None


def test_numbers_are_found_as_written():
    assert numbers_in("set 21.5 and 3 and minus 4", ENGLISH) == {"21.5": 21.5, "3": 3.0, "minus 4": -4.0}


def test_degrees_are_no_picture():
    assert plain_signs('5 °C "x" ☂') == "5 °C  x   "
