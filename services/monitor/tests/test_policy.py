"""Who hangs, as tables."""

import pytest

from wactorz_monitor.policy import Calm, Forget, Report, Restart, judge, lost_nodes
from wactorz_monitor.roster import Roster, Watched

NOW = 10_000.0
BEAT = 10.0


def make_roster(victim_silent=0.0, others=4, placed=True, **victim):
    roster = Roster(heard_at=NOW - 1)
    for number in range(others):
        roster.add(Watched(f"id-{number}", f"agent-{number}", "local", "running", last_seen=NOW - 3))
        roster.placed[f"agent-{number}"] = "local"
    roster.add(Watched("id-v", "victim", "local", **{"state": "running", "last_seen": NOW - victim_silent, **victim}))
    if placed:
        roster.placed["victim"] = "local"
    return roster


def judged(roster, now=NOW):
    return [
        (type(verdict), getattr(verdict, "agent", None) and verdict.agent.name) for verdict in judge(roster, now, BEAT)
    ]


@pytest.mark.parametrize(
    ("silent", "victim", "hangs"),
    [
        (0, {}, False),
        (21.9, {}, False),
        (22.1, {}, True),
        (25, {}, True),
        (500, {}, True),
        (500, {"state": "paused"}, False),
        (500, {"state": "stopped"}, False),
        (500, {"down": True}, False),
        (500, {"quarantined": True}, False),
        (0, {"overdue": ("chat",), "overdue_beats": 0}, False),
        (0, {"overdue": ("chat",), "overdue_beats": 1}, True),
        (0, {"overdue": ("chat",), "overdue_beats": 1, "state": "paused"}, False),
        (30, {"overdue": ("chat",), "overdue_beats": 1}, True),
        (30, {"acted_at": NOW - 20}, False),
        (100, {"acted_at": NOW - 70}, True),
        (-15, {}, False),
    ],
)
def test_who_hangs(silent, victim, hangs):
    assert judged(make_roster(silent, **victim)) == ([(Restart, "victim")] if hangs else [])


def test_the_verdict_says_why():
    (silent,) = judge(make_roster(30), NOW, BEAT)
    assert silent.reason == "its work loop has been silent for 30 s"
    (stuck,) = judge(make_roster(0, overdue=("chat", "complete"), overdue_beats=2), NOW, BEAT)
    assert stuck.reason == "its handler of chat, complete runs past its own time-out"


def test_the_limit_follows_the_heartbeat():
    roster = make_roster(2.5, others=0)
    assert judge(roster, NOW, 1.2) == []
    assert judged(roster, NOW) == []
    assert [type(verdict) for verdict in judge(roster, NOW, 1.0)] == [Restart]


@pytest.mark.parametrize(
    ("silent", "total", "calm"), [(1, 5, False), (2, 5, False), (3, 5, True), (5, 5, True), (2, 4, False)]
)
def test_more_than_half_silent_at_once_restarts_nobody(silent, total, calm):
    roster = Roster(heard_at=NOW - 1)
    for number in range(total):
        seen = NOW - (30 if number < silent else 3)
        roster.add(Watched(f"id-{number}", f"a-{number}", "local", "running", last_seen=seen))
        roster.placed[f"a-{number}"] = "local"
    verdicts = judge(roster, NOW, BEAT)
    assert (verdicts == [Calm(silent, total)]) is calm
    if not calm:
        assert [type(verdict) for verdict in verdicts] == [Restart] * silent


def test_the_first_to_fall_silent_when_the_broker_freezes_are_not_restarted():
    frozen_at = NOW - 12.5
    roster = Roster()
    for number in range(10):
        beat = frozen_at - number
        roster.add(Watched(f"id-{number}", f"a-{number}", "local", "running", last_seen=beat))
        roster.placed[f"a-{number}"] = "local"
    roster.heard_at = frozen_at
    for tenths in range(150):
        assert not [verdict for verdict in judge(roster, NOW + tenths / 10, BEAT) if not isinstance(verdict, Calm)]


def test_the_dead_and_the_gone_do_not_make_an_outage():
    roster = make_roster(30)
    for number in range(20):
        roster.add(Watched(f"f-{number}", f"foreign-{number}", "local", "running", last_seen=NOW - 90, warned=True))
        roster.add(Watched(f"d-{number}", f"dead-{number}", "local", "running", last_seen=NOW - 30, down=True))
        roster.placed[f"dead-{number}"] = "local"
    assert judged(roster) == [(Restart, "victim")]


@pytest.mark.parametrize(
    ("silent", "victim", "verdict"),
    [
        (59, {}, []),
        (61, {}, [(Report, "victim")]),
        (61, {"warned": True}, []),
        (61, {"state": "stopped"}, []),
        (601, {"warned": True}, [(Forget, "victim")]),
    ],
)
def test_agents_that_nobody_supervises_are_only_reported(silent, victim, verdict):
    assert judged(make_roster(silent, placed=False, **victim)) == verdict


def test_a_node_is_lost_after_three_beats():
    roster = Roster(nodes={"near": NOW - 29, "far": NOW - 31})
    assert lost_nodes(roster, NOW, BEAT) == ["far"]
