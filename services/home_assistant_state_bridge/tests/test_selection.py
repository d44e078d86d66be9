"""Which entities are published, and of which the last value is kept."""

import pytest

from wactorz_home_assistant_state_bridge.selection import Selection


@pytest.mark.parametrize(
    ("selection", "published", "left_out"),
    [
        (Selection(), ["light.a", "sensor.b"], []),
        (Selection(domains=["light"]), ["light.a"], ["sensor.b", "lights.a"]),
        (Selection(only=["sensor.*_temperature", "light.a"]), ["sensor.x_temperature", "light.a"], ["light.ab", "sensor.x"]),
        (Selection(only=["light"]), ["light.a"], ["switch.light"]),
        (Selection(never=["sensor.*_signal", "camera"]), ["sensor.a"], ["sensor.lamp_signal", "camera.door"]),
        (Selection(domains=["light"], only=["light.a*"], never=["light.ab"]), ["light.a", "light.ac"], ["light.ab", "switch.a"]),
        (Selection(never=["light.a"], only=["light.a"]), [], ["light.a"]),
        (Selection(never=["*"]), [], ["light.a"]),
    ],
)  # fmt: skip
def test_what_is_published(selection: Selection, published: list[str], left_out: list[str]):
    assert all(selection.is_published(entity_id) for entity_id in published)
    assert not any(selection.is_published(entity_id) for entity_id in left_out)


def test_what_the_broker_keeps():
    selection = Selection(never=["light.secret"], kept=["light", "sensor.*_temperature"])
    assert selection.is_kept("light.a")
    assert selection.is_kept("sensor.x_temperature")
    assert not selection.is_kept("sensor.x")
    assert not selection.is_kept("light.secret")
    assert not Selection().is_kept("light.a")
