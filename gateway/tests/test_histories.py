"""What agents used over time, within bounds."""

import itertools

from wactorz_gateway.actor import Agent
from wactorz_gateway.histories import DAY_POINTS, HOUR_POINTS, MOST_AGENTS, Histories, Ring, Sample, known


def agent(name="main", memory=10.0, **metrics):
    return Agent(name, name, 0.0, 0.0, heartbeat={"memory_mb": memory}, metrics=metrics)


def test_points_of_the_last_hour_come_at_the_grain_of_heartbeats():
    kept = Histories()
    for second in range(0, 7_200, 10):
        kept.note(agent(memory=second, messages_processed=second), 0.5, float(second))
    points = kept.of("main", 7_190 - 3_600, 7_190)
    assert len(points) == HOUR_POINTS
    assert (points[-1].memory_mb, points[-1].messages_processed, points[-1].cost_usd) == (7_190, 7_190, 0.5)
    assert [b.t - a.t for a, b in itertools.pairwise(points)] == [10.0] * (HOUR_POINTS - 1)


def test_points_before_come_every_five_minutes_and_never_twice():
    kept = Histories()
    for second in range(0, 30 * 3_600, 10):
        kept.note(agent(memory=second), None, float(second))
    now = 30 * 3_600 - 10
    points = kept.of("main", now - 86_400, now)
    times = [point.t for point in points]
    assert times == sorted(set(times))
    assert times[0] >= now - 86_400
    assert HOUR_POINTS + DAY_POINTS - 20 <= len(points) <= HOUR_POINTS + DAY_POINTS
    assert times[1] - times[0] == 300


def test_what_an_agent_does_not_tell_is_not_known():
    kept = Histories()
    kept.note(agent(), None, 1.0)
    (point,) = kept.of("main", 0, 2)
    assert known(point.cost_usd) is None
    assert known(point.memory_mb) == 10.0


def test_a_burst_of_metrics_counts_once_a_second():
    kept = Histories()
    for moment in (1.0, 1.2, 1.9, 2.1):
        kept.note(agent(), None, moment)
    assert [point.t for point in kept.of("main", 0, 3)] == [1.0, 2.1]


def test_who_was_silent_longest_gives_way():
    kept = Histories()
    for number in range(MOST_AGENTS + 1):
        kept.note(agent(f"a{number}"), None, float(number))
    assert kept.of("a0", 0, 1e9) == []
    assert kept.of("a1", 0, 1.0)
    kept.forget("a1")
    assert kept.of("a1", 0, 1.0) == []


def test_a_ring_keeps_the_newest_in_order():
    ring = Ring(3)
    assert ring.newest == float("-inf")
    for moment in range(7):
        ring.add(Sample(moment, 0, 0, 0, 0, 0))
        assert ring.newest == moment
    assert [sample.t for sample in ring.since(0)] == [4, 5, 6]
    assert [sample.t for sample in ring.since(5)] == [5, 6]
