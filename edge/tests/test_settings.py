"""Settings of the runner."""

from wactorz_common.settings import load
from wactorz_edge.settings import EdgeSettings


def test_the_defaults_are_those_of_the_policy():
    settings = load(EdgeSettings)
    assert (settings.policy.limit, settings.policy.window) == (5, 60)
    assert settings.node_name == "local"
    assert settings.address == "http://127.0.0.1:8080"


def test_the_environment_names_them(monkeypatch):
    for name, value in {
        "WACTORZ_RESTART_LIMIT": "9", "WACTORZ_RESTART_WINDOW": "7.5", "WACTORZ_NODE": "garage",
        "WACTORZ_HTTP_PORT": "81",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    settings = load(EdgeSettings)
    assert (settings.policy.limit, settings.policy.window, settings.node_name) == (9, 7.5, "garage")
    assert settings.address.endswith(":81")
