import pytest

from wactorz_llm.shown import Shown

TEXT = 'I make it.\n<spawn>{"code": "a < b </delete>"}</spawn>\nIt counts: 1 < 2 <b>. <Delegate>x</delegate>So.'
SEEN = "I make it.\n\nIt counts: 1 < 2 <b>. So."


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1_000])
def test_blocks_are_never_shown_however_the_text_is_cut(size):
    shown = Shown()
    pieces = [shown.take(TEXT[at : at + size]) for at in range(0, len(TEXT), size)]
    assert "".join([*pieces, shown.rest()]) == SEEN


def test_text_without_blocks_passes_at_once():
    shown = Shown()
    assert [shown.take("Hello "), shown.take("world."), shown.rest()] == ["Hello ", "world.", ""]


def test_only_what_may_become_a_block_is_held_back():
    shown = Shown()
    assert [shown.take("1 <"), shown.take(" 2"), shown.take(" <de"), shown.take("ad"), shown.rest()] == [
        "1 ", "< 2", " ", "<dead", "",
    ]  # fmt: skip
    assert [shown.take("a <del"), shown.rest()] == ["a ", "<del"]


def test_a_block_without_an_end_is_not_shown():
    shown = Shown()
    assert [shown.take("Now. <spawn>{"), shown.take('"name": "x"'), shown.rest()] == ["Now. ", "", ""]
    assert shown.take("next") == "next"
