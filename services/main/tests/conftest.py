import pytest

from wactorz_common.store import Store

from .turn_doubles import FakeAgent


@pytest.fixture
async def agent(tmp_path):
    store = Store(tmp_path / "state.db")
    store.open()
    made = FakeAgent(store)
    await made.memory.open()
    await made.history.open()
    await made.sessions.open()
    await made.facts.open()
    yield made
    await store.close()
