import os
import signal

import pytest

from wactorz_common import failpoints
from wactorz_common.errors import ConfigError
from wactorz_common.failpoints import FAILPOINTS, configure, failpoint


@pytest.fixture(autouse=True)
def _disarmed():
    yield
    configure("")


@pytest.fixture
def kills(monkeypatch):
    sent = []
    monkeypatch.setattr(failpoints.os, "kill", lambda pid, number: sent.append((pid, number)))
    return sent


def test_there_are_enough_and_each_is_named_once():
    assert len(FAILPOINTS) >= 12
    assert len(set(FAILPOINTS)) == len(FAILPOINTS)


@pytest.mark.parametrize("name", FAILPOINTS)
def test_nothing_happens_unless_configured(name, kills):
    failpoint(name)
    assert kills == []


@pytest.mark.parametrize("name", FAILPOINTS)
def test_the_nth_hit_kills_this_process(name, kills):
    configure(f"{name}:3")
    for _ in range(5):
        failpoint(name)
    assert kills == [(os.getpid(), signal.SIGKILL)]


def test_a_probability_kills_about_that_often(kills, monkeypatch):
    configure("outbox.before_publish:0.25, inbox.after_done_commit:0")
    chances = iter([0.1, 0.24, 0.25, 0.9, 0.0])
    monkeypatch.setattr(failpoints.random, "random", lambda: next(chances))
    for _ in range(4):
        failpoint("outbox.before_publish")
    failpoint("inbox.after_done_commit")
    assert len(kills) == 2


def test_an_unknown_name_is_refused_everywhere():
    with pytest.raises(ConfigError, match="not declared"):
        failpoint("outbox.nowhere")
    with pytest.raises(ConfigError, match="which is none of"):
        configure("outbox.nowhere:1")


@pytest.mark.parametrize(
    "spec", ["store.before_commit", "store.before_commit:x", "store.before_commit:-1", "store.before_commit:1.5"]
)
def test_a_wrong_value_is_refused_and_changes_nothing(spec, kills):
    with pytest.raises(ConfigError, match="probability below 1"):
        configure(spec)
    failpoint("store.before_commit")
    assert kills == []


def test_an_empty_configuration_disarms(kills):
    configure("store.before_commit:1")
    configure("")
    failpoint("store.before_commit")
    assert kills == []
