"""Makes the fixture of a real Home Assistant known to the contract tests."""

import pytest

PLUGIN = "wactorz_testing.home_assistant"


def pytest_configure(config: pytest.Config) -> None:
    """Register the fixture once for the whole run, so that one Home Assistant serves every test."""
    if not config.pluginmanager.has_plugin(PLUGIN):
        config.pluginmanager.import_plugin(PLUGIN)
