import pytest

from wactorz_demo_home.fields import Wrong
from wactorz_demo_home.targets import entity_ids, ids, is_entity_id


@pytest.mark.parametrize("good", ["light.kitchen", "sensor.a1_b2"])
def test_well_formed_ids(good):
    assert is_entity_id(good)


@pytest.mark.parametrize(
    "bad", ["light", "Light.x", "light.", "light.x__y", "light._x", "light.x_", "light.a\n", "a.b.c"]
)
def test_malformed_ids(bad):
    assert not is_entity_id(bad)


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("light.a, light.b", ["light.a", "light.b"]),
        (["LIGHT.A"], ["light.a"]),
        (None, []),
        ("all", ["all"]),
        ("none", []),
    ],
)
def test_entity_ids_in_every_form(given, taken):
    assert entity_ids(given) == taken


@pytest.mark.parametrize("wrong", [5, [1], {"a": 1}, "no id"])
def test_other_values_are_wrong(wrong):
    with pytest.raises(Wrong):
        entity_ids(wrong)


def test_other_ids_are_taken_as_they_are():
    assert ids("kitchen") == ["kitchen"]
