"""Undoing restores the states from before by absolute commands, or says that it cannot."""

import pytest

from wactorz_common.contracts.history import HistoryPoint
from wactorz_understanding.meaning import Undo
from wactorz_understanding.undoing import restore


def undo(*entity_ids):
    return Undo(entity_ids=entity_ids, at=100)


def point(entity_id, state, at=90.0, **attributes):
    return HistoryPoint(entity_id=entity_id, at=at, state=state, attributes=attributes)


@pytest.mark.parametrize(
    ("before", "services"),
    [
        (point("light.a", "off", brightness=3), [("turn_off", {})]),
        (point("light.a", "on", brightness=128, color_mode="hs", hs_color=[10, 20]),
         [("turn_on", {"brightness_pct": 50, "hs_color": [10, 20]})]),
        (point("light.a", "on", color_mode="onoff"), [("turn_on", {})]),
        (point("switch.a", "on"), [("turn_on", {})]),
        (point("fan.a", "on", percentage=50), [("set_percentage", {"percentage": 50})]),
        (point("fan.a", "off", percentage=0), [("turn_off", {})]),
        (point("cover.a", "open", current_position=40), [("set_cover_position", {"position": 40})]),
        (point("cover.a", "closed"), [("close_cover", {})]),
        (point("lock.a", "locked"), [("lock", {})]),
        (point("climate.a", "off", temperature=20), [("set_temperature", {"temperature": 20}),
                                                      ("set_hvac_mode", {"hvac_mode": "off"})]),
        (point("media_player.a", "paused", volume_level=0.4), [("volume_set", {"volume_level": 0.4}),
                                                                ("media_pause", {})]),
    ],
)  # fmt: skip
def test_each_kind_goes_back_to_its_state(before, services):
    calls = restore(undo(before.entity_id), [before])
    assert [(call.service, call.data) for call in calls] == services
    assert all(call.entity_id == (before.entity_id,) for call in calls)


def test_devices_that_go_back_alike_are_one_command():
    calls = restore(undo("light.a", "light.b", "light.c"), [point(f"light.{one}", "off") for one in "abc"])
    assert [(call.service, call.entity_id) for call in calls] == [("turn_off", ("light.a", "light.b", "light.c"))]


def test_the_last_state_before_counts():
    points = [point("switch.a", "off", 10), point("switch.a", "on", 99), point("switch.a", "off", 101)]
    assert [call.service for call in restore(undo("switch.a"), points)] == ["turn_on"]


@pytest.mark.parametrize(
    "points", [[], [point("switch.a", "unavailable")], [point("switch.b", "on")]], ids=["none", "away", "another"]
)
def test_what_is_not_known_is_not_guessed(points):
    assert restore(undo("switch.a"), points).startswith("I cannot put that back")


def test_what_cannot_be_set_is_not_restored_in_part():
    points = [point("switch.a", "on"), point("alarm_control_panel.h", "disarmed")]
    assert isinstance(restore(undo("switch.a", "alarm_control_panel.h"), points), str)
