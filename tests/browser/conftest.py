"""Chromium and a running system for the tests of this folder."""

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from wactorz_testing import chromium
from wactorz_testing.system import System, started

from .window import Theater, Window, theater

ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = ROOT / ".artifacts"

OpenWindow = Callable[..., AbstractContextManager[Window]]


@pytest.fixture(scope="session")
def built_page() -> Path:
    """The folder of the dashboard as it is now; skipped where it cannot be built and the machine need not test it."""
    done = subprocess.run(
        [ROOT / "scripts" / "spa", "build", "--strict"], capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode:
        (pytest.fail if (ROOT.parent / "shared" / "rigs").exists() else pytest.skip)(done.stderr)
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


@pytest.fixture
def kept_in(request: pytest.FixtureRequest) -> Path:
    """Where a failing test leaves its picture and trace."""
    return ARTIFACTS / "browser" / re.sub(r"\W+", "-", request.node.name)


@pytest.fixture
def window(stage: Theater, system: System, kept_in: Path) -> Iterator[Window]:
    """A window on the dashboard; whatever its console complains about fails the test."""
    with stage.window(system.url, kept_in) as opened:
        yield opened
        assert opened.unexpected() == []
