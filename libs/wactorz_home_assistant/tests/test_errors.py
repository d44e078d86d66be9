"""Reasons in words."""

import errno

import pytest

from wactorz_home_assistant.errors import reason_of


def test_the_innermost_cause_is_told():
    outer = RuntimeError("outer")
    outer.__cause__ = OSError(errno.ECONNREFUSED, "x")
    assert reason_of(outer) == "connection refused"


def test_no_answer():
    assert reason_of(TimeoutError()) == "no answer in time"


def test_an_error_without_words_gives_its_name():
    assert reason_of(ValueError()) == "ValueError"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (503, "still starting"),
        (502, "still starting"),
        (403, "shuts this address out"),
        (404, "is this Home Assistant"),
    ],
)
def test_a_status_in_words(status: int, words: str):
    error = RuntimeError("handshake")
    error.status = status  # type: ignore[attr-defined]
    assert words in reason_of(error)
    assert str(status) in reason_of(error)
