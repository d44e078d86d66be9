import pytest
from pydantic import ValidationError

from wactorz_notifier.settings import NotifierSettings


def test_hours_are_checked_at_the_start(monkeypatch):
    monkeypatch.setenv("WACTORZ_NOTIFIER_QUIET_HOURS", " 22:00-06:00 ")
    assert NotifierSettings().quiet_hours == "22:00-06:00"
    monkeypatch.setenv("WACTORZ_NOTIFIER_QUIET_HOURS", "at night")
    with pytest.raises(ValidationError, match="22:00-06:00"):
        NotifierSettings()
