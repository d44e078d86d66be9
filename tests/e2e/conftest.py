"""A running system for the tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from wactorz_testing.system import System, started


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The whole system with the demo home, without a key; service calls are written to `calls` beside its state."""
    folder: Path = tmp_path_factory.mktemp("wactorz")
    with started(folder / "state", WACTORZ_DEMO_HOME_CALL_LOG=str(folder / "calls")) as running:
        yield running
