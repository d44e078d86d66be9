"""What the agent keeps and whom it believes, before anything reaches Home Assistant."""

from pathlib import Path

import pytest

from wactorz_common.contracts.automations import AutomationQuery, CreateAutomation
from wactorz_common.contracts.spawning import ApprovalQuery, Decision
from wactorz_common.contracts.system import HaltRequest
from wactorz_common.errors import Refused
from wactorz_common.handlers import Task
from wactorz_common.run import make_bus
from wactorz_common.store import Store
from wactorz_home_assistant_agent.agent import HomeAssistantAgent
from wactorz_home_assistant_agent.settings import HomeAssistantAgentSettings


@pytest.fixture
async def agent(tmp_path: Path):
    settings = HomeAssistantAgentSettings.model_validate(
        {"state_dir": tmp_path, "ha_url": "http://127.0.0.1:9", "connect_wait_seconds": 0.01}
    )
    store = Store(tmp_path / "state.db")
    store.open()
    yield HomeAssistantAgent(settings, await make_bus(HomeAssistantAgent, settings, store), store)
    await store.close()


@pytest.mark.parametrize("sender", ["main", "owl", "monitor", ""])
async def test_only_the_gateway_decides_an_approval(agent, sender):
    decision = Decision(id="a1", decision="approve", by="owner")
    with pytest.raises(Refused):
        await agent.on_decide_approval(decision, Task("t", "x", agent.name, sender=sender))
    listed = await agent.on_list_approvals(ApprovalQuery(all=True), Task("t", "x", agent.name))
    assert listed.approvals == ()


async def test_with_home_assistant_away_nothing_is_listed_or_written_and_the_person_is_told(agent):
    sentence = r"Home Assistant at http://127\.0\.0\.1:9 cannot be reached"
    with pytest.raises(Refused, match=sentence):
        await agent.on_list_automations(AutomationQuery(), Task("t", "x", agent.name))
    with pytest.raises(Refused, match=sentence):
        await agent.on_create_automation(CreateAutomation(task="at 7 light on"), Task("t2", "x", agent.name))


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
