"""Events and lists of the engine in our words."""

import pytest

from wactorz_common.supervision import History, RestartType
from wactorz_monitor.container_facts import (
    Unit,
    fact_of,
    hung,
    is_live,
    moment,
    name_of,
    newest,
    process_of,
    recalled,
    unit_of,
    wish_of,
)

LABELS = {
    "com.docker.compose.service": "llm", "com.docker.compose.container-number": "1",
    "com.docker.compose.oneoff": "False", "wactorz.supervised": "true",
}  # fmt: skip


@pytest.mark.parametrize(
    ("labels", "name"),
    [
        ({}, "llm"),
        ({"com.docker.compose.container-number": "3"}, "llm-3"),
        ({"wactorz.supervised": "false"}, None),
        ({"com.docker.compose.oneoff": "True"}, None),
        ({"com.docker.compose.service": ""}, None),
    ],
)
def test_names_of_supervised_containers(labels, name):
    assert name_of({**LABELS, **labels}) == name


def test_an_event_becomes_a_fact():
    event = {
        "Type": "container", "Action": "die", "timeNano": 1_500_000_000,
        "Actor": {"ID": "abc", "Attributes": {**LABELS, "exitCode": "137"}},
    }  # fmt: skip
    fact = fact_of(event)
    assert (fact.action, fact.name, fact.container, fact.at, fact.code) == ("die", "llm", "abc", 1.5, 137)
    killed = fact_of({**event, "Action": "kill", "Actor": {"ID": "abc", "Attributes": {**LABELS, "signal": "9"}}})
    assert (killed.is_kill, killed.code) == (True, None)


@pytest.mark.parametrize("event", [{}, {"Type": "network"}, {"Type": "container"}, {"Type": "container", "Actor": {}}])
def test_other_events_are_none(event):
    assert fact_of(event) is None


def test_a_unit_knows_its_labels():
    unit = unit_of(
        "llm", "abc",
        {"wactorz.order": "5", "wactorz.restart": "transient", "com.docker.compose.depends_on": "a:started:false,b:x:true"},
    )  # fmt: skip
    assert (unit.order, unit.kind, unit.depends) == (5, RestartType.TRANSIENT, ("a", "b"))
    odd = unit_of("llm", "abc", {"wactorz.order": "first", "wactorz.restart": "always"})
    assert (odd.order, odd.kind, odd.depends) == (100, RestartType.PERMANENT, ())


def test_the_running_or_else_the_newest_container_counts():
    old = {"Id": "old", "State": "exited", "Created": 1, "Labels": LABELS}
    new = {"Id": "new", "State": "created", "Created": 2, "Labels": LABELS}
    live = {"Id": "live", "State": "paused", "Created": 0, "Labels": LABELS}
    assert newest([old, new, {"Id": "x", "Labels": None}])["llm"]["Id"] == "new"
    assert newest([old, live, new])["llm"]["Id"] == "live"
    assert [is_live(entry) for entry in (old, new, live)] == [False, False, True]


def test_states_in_the_words_of_a_runner():
    unit = Unit("llm", "abc")
    assert unit.state == "backoff"
    unit.down = False
    assert unit.state == "running"
    unit.history = History(stopped=True)
    assert (unit.state, unit.is_wanted) == ("stopped", False)
    unit.history = History(quarantined=True)
    assert (unit.state, unit.is_wanted) == ("quarantined", False)


def test_what_is_kept_comes_back():
    unit = Unit("llm", "abc", history=History((1.0, 2.0), 2, stopped=True), own_stop=(5.0, 6.0))
    assert recalled("llm", wish_of(unit, is_confirmed=True), 9.0).history == unit.history
    assert recalled("llm", wish_of(unit, is_confirmed=False), 9.0).is_wanted
    assert recalled("llm", wish_of(unit, is_confirmed=True), 9.0).own_stop == (5.0, 6.0)
    unit.own_stop = (5.0, float("inf"))
    assert recalled("llm", wish_of(unit, is_confirmed=True), 9.0).own_stop == (5.0, 9.0)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1970-01-01T00:01:00.123456789Z", 60.0), ("0001-01-01T00:00:00Z", 0.0), ("", 0.0), (None, 0.0)],
)
def test_times_of_the_engine(text, seconds):
    assert moment(text) == seconds


def test_who_hangs_and_when_it_is_too_many():
    units = [Unit(name, name, down=False) for name in ("a", "b", "c", "d")]
    units[0].paused_at, units[1].sick_at = 10.0, 10.0
    assert hung(units, 20.0, 15.0, ("a", "b")) == []
    assert hung(units, 30.0, 15.0, ("a", "b")) == [("a", "it has been paused for 20 s")]
    assert hung(units, 30.0, 15.0, ()) == [("a", "it has been paused for 20 s"), ("b", "its health check fails")]
    units[2].sick_at = 10.0
    assert hung(units, 30.0, 15.0, ()) == []
    units[0].busy = units[1].down = True
    assert hung(units, 30.0, 15.0, ("c",)) == []


def test_a_unit_as_a_process():
    info = process_of(Unit("llm", "abc", down=False, restarts=2, started_at=5.0))
    assert (info.name, info.state, info.restarts, info.started_at, info.pid) == ("llm", "running", 2, 5.0, 0)
