"""What the gateway keeps over a restart, all of it together."""

import pytest

from wactorz_common.contracts.lifecycle import AgentLog, AgentMetrics, Heartbeat
from wactorz_common.store import Store
from wactorz_gateway.keeping import Keeping
from wactorz_gateway.remembering import remember

from .test_app import make_app

AGENT = "id-lamp"


@pytest.fixture
async def store(tmp_path):
    made = Store(tmp_path / "state.db")
    made.open()
    yield made
    await made.close()


def hear(parts, payload):
    """What the agent does with a message from the bus."""
    change = parts.registry.apply(payload, AGENT, parts.now())
    parts.logs.add(payload, AGENT, parts.registry.name_of(AGENT))
    remember(parts, payload, change, parts.now())


async def test_all_is_there_again(tmp_path, store):
    parts = make_app(tmp_path / "one").state.parts
    keeping = Keeping(parts, store)
    assert await keeping.load() == ""
    hear(parts, Heartbeat(actor_id=AGENT, name="lamp", timestamp=0, state="running", memory_mb=7.0))
    hear(parts, AgentMetrics(actor_id=AGENT, messages_processed=3))
    hear(parts, AgentLog(type="log", message="on", timestamp=parts.now()))
    await keeping.all()
    again = make_app(tmp_path / "two").state.parts
    assert await Keeping(again, store).load() == ""
    assert again.registry.name_of(AGENT) == "lamp"
    assert [entry.message for entry in again.feed.newest(5)[0]] == ["on"]
    assert [entry.message for entry in again.logs.of("lamp")] == ["on"]
    (sample,) = again.histories.of(AGENT, 0, again.now())
    assert (sample.memory_mb, sample.messages_processed) == (7.0, 3.0)


async def test_charts_that_cannot_be_read_are_told_and_the_rest_is_there(tmp_path, store):
    parts = make_app(tmp_path / "one").state.parts
    keeping = Keeping(parts, store)
    await keeping.load()
    hear(parts, Heartbeat(actor_id=AGENT, name="lamp", timestamp=0, state="running"))
    await keeping.all()
    await store.write(lambda one: one.execute("UPDATE histories_version SET version = 9"))
    again = make_app(tmp_path / "two").state.parts
    assert "version 9" in await Keeping(again, store).load()
    assert again.registry.name_of(AGENT) == "lamp"
