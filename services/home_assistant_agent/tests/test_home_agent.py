"""The registry with live states, and what is said when Home Assistant or the map agent is away."""

from pathlib import Path

import pytest

from wactorz_common.contracts.home import GET_HOUSE, Entity, House
from wactorz_common.contracts.llm import COMPLETE, Completion, CompletionResult, ModelMessage
from wactorz_common.errors import AskTimeout, Refused, TransportError
from wactorz_common.handlers import Task
from wactorz_common.house import PackedHouse
from wactorz_common.run import make_bus
from wactorz_common.store import Store
from wactorz_home_assistant import CallRefused, State
from wactorz_home_assistant_agent.agent import HomeAssistantAgent
from wactorz_home_assistant_agent.home_agent import in_words
from wactorz_home_assistant_agent.settings import HomeAssistantAgentSettings

LIGHT, GONE = "light.kitchen", "light.gone"
HOUSE = House(version=3, entities=(Entity(entity_id=LIGHT, name="Kitchen light", state="off", area_id="kitchen"),
                                   Entity(entity_id=GONE, name="Gone")))  # fmt: skip


@pytest.fixture
async def agent(tmp_path: Path):
    settings = HomeAssistantAgentSettings.model_validate({"state_dir": tmp_path, "ha_url": "http://127.0.0.1:9"})
    store = Store(tmp_path / "state.db")
    store.open()
    made = HomeAssistantAgent(settings, await make_bus(HomeAssistantAgent, settings, store), store)
    made._live = {LIGHT: State(LIGHT, "on", {"friendly_name": "Kitchen light", "brightness": 80})}
    yield made
    await store.close()


async def test_the_registry_shows_live_states_and_leaves_out_what_is_gone(agent):
    async def ask(operation, query, *, timeout, trace_id):
        assert (operation, trace_id) == (GET_HOUSE, "trace")
        return PackedHouse.of(HOUSE).part(query)

    agent.ask = ask
    house = await agent._house(Task("t", "x", agent.name, trace_id="trace"))
    [light] = house.entities
    assert (house.version, light.area_id, light.state, light.attributes["brightness"]) == (3, "kitchen", "on", 80)


async def test_without_the_map_agent_the_states_alone_are_told(agent):
    async def ask(*_arguments, **_more):
        raise AskTimeout("nobody answers")

    agent.ask = ask
    house = await agent._house(Task("t", "x", agent.name))
    assert (house.version, [entity.name for entity in house.entities]) == (0, ["Kitchen light"])


async def test_the_model_is_asked_within_the_time_of_the_task(agent):
    asked = []

    async def ask(operation, _question, *, timeout, trace_id):
        asked.append((operation, timeout))
        return CompletionResult(text="yes", provider="p", model="m")

    agent.ask = ask
    question = Completion(purpose="test", messages=(ModelMessage(role="user", content="hi"),))
    result = await agent._complete(question, Task("t", "x", agent.name))
    assert result.text == "yes"
    assert asked[0][0] is COMPLETE
    assert 1.0 <= asked[0][1] <= 60.0


@pytest.mark.parametrize("error", [TransportError("It cannot be reached"), CallRefused("It cannot be reached")])
async def test_what_home_assistant_says_becomes_the_refusal(error):
    @in_words
    async def handler(_agent, _request, _task):
        raise error

    with pytest.raises(Refused, match="It cannot be reached"):
        await handler(None, None, None)
