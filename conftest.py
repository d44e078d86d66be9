"""Fixtures that every test may use."""

pytest_plugins = ["wactorz_testing.plugin"]
