"""The gate before every call: the house's own time, and the pace."""

from types import SimpleNamespace
from typing import Any

import pytest

from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.policy import EntityPolicy
from wactorz_common.errors import Refused
from wactorz_home_assistant import State
from wactorz_home_assistant_actuator.gate import Gate, TooOften
from wactorz_home_assistant_actuator.wish import Wish

CALL = ServiceCall(domain="switch", service="turn_on", entity_id=("switch.a",))
NOON_IN_LONDON = 1_795_262_400.0  # 2026-11-21 12:00 UTC


def make_gate(zone: str = "UTC", quiet: str = "", most: int = 2) -> Gate:
    devices: Any = SimpleNamespace(
        states={"switch.a": State("switch.a", "off", {"friendly_name": "Fan"})}, required={}, time_zone=zone,
        services={"switch": frozenset({"turn_on"})},
    )  # fmt: skip
    policies = {"switch.a": EntityPolicy(entity_id="switch.a", quiet_hours=quiet)}
    return Gate(devices, policies, most, lambda: NOON_IN_LONDON)


def test_quiet_hours_are_those_of_the_house():
    rule = Wish("rule")
    assert make_gate("UTC", "20:00-21:30").clear(CALL, rule).call is not None
    with pytest.raises(Refused, match="quiet time for Fan"):
        make_gate("Asia/Tokyo", "20:00-21:30").clear(CALL, rule)
    assert make_gate("No/Where", "20:00-21:30").clear(CALL, rule).call is not None


def test_the_pace_is_for_all_but_people():
    gate = make_gate()
    for _ in range(5):
        gate.admit(CALL, Wish())
    gate.admit(CALL, Wish("rule"))
    gate.admit(CALL, Wish("agent"))
    with pytest.raises(TooOften, match="Fan was moved 2 times in a minute"):
        gate.admit(CALL, Wish("model"))
    gate.admit(CALL, Wish("rule", approved=True))
