import pytest

from wactorz_common.errors import ConfigError
from wactorz_common.settings import load
from wactorz_planner.settings import PlannerSettings


def test_values_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("WACTORZ_PLANNER_FIRING_SECONDS", "5")
    assert load(PlannerSettings).firing_seconds == 5
    assert load(PlannerSettings).max_rules == 5_000


def test_nonsense_is_named(monkeypatch):
    monkeypatch.setenv("WACTORZ_PLANNER_MAX_RULES", "many")
    with pytest.raises(ConfigError, match="WACTORZ_PLANNER_MAX_RULES"):
        load(PlannerSettings)
