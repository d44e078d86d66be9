from datetime import datetime

from wactorz_common.language import speaking
from wactorz_planner import moments

NOON = datetime(2026, 3, 2, 12, 5)  # noqa: DTZ001  # a moment on the wall clock


def test_a_moment_as_people_say_it():
    assert (moments.long(NOON), moments.short(NOON)) == ("Monday 2 March at 12:05", "Mon 2 Mar 12:05")
    with speaking("de"):
        assert moments.long(NOON) == "Montag, 2. März, um 12:05 Uhr"
        assert moments.short(NOON) == "Mo, 2. März, 12:05 Uhr"


def test_may_is_short_enough():
    assert moments.short(NOON.replace(month=5)) == "Sat 2 May 12:05"


def test_a_duration_has_the_words_of_the_language():
    assert moments.span(259_200) == "3 days"
    with speaking("de"):
        assert (moments.span(259_200), moments.span(90.5)) == ("3 Tage", "90,5 s")
