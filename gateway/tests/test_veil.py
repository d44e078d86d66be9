"""Action blocks never reach a screen, however the answer is cut into pieces."""

import random

import pytest

from wactorz_gateway.veil import Veil


def shown(pieces):
    veil = Veil()
    return "".join(veil.feed(piece) for piece in pieces)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("It is warm.", "It is warm."),
        ('I make it. <spawn>{"name": "a", "code": "x < y"}</spawn> Done.', "I make it.  Done."),
        ("<SPAWN>{}</Spawn>x<delete>a</delete>y<delegate>{}</delegate>z", "xyz"),
        ("a < b and <b>bold</b> and <spa>", "a < b and <b>bold</b> and <spa>"),
        ("before <spawn>never closed", "before "),
        ("5 < 6", "5 < 6"),
    ],
)
def test_what_is_shown_does_not_depend_on_the_pieces(text, wanted):
    assert shown([text]) == wanted
    assert shown(list(text)) == wanted
    chance = random.Random(7)
    for _ in range(50):
        cuts = sorted(chance.sample(range(len(text) + 1), 3))
        pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
        assert shown(pieces) == wanted


def test_text_that_cannot_become_a_block_is_shown_at_once():
    veil = Veil()
    assert veil.feed("a <sp") == "a "
    assert veil.feed("ace") == "<space"


def test_a_long_block_is_not_kept_in_memory():
    veil = Veil()
    veil.feed("<spawn>")
    for _ in range(1_000):
        assert veil.feed("x" * 1_000) == ""
    assert len(veil._rest) < 100
    assert veil.feed("</spawn>end") == "end"
