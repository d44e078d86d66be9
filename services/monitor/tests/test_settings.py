"""Settings of the monitor."""

import pytest

from wactorz_common.errors import ConfigError
from wactorz_common.run import watch_of
from wactorz_common.settings import load
from wactorz_monitor.agent import MonitorAgent
from wactorz_monitor.settings import MonitorSettings


def test_defaults_are_those_of_the_contract():
    settings = load(MonitorSettings)
    assert settings.health_seconds == 15
    assert settings.start_seconds == 15


def test_the_environment_names_them(monkeypatch):
    monkeypatch.setenv("WACTORZ_MONITOR_HEALTH_SECONDS", "3")
    assert load(MonitorSettings).health_seconds == 3


def test_nonsense_is_refused_by_name(monkeypatch):
    monkeypatch.setenv("WACTORZ_MONITOR_HEALTH_SECONDS", "0")
    with pytest.raises(ConfigError, match=r"(?i)health_seconds"):
        load(MonitorSettings)


def test_in_a_container_its_process_ends_when_its_loop_hangs_and_natively_the_runner_sees_to_that(tmp_path):
    assert watch_of(MonitorAgent, MonitorSettings()) is None
    watch = watch_of(MonitorAgent, MonitorSettings(WACTORZ_HEALTH_FILE=str(tmp_path / "health")))
    assert watch is not None
    watch.stop()
