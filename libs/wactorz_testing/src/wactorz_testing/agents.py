"""Run agents inside a test: real store, real broker, the same way as in their own processes."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeVar

from wactorz_common.agent import Agent
from wactorz_common.run import make_bus, open_store
from wactorz_common.settings import AgentSettings
from wactorz_testing.broker import TestBroker

A = TypeVar("A", bound=Agent[Any])


@contextlib.asynccontextmanager
async def running(
    agent_class: type[A], broker: TestBroker, state_dir: Path, settings_class: type[AgentSettings] = AgentSettings,
    **values: Any,
) -> AsyncIterator[A]:  # fmt: skip
    """A started agent that is connected to the broker; stopped at the end. `values` are settings by field name."""
    settings = settings_class.model_validate(
        {"state_dir": state_dir, "mqtt_host": broker.host, "mqtt_port": broker.port, **values}
    )
    store = open_store(agent_class, settings)
    agent = agent_class(settings, await make_bus(agent_class, settings, store), store)
    await agent.start()
    await agent.bus.wait_connected(5)
    try:
        yield agent
    finally:
        await agent.stop()
        await store.close()
