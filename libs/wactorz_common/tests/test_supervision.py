"""The restart policy as tables."""

import pytest

from wactorz_common.errors import ConfigError
from wactorz_common.supervision import (
    Death,
    Group,
    History,
    Leave,
    Quarantine,
    Restart,
    RestartPolicy,
    RestartType,
    Strategy,
    decide,
    is_deaf,
    is_outage,
    parse_groups,
    restarted_with,
    silence_limit,
)

POLICY = RestartPolicy()
NOW = 1_000_000.0


def make_death(at=NOW, ran=1.0, code=-9):
    return Death(at=at, started_at=at - ran, code=code)


@pytest.mark.parametrize(
    ("kind", "code", "restarts"),
    [
        (RestartType.PERMANENT, 0, True),
        (RestartType.PERMANENT, 1, True),
        (RestartType.PERMANENT, -9, True),
        (RestartType.PERMANENT, None, True),
        (RestartType.TRANSIENT, 0, False),
        (RestartType.TRANSIENT, 1, True),
        (RestartType.TRANSIENT, None, True),
        (RestartType.TEMPORARY, 0, False),
        (RestartType.TEMPORARY, -9, False),
    ],
)
def test_the_restart_type_says_which_exits_are_faults(kind, code, restarts):
    decision, _ = decide(RestartPolicy(kind=kind), History(), make_death(code=code), 0.5)
    assert isinstance(decision, Restart) is restarts
    assert isinstance(decision, Leave) is not restarts


@pytest.mark.parametrize(
    ("streak", "delay"),
    [(0, 0.0), (1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (5, 8.0), (6, 16.0), (7, 30.0), (8, 30.0), (5000, 30.0)],
)
def test_the_first_restart_is_immediate_and_later_ones_back_off(streak, delay):
    decision, after = decide(POLICY, History(streak=streak), make_death(), 0.5)
    assert decision == Restart(delay)
    assert after.streak == streak + 1


@pytest.mark.parametrize(("chance", "delay"), [(0.0, 0.8), (0.5, 1.0), (1.0, 1.2)])
def test_jitter_spreads_the_delay_by_a_fifth(chance, delay):
    decision, _ = decide(POLICY, History(streak=2), make_death(), chance)
    assert decision == Restart(pytest.approx(delay))


def test_jitter_never_passes_the_cap():
    decision, _ = decide(POLICY, History(streak=20), make_death(), 1.0)
    assert decision == Restart(30.0)


@pytest.mark.parametrize(("ran", "delay"), [(119.9, 8.0), (120.0, 0.0), (5000.0, 0.0)])
def test_a_stable_run_resets_the_back_off(ran, delay):
    decision, _ = decide(POLICY, History(streak=5), make_death(ran=ran), 0.5)
    assert decision == Restart(delay)


def test_the_sixth_death_within_the_window_means_quarantine():
    history, seen = History(), []
    for second in range(6):
        decision, history = decide(POLICY, history, make_death(at=NOW + second), 0.5)
        seen.append(type(decision))
    assert seen == [Restart] * 5 + [Quarantine]
    assert decision == Quarantine(6)
    assert history.quarantined


def test_deaths_outside_the_window_do_not_count():
    history = History()
    for step in range(40):
        decision, history = decide(POLICY, history, make_death(at=NOW + step * 12.1), 0.5)
        assert isinstance(decision, Restart)
    assert len(history.deaths) == 5


def test_limit_and_window_are_settings():
    policy = RestartPolicy(limit=1, window=2.0)
    _, history = decide(policy, History(), make_death(), 0.5)
    assert isinstance(decide(policy, history, make_death(at=NOW + 1.9), 0.5)[0], Quarantine)
    assert isinstance(decide(policy, history, make_death(at=NOW + 2.0), 0.5)[0], Restart)


@pytest.mark.parametrize("history", [History(stopped=True), History(quarantined=True)])
def test_a_persons_stop_and_a_quarantine_are_respected(history):
    decision, after = decide(POLICY, history, make_death(), 0.5)
    assert isinstance(decision, Leave)
    assert after == history


def test_a_clock_set_back_does_not_count_deaths_of_the_future():
    history = History(deaths=tuple(NOW + 3600 + i for i in range(5)))
    decision, after = decide(POLICY, history, make_death(), 0.5)
    assert isinstance(decision, Restart)
    assert after.deaths == (NOW,)


def test_who_hears_nobody_for_a_beat_is_deaf_before_anybody_can_count_as_hung():
    assert not is_deaf(10.5, 10)
    assert is_deaf(silence_limit(10) - 10, 10)


def test_a_hang_is_two_missed_heartbeats():
    assert 22 <= silence_limit(10) <= 25


@pytest.mark.parametrize(
    ("silent", "known", "outage"),
    [(0, 10, False), (5, 10, False), (6, 10, True), (1, 1, False), (2, 2, True), (1, 2, False), (500, 1000, False)],
)
def test_more_than_half_silent_at_once_is_an_outage(silent, known, outage):
    assert is_outage(silent, known) is outage


HOME = Group("home", Strategy.REST_FOR_ONE, ("bridge", "map", "planner"))
CHAT = Group("chat", Strategy.ONE_FOR_ALL, ("main", "llm"))
LOOSE = Group("loose", Strategy.ONE_FOR_ONE, ("a", "b"))


@pytest.mark.parametrize(
    ("dead", "restarted"),
    [
        ("bridge", ("bridge", "map", "planner")), ("map", ("map", "planner")), ("planner", ("planner",)),
        ("llm", ("main", "llm")), ("main", ("main", "llm")), ("a", ("a",)), ("nobody", ("nobody",)),
    ],
)  # fmt: skip
def test_a_group_says_who_is_restarted_with_the_dead(dead, restarted):
    assert restarted_with((HOME, CHAT, LOOSE), dead) == restarted


def test_groups_are_read_from_one_line():
    text = "home = rest-for-one: bridge, map,planner ; chat=one-for-all:main,llm;;loose=one-for-one:a,b"
    assert parse_groups(text) == (HOME, CHAT, LOOSE)
    assert parse_groups("") == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("home", "'home' must look like NAME=STRATEGY:FIRST,SECOND"),
        ("home=one-for-all", "must look like"),
        ("home=one-for-all:a,,b", "must look like"),
        ("=one-for-all:a", "must look like"),
        ("home=all:a,b", "'all' is not a strategy; use one of one-for-one, one-for-all, rest-for-one"),
        ("home=one-for-all:a,a", "a member of home stands twice"),
        ("x=one-for-all:a;x=one-for-one:b", "two groups are called x"),
        ("x=one-for-all:a;y=one-for-one:b,a", "a is in both x and y"),
    ],
)
def test_a_wrong_group_is_named(text, problem):
    with pytest.raises(ConfigError, match=f"^WACTORZ_SUPERVISION_GROUPS: .*{problem}"):
        parse_groups(text)
