"""The state of an agent, for a test of what keeps something in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from wactorz_common.store import Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An open, empty store in the test's folder."""
    opened = Store(tmp_path / "state.db")
    opened.open()
    yield opened
    await opened.close()
