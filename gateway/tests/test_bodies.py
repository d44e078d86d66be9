"""Encoded lists are made when something has changed, not for each reader."""

from wactorz_gateway.bodies import LONGEST_SECONDS, TELEMETRY_SECONDS, Bodies, Body


class Clock:
    def __init__(self):
        self.at = 0.0

    def __call__(self):
        return self.at


def test_changes_of_state_count_at_once_and_telemetry_a_moment_later():
    clock, made = Clock(), []
    bodies = Bodies(clock)

    def look(state, telemetry):
        def make():
            made.append((state, telemetry))
            return Body(b"x", "e")

        return bodies.get("agents", state, telemetry, make)

    first = look(1, 1)
    assert look(1, 2) is first
    look(2, 2)
    clock.at += TELEMETRY_SECONDS
    look(2, 3)
    assert made == [(1, 1), (2, 2), (2, 3)]


def test_ages_are_never_old():
    clock = Clock()
    bodies = Bodies(clock)
    first = bodies.get("x", 1, 1, lambda: Body(b"1", ""))
    clock.at = LONGEST_SECONDS - 0.01
    assert bodies.get("x", 1, 1, lambda: Body(b"2", "")) is first
    clock.at = LONGEST_SECONDS
    assert bodies.get("x", 1, 1, lambda: Body(b"2", "")).data == b"2"


def test_lists_do_not_mix():
    bodies = Bodies(Clock())
    bodies.get("a", 1, 1, lambda: Body(b"a", ""))
    assert bodies.get("b", 1, 1, lambda: Body(b"b", "")).data == b"b"
