"""Pictures of states."""

from wactorz_home_assistant import State
from wactorz_home_assistant_actuator.evidence import picture


def test_a_picture_shows_what_tells():
    state = State("light.a", "on", {"brightness": 100, "effect": None, "entity_picture": "x" * 1000})
    assert picture([state]) == {"light.a": {"state": "on", "brightness": 100}}
    assert picture([]) == {}
