"""Topics and quoted texts are taken out letter by letter; what only looks like a topic stays."""

import pytest

from wactorz_understanding.literals import lift_literals


@pytest.mark.parametrize(
    ("text", "lifted"),
    [
        ("when a/b/c is 5", {"mqtttopica": "a/b/c"}),
        ("when sensors/+/Motion.", {"mqtttopica": "sensors/+/Motion"}),
        ("all of home/#", {"mqtttopica": "home/#"}),
        ('say "a/b: it is" now', {"quotedtexta": "a/b: it is"}),
        ("say „Tür auf“ bei x1/y2", {"quotedtexta": "Tür auf", "mqtttopicb": "x1/y2"}),
    ],
)
def test_taken_out(text, lifted):
    assert lift_literals(text).literals == lifted


@pytest.mark.parametrize("text", ["the a/c", "on and/or off", "1/2", "km/h", "https://example.com/x", "nothing", '""'])
def test_left(text):
    assert lift_literals(text) == (text, {})
