"""States seen as entities."""

from wactorz_home_assistant import State
from wactorz_home_assistant_actuator.around import Registry


def test_states_are_seen_as_entities():
    registry = Registry({"lock.a": State("lock.a", "locked", {"friendly_name": "Door", "device_class": "x"})})
    assert list(registry) == ["lock.a"]
    assert len(registry) == 1
    assert (registry["lock.a"].name, registry["lock.a"].device_class) == ("Door", "x")
    assert registry.get("lock.b") is None
