"""The health of the whole."""

import pytest

from wactorz_monitor.health import sentence, snapshot, state_of
from wactorz_monitor.roster import Roster, Watched

NOW = 1_000.0


def make_watched(name="llm", **more):
    return Watched(f"id-{name}", name, "local", **{"state": "running", "last_seen": NOW - 2, **more})


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ({}, "running"),
        ({"state": "paused"}, "paused"),
        ({"state": "stopped", "last_seen": 0}, "stopped"),
        ({"stopped": True, "down": True}, "stopped"),
        ({"state": "failed"}, "failed"),
        ({"down": True}, "failed"),
        ({"down": True, "quarantined": True}, "quarantined"),
        ({"last_seen": NOW - 30}, "degraded"),
        ({"errors": 2}, "running"),
        ({"errors": 3}, "degraded"),
        ({"overdue": ("chat",)}, "degraded"),
    ],
)
def test_the_state_shown_is_the_state_known(more, shown):
    assert state_of(make_watched(**more), NOW, 10) == shown


def test_a_snapshot_counts_each_agent_once():
    roster = Roster()
    for agent in (
        make_watched("a"), make_watched("b", state="paused"), make_watched("c", quarantined=True),
        make_watched("d", down=True), make_watched("e", last_seen=NOW + 15),
    ):  # fmt: skip
        roster.add(agent)
    health = snapshot(roster, NOW, 1.5, 10)
    assert (health.total_actors, health.running, health.paused, health.failed) == (5, 2, 1, 2)
    assert health.timestamp == 1.5
    assert [actor.last_seen_ago for actor in health.actors] == [2.0, 2.0, 2.0, 2.0, 0.0]


def test_the_sentence_names_what_is_wrong_and_what_to_do():
    roster = Roster()
    roster.add(make_watched("a"))
    assert sentence(snapshot(roster, NOW, 0, 10)) == "All 1 agents are running."
    roster.add(make_watched("planner", quarantined=True))
    text = sentence(snapshot(roster, NOW, 0, 10))
    assert "1 of 2 agents are running" in text
    assert "Quarantined: planner." in text
    assert "wactorz logs" in text


def test_long_lists_are_cut():
    roster = Roster()
    for number in range(30):
        roster.add(make_watched(f"a{number:02}", down=True))
    assert "a09 and 20 more." in sentence(snapshot(roster, NOW, 0, 10))
