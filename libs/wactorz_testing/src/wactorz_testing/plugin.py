"""The pytest plug-in: makes the fixtures of this package known to every test, and says which tests are live."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from wactorz_common.language import speaking
from wactorz_testing.broker import broker
from wactorz_testing.home_assistant import real_home_assistant
from wactorz_testing.mortal_home import mortal_home_assistant
from wactorz_testing.stores import store

__all__ = [
    "broker", "mortal_home_assistant", "nobody_s_language", "pytest_addoption", "pytest_collection_modifyitems",
    "pytest_configure", "real_home_assistant", "store",
]  # fmt: skip

_LIVE = ("broker", "home_assistant", "e2e", "chaos", "docker", "sandbox", "browser")
_TRACED = ("libs/wactorz_common/", "tests/integration/")
"""Tests whose lines are counted when coverage is measured: tracing slows all others for nothing."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where a list of failed tests goes, and what of such a list is run again."""
    parser.addoption("--failed-to", type=Path, help="write each failed test into this file, after `live` or `still`")
    parser.addoption(
        "--again", type=Path, help="run the modules of such a file alone: their tests tell a story in order"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Note failures where somebody asked for them; with xdist only the process that gathers the reports does."""
    target: Path | None = config.getoption("--failed-to")
    if target is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Failures(target), "wactorz-failures")


@pytest.fixture(autouse=True)
def nobody_s_language() -> Iterator[None]:
    """Every test begins in nobody's language, whatever the one before it spoke."""
    with speaking(""):
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests against live processes, which get a second run in CI, and those that no coverage is wanted of."""
    listed: Path | None = config.getoption("--again")
    if listed is not None:
        modules = {line.split(" ", 1)[1].split("::")[0] for line in listed.read_text().splitlines()}
        others = [item for item in items if item.nodeid.split("::")[0] not in modules]
        items[:] = [item for item in items if item.nodeid.split("::")[0] in modules]
        config.hook.pytest_deselected(items=others)
    for item in items:
        if any(item.get_closest_marker(name) for name in _LIVE):
            item.user_properties.append(("live", True))
            if os.environ.get("CI"):
                item.add_marker(pytest.mark.flaky(reruns=1, reruns_delay=2))
        if not item.nodeid.startswith(_TRACED):
            item.add_marker(pytest.mark.no_cover)


@pytest.fixture(autouse=True)
def nobody_speaks() -> Iterator[None]:
    """No test hears the language that one before it spoke."""
    with speaking(""):
        yield


class Failures:
    """The tests that failed in the end, each with whether it is live."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._lines: dict[str, str] = {}

    def pytest_sessionfinish(self) -> None:
        """Write the list, empty when all passed."""
        self._write()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failed test at once; what is run again has another outcome until its last run."""
        if report.failed:
            self._lines[report.nodeid] = "live" if ("live", True) in report.user_properties else "still"
            self._write()

    def _write(self) -> None:
        self._target.parent.mkdir(parents=True, exist_ok=True)
        self._target.write_text("".join(f"{kind} {name}\n" for name, kind in self._lines.items()))
