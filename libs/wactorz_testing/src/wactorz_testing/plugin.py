"""The pytest plug-in: makes the fixtures of this package known to every test."""

import os

import pytest

from wactorz_testing.broker import broker
from wactorz_testing.home_assistant import real_home_assistant
from wactorz_testing.mortal_home import mortal_home_assistant
from wactorz_testing.stores import store

__all__ = ["broker", "mortal_home_assistant", "pytest_collection_modifyitems", "real_home_assistant", "store"]

_LIVE = ("broker", "home_assistant", "e2e", "chaos", "docker", "sandbox", "browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In CI a test against live processes gets a second run, because its machine is shared; the report names each."""
    if os.environ.get("CI"):
        for item in items:
            if any(item.get_closest_marker(name) for name in _LIVE):
                item.add_marker(pytest.mark.flaky(reruns=1, reruns_delay=2))
