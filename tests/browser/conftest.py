"""Chromium and a running system for the tests of this folder."""

import re
import subprocess
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from wactorz_testing import chromium
from wactorz_testing.chromium import rigs
from wactorz_testing.system import System, started

from .window import Theater, Window, theater

ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = ROOT / ".artifacts"

NO_NODE = 3
PASSED = pytest.StashKey[bool]()

OpenWindow = Callable[..., Window]


@pytest.fixture(scope="session")
def built_page() -> Path:
    """The folder of the dashboard as it is now; skipped where it cannot be built and the machine need not test it."""
    done = subprocess.run(
        [ROOT / "scripts" / "spa", "build", "--strict"], capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode == NO_NODE and not rigs(ROOT).exists():
        pytest.skip(done.stderr)
    assert done.returncode == 0, done.stderr
    return ROOT / "spa" / "dist"


@pytest.fixture(scope="session")
def stage(built_page: Path) -> Iterator[Theater]:  # there must be something to show
    """One Chromium for all tests."""
    chromium.needed(ROOT)
    with theater() as running:
        yield running


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory, stage: Theater) -> Iterator[System]:
    """The whole system with the demo home; service calls are written to `calls` beside its state."""
    folder = tmp_path_factory.mktemp("wactorz")
    with started(folder / "state", WACTORZ_DEMO_HOME_CALL_LOG=str(folder / "calls")) as running:
        yield running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember how a test went, for the windows that it opened."""
    report = yield
    if report.when == "call":
        item.stash[PASSED] = report.passed
    return report


@pytest.fixture
def open_window(stage: Theater, request: pytest.FixtureRequest) -> Iterator[OpenWindow]:
    """Opens windows; what their consoles complain about fails the test, and what failed leaves a picture and a trace."""
    opened: list[Window] = []

    def open_one(url: str, **options: Any) -> Window:
        opened.append(stage.open(url, trace=True, **options))
        return opened[-1]

    yield open_one
    folder = ARTIFACTS / "browser" / re.sub(r"\W+", "-", request.node.name)
    passed = request.node.stash.get(PASSED, True)
    unexpected = [problem for window in opened for problem in window.unexpected()]
    for number, window in enumerate(opened):
        if unexpected or not passed:
            window.keep(folder / str(number))
        window.close()
    assert unexpected == []


@pytest.fixture
def window(open_window: OpenWindow, system: System) -> Window:
    """A window for the dashboard of the system."""
    return open_window(system.url)
