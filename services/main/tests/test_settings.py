import pytest

from wactorz_common.errors import ConfigError
from wactorz_common.settings import load
from wactorz_main.settings import MainSettings


def test_values_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("WACTORZ_MAIN_LANGUAGE", "de")
    assert load(MainSettings).language == "de"


def test_negative_history_is_refused(monkeypatch):
    monkeypatch.setenv("WACTORZ_MAIN_HISTORY_TURNS", "-1")
    with pytest.raises(ConfigError, match="WACTORZ_MAIN_HISTORY_TURNS"):
        load(MainSettings)
