"""Settings of the monitor."""

import pytest

from wactorz_common.errors import ConfigError
from wactorz_common.settings import load
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
