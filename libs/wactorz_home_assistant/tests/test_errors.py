"""Reasons in words."""

import errno

from wactorz_home_assistant.errors import reason_of


def test_the_innermost_cause_is_told():
    outer = RuntimeError("outer")
    outer.__cause__ = OSError(errno.ECONNREFUSED, "x")
    assert reason_of(outer) == "connection refused"


def test_no_answer():
    assert reason_of(TimeoutError()) == "no answer in time"


def test_an_error_without_words_gives_its_name():
    assert reason_of(ValueError()) == "ValueError"
