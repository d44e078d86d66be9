"""What the agent says when Home Assistant is away."""

from pathlib import Path

import pytest

from wactorz_common.contracts.chat import ChatRequest
from wactorz_common.contracts.home import SetDemoState, StateQuery
from wactorz_common.contracts.system import HaltRequest
from wactorz_common.errors import Refused
from wactorz_common.handlers import Task
from wactorz_common.run import make_bus
from wactorz_common.store import Store
from wactorz_home_assistant_agent.agent import HomeAssistantAgent
from wactorz_home_assistant_agent.settings import HomeAssistantAgentSettings


async def test_away(tmp_path: Path):
    settings = HomeAssistantAgentSettings.model_validate(
        {"state_dir": tmp_path, "ha_url": "http://127.0.0.1:9", "connect_wait_seconds": 0.01}
    )
    store = Store(tmp_path / "state.db")
    store.open()
    agent = HomeAssistantAgent(settings, await make_bus(HomeAssistantAgent, settings, store), store)
    task = Task("t", "x", agent.name)
    sentence = r"Home Assistant at http://127\.0\.0\.1:9 cannot be reached"
    with pytest.raises(Refused, match=sentence):
        await agent.on_get_states(StateQuery(), task)
    with pytest.raises(Refused, match=sentence):
        await agent.on_set_demo_state(SetDemoState(entity_id="sensor.a", state="1"), task)
    with pytest.raises(Refused, match=sentence):
        await agent.on_chat(ChatRequest(text="list lights"), task)
    await store.close()


async def test_a_stop_is_kept_and_only_people_end_it(tmp_path: Path):
    settings = HomeAssistantAgentSettings.model_validate(
        {"state_dir": tmp_path, "ha_url": "http://127.0.0.1:9", "connect_wait_seconds": 0.01}
    )
    store = Store(tmp_path / "state.db")
    store.open()
    agent = HomeAssistantAgent(settings, await make_bus(HomeAssistantAgent, settings, store), store)
    assert (await agent.on_set_halt(HaltRequest(halted=True), Task("t", "x", agent.name))).halted is True
    await store.close()
    store = Store(tmp_path / "state.db")
    store.open()
    agent = HomeAssistantAgent(settings, await make_bus(HomeAssistantAgent, settings, store), store)
    with pytest.raises(Refused, match="Only a person"):
        await agent.on_set_halt(HaltRequest(halted=False), Task("t2", "x", agent.name, sender="owl"))
    assert agent._is_halted()
    assert (
        await agent.on_set_halt(HaltRequest(halted=False), Task("t3", "x", agent.name, sender="main"))
    ).halted is False
    await store.close()
