import json
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from wactorz_sandbox.guest.values import clean, decode, encode


@dataclass
class Point:
    x: float


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ({"a": float("nan"), "b": [float("inf"), 1.5]}, {"a": None, "b": [None, 1.5]}), ((1, 2), [1, 2]), ({3}, [3]),
        (b"bytes", "bytes"), (Point(2), {"x": 2}), (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01 00:00:00+00:00"),
        ("\ud800x", "?x"), ({1: 2}, {"1": 2}),
    ],
)  # fmt: skip
def test_what_json_does_not_know_becomes_something_it_knows(value, meant):
    assert json.loads(encode(value)) == meant


def test_a_circle_is_an_error():
    circle = []
    circle.append(circle)
    with pytest.raises(ValueError, match="Circular"):
        encode(circle)


def test_text_that_is_no_json_is_itself():
    assert decode("on") == "on"
    assert decode('{"a": 1}') == {"a": 1}


def test_characters_stay():
    assert clean("grün ✓") == "grün ✓"
