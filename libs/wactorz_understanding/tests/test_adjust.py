"""A relative change becomes absolute commands, or says why it does not."""

import pytest

from wactorz_common.contracts.home import Entity
from wactorz_understanding.adjust import resolve
from wactorz_understanding.meaning import Adjust


def change(quantity, delta, *entity_ids):
    return Adjust(entity_ids=entity_ids, quantity=quantity, delta=delta, summary="")


def state(entity_id, state, **attributes):
    return Entity(entity_id=entity_id, name=entity_id, state=state, attributes=attributes)


@pytest.mark.parametrize(
    ("quantity", "delta", "now", "service", "data"),
    [
        ("brightness", 20, state("light.a", "on", brightness=128), "turn_on", {"brightness_pct": 70}),
        ("brightness", 20, state("light.a", "off"), "turn_on", {"brightness_pct": 20}),
        ("brightness", -90, state("light.a", "on", brightness=128), "turn_on", {"brightness_pct": 1}),
        ("temperature", 0.5, state("climate.a", "heat", temperature=20), "set_temperature", {"temperature": 20.5}),
        ("temperature", 9, state("climate.a", "heat", temperature=20, max_temp=25), "set_temperature", {"temperature": 25}),
        ("volume", -10, state("media_player.a", "playing", volume_level=0.25), "volume_set", {"volume_level": 0.15}),
        ("speed", 20, state("fan.a", "on", percentage=33), "set_percentage", {"percentage": 53}),
        ("position", 10, state("cover.a", "open", current_position=95), "set_cover_position", {"position": 100}),
        ("position", -10, state("valve.a", "open", current_position=50), "set_valve_position", {"position": 40}),
        ("humidity", 5, state("humidifier.a", "on", humidity=50), "set_humidity", {"humidity": 55}),
        ("color_temp", -500, state("light.a", "on", color_temp_kelvin=3000), "turn_on", {"color_temp_kelvin": 2500}),
    ],
)  # fmt: skip
def test_absolute_command(quantity, delta, now, service, data):
    (call,) = resolve(change(quantity, delta, now.entity_id), [now])
    assert (call.service, call.data, call.entity_id) == (service, data, (now.entity_id,))
    assert call.domain == now.domain


@pytest.mark.parametrize(
    ("quantity", "delta", "now", "says"),
    [
        ("brightness", -20, state("light.a", "off"), "off"),
        ("temperature", 1, state("climate.a", "off", temperature=None), "off"),
        ("temperature", 1, state("climate.a", "heat_cool"), "does not report"),
        ("temperature", 1, state("climate.a", "heat", temperature=30, max_temp=30), "already"),
        ("volume", 5, state("media_player.a", "unavailable", volume_level=0.5), "does not report"),
        ("volume", 5, state("media_player.a", "playing", volume_level=True), "does not report"),
        ("position", 5, state("cover.a", "open"), "does not report"),
    ],
)
def test_why_not(quantity, delta, now, says):
    found = resolve(change(quantity, delta, now.entity_id), [now])
    assert isinstance(found, str)
    assert says in found


def test_a_missing_state_is_no_guess():
    assert isinstance(resolve(change("brightness", 5, "light.gone"), []), str)


def test_several_devices_go_each_their_own_way_and_those_that_cannot_are_left():
    states = [
        state("light.a", "on", brightness=128), state("light.b", "on", brightness=128),
        state("light.c", "on", brightness=255), state("light.d", "on", brightness=51),
    ]  # fmt: skip
    calls = resolve(change("brightness", 20, "light.a", "light.b", "light.c", "light.d"), states)
    assert {call.entity_id: call.data["brightness_pct"] for call in calls} == {
        ("light.a", "light.b"): 70,
        ("light.d",): 40,
    }
