"""How often an entity may be moved."""

from wactorz_home_assistant_actuator import pace
from wactorz_home_assistant_actuator.pace import Pace


def test_so_many_a_minute_and_then_no_more():
    counted = Pace(3)
    for second in range(3):
        assert counted.exceeded(["light.a"], second) == ""
        counted.note(["light.a"], second)
    assert counted.exceeded(["light.b", "light.a"], 3) == "light.a"
    assert counted.exceeded(["light.b"], 3) == ""
    assert counted.exceeded(["light.a"], 60.5) == ""


def test_forgets_those_that_rest(monkeypatch):
    monkeypatch.setattr(pace, "_MOST_ENTITIES", 2)
    counted = Pace(1)
    counted.note(["a"], 0)
    counted.note(["b"], 100)
    counted.note(["c"], 101)
    assert set(counted._done) == {"b", "c"}
