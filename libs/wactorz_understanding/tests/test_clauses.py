"""Statements of rules: which device, which state or bound, in its own unit."""

import pytest

from wactorz_understanding.clauses import read_clause, seconds_of


@pytest.mark.parametrize(
    ("said", "entity_id", "state", "hold"),
    [
        ("the front door opens", "binary_sensor.front_door", "on", 0),
        ("the bedroom window is closed for 5 minutes", "binary_sensor.bedroom_window", "off", 300),
        ("motion is detected in the office", "binary_sensor.office_motion", "on", 0),
        ("there is no motion in the office for 2 minutes", "binary_sensor.office_motion", "off", 120),
    ],
)
def test_states(said, entity_id, state, hold, grammar, place):
    clause = read_clause(said, grammar, place)
    assert (clause.entity_id, clause.state, clause.hold) == (entity_id, state, hold)


@pytest.mark.parametrize(
    ("said", "side", "bound"),
    [
        ("the kitchen temperature is above 20 degrees", "above", 20),
        ("the kitchen temperature drops below 68 °F", "below", 20),
        ("the washing machine power exceeds 1.5 kW", "above", 1500),
        ("it gets colder than 18 degrees in the kitchen", "below", 18),
    ],
)
def test_bounds_are_in_the_unit_of_the_device(said, side, bound, grammar, place):
    clause = read_clause(said, grammar, place)
    assert (clause.side, clause.bound) == (side, bound)


@pytest.mark.parametrize(
    "said", ["the kitchen temperature is above 5 watts", "the moon is full", "", "the front door opens for 3 days"]
)
def test_what_is_no_statement(said, grammar, place):
    assert read_clause(said, grammar, place) is None


def test_lengths_of_time():
    assert seconds_of({"count": 5, "unit": 60}, "count", "unit", "fixed") == 300
    assert seconds_of({"fixed": 1800}, "count", "unit", "fixed") == 1800
    assert seconds_of({}, "count", "unit", "fixed") == 0
