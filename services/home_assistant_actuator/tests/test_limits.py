"""What people have laid down, held against who wants something."""

from datetime import UTC, datetime

import pytest

from wactorz_common.contracts.policy import EntityPolicy
from wactorz_home_assistant_actuator.around import Around
from wactorz_home_assistant_actuator.limits import allowed, is_quiet, names_people, problem
from wactorz_home_assistant_actuator.wish import Wish


@pytest.mark.parametrize(
    ("span", "clock", "quiet"),
    [
        ("22:00-07:00", (22, 0), True), ("22:00-07:00", (23, 59), True), ("22:00-07:00", (0, 0), True),
        ("22:00-07:00", (6, 59), True), ("22:00-07:00", (7, 0), False), ("22:00-07:00", (21, 59), False),
        ("12:00-14:00", (13, 0), True), ("12:00-14:00", (14, 0), False), ("12:00-14:00", (11, 59), False),
        ("12:00-12:00", (12, 0), False), ("", (12, 0), False),
    ],
)  # fmt: skip
def test_quiet_hours(span: str, clock: tuple[int, int], quiet: bool):
    assert is_quiet(span, datetime(2026, 11, 21, *clock, tzinfo=UTC)) is quiet


def test_who_is_allowed():
    assert allowed((), "anybody")
    assert allowed(("Ann",), "ann")
    assert not allowed(("Ann",), "")
    assert not allowed(("Ann",), "annabel")


def test_the_first_of_several_entities_speaks():
    policies = {
        "light.b": EntityPolicy(entity_id="light.b", persons=("ann",)),
        "light.c": EntityPolicy(entity_id="light.c"),
    }
    around = Around({}, {}, policies=policies)
    assert problem(["light.a", "light.b"], around, Wish()) == "Only ann may change light.b, so nothing was sent to it."
    assert problem(["light.a", "light.c"], around, Wish()) == ""
    assert "give the rule a standing yes" in problem(["light.b"], around, Wish("rule", "ann"))
    assert names_people(policies, "light.b")
    assert not names_people(policies, "light.c")
