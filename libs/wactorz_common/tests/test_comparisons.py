"""Comparisons of states and payloads."""

import pytest

from wactorz_common.comparisons import compare, reach, state_holds, to_number


@pytest.mark.parametrize(
    ("actual", "operator", "wanted", "holds"),
    [
        (21.5, "gt", 20, True), ("21.5", "gt", "20", True), (20, "gt", 20, False), (20, "gte", 20, True),
        (19, "lt", 20, True), (20, "lte", 20, True), ("on", "eq", "ON", True), (True, "eq", "true", True),
        (True, "eq", True, True), (True, "gt", 0, False), ("20.0", "eq", 20, True), ("on", "ne", "off", True),
        ("warm", "gt", 20, False), ("nan", "gt", 1, False), (None, "ne", "x", False), (1, "like", 1, False),
    ],
)  # fmt: skip
def test_values_are_compared_as_what_they_are(actual, operator, wanted, holds):
    assert compare(actual, operator, wanted) is holds


def test_a_dotted_path_reaches_into_objects_and_lists():
    value = {"a": {"b": [{"c": 1}]}, "a.b": 2}
    assert reach(value, "a.b.0.c") == 1
    assert [reach(value, path) for path in ("a.b.1", "a.b.x", "a.b.0.c.d", "q")] == [None] * 4


def test_an_unknown_state_holds_nothing():
    assert state_holds("on", {}, None, "eq", "on")
    assert not any(state_holds(state, {}, None, "ne", "on") for state in ("unknown", "unavailable", "", None))
    assert state_holds("on", {"color": {"hue": 12}}, "color.hue", "lt", 20)
    assert not state_holds("on", {}, "brightness", "lt", 20)


def test_numbers_are_finite():
    assert to_number("1e3") == 1000
    assert [to_number(value) for value in ("inf", True, None, [], "x")] == [None] * 5
