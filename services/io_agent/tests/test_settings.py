import pytest

from wactorz_common.errors import ConfigError
from wactorz_common.settings import load
from wactorz_io_agent.settings import IoAgentSettings


def test_values_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("WACTORZ_IO_AGENT_SESSION_LIMIT", "9")
    assert load(IoAgentSettings).session_limit == 9


def test_limit_of_zero_is_refused(monkeypatch):
    monkeypatch.setenv("WACTORZ_IO_AGENT_SESSION_LIMIT", "0")
    with pytest.raises(ConfigError, match="WACTORZ_IO_AGENT_SESSION_LIMIT"):
        load(IoAgentSettings)
