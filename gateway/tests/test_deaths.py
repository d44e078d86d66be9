"""Processes that died and came back, as alerts."""

import pytest

from wactorz_common.contracts.nodes import NodeEvent
from wactorz_gateway.deaths import MOST_OPEN, Deaths, how


def told(kind, code=None, name="counter", node="n", delay=1.0):
    return NodeEvent(node=node, name=name, kind=kind, exit_code=code, delay=delay, timestamp=7.0)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (-9, "was killed (signal 9)"), (137, "was killed (signal 9)"), (3, "ended with exit code 3"),
        (0, "ended with exit code 0"), (None, "died"),
    ],
)  # fmt: skip
def test_how_a_process_ended(code, words):
    assert how(code).words == words


def test_a_process_that_is_back_is_an_alert_that_says_what_happened():
    deaths = Deaths()
    assert deaths.note(told("died", -9), "id-counter") is None
    assert deaths.note(told("started"), "id-counter") == {
        "type": "alert", "agent_id": "id-counter", "name": "counter", "severity": "warning", "timestamp": 7.0,
        "message": "counter was killed (signal 9) and is back", "code": "process_killed_back",
        "data": {"name": "counter", "signal": 9},
    }  # fmt: skip
    assert deaths.note(told("started"), "id-counter") is None


def test_a_start_without_a_death_and_another_node_s_are_no_alert():
    deaths = Deaths()
    assert deaths.note(told("started"), "") is None
    deaths.note(told("died", -9), "")
    assert deaths.note(told("started", node="m"), "") is None
    deaths.note(told("stopped"), "")
    assert deaths.note(told("started"), "") is None


@pytest.mark.parametrize("code", [0, -15, 143])
def test_who_is_stopped_because_another_one_died_has_not_died(code):
    deaths = Deaths()
    deaths.note(told("died", code, delay=0.0), "")
    assert deaths.note(told("started"), "") is None


def test_what_died_meanwhile_is_bounded_and_kept_over_a_restart():
    deaths = Deaths()
    for number in range(MOST_OPEN + 5):
        deaths.note(told("died", -9, name=f"a{number}"), "")
    again = Deaths()
    again.load(deaths.dump())
    assert len(again.dump()) == MOST_OPEN
    assert again.note(told("started", name="a0"), "") is None
    assert again.note(told("started", name="a9"), "")["code"] == "process_killed_back"


def test_what_an_older_program_kept_is_told_without_a_number():
    deaths = Deaths()
    deaths.load([["n", "counter", "was killed (signal 9)"]])
    assert deaths.note(told("started"), "")["message"] == "counter died and is back"
