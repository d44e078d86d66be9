"""A bare statement is neither trigger nor condition."""

from wactorz_understanding.statements import Statement


def test_it_makes_nothing():
    assert Statement().as_trigger() is None
    assert Statement().as_condition() is None
