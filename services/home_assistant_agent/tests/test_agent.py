"""What the agent says when Home Assistant is away."""

from pathlib import Path

import pytest

from wactorz_common.contracts.automations import AutomationResult
from wactorz_common.contracts.chat import ChatRequest, Standing
from wactorz_common.contracts.home import SetDemoState, StateQuery
from wactorz_common.errors import Refused
from wactorz_common.handlers import Task
from wactorz_common.run import make_bus
from wactorz_common.store import Store
from wactorz_home_assistant_agent.agent import HomeAssistantAgent, _place_of
from wactorz_home_assistant_agent.chat import Wanted
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


@pytest.mark.parametrize(
    ("person", "session", "place"), [("ann", "s", "ann\ns"), ("", "s", "s"), ("ann", "", ""), ("", "ann\ns", "ann s")]
)
def test_a_conversation_belongs_to_a_person(person: str, session: str, place: str):
    assert _place_of(ChatRequest(text="yes", person=person, conversation_id=session)) == place


@pytest.mark.parametrize(("standing", "sender", "refused"), [("talk", "io-agent", True), ("user", "io-agent", False)])
async def test_who_only_talks_changes_no_automation(tmp_path: Path, standing: Standing, sender: str, refused: bool):
    settings = HomeAssistantAgentSettings.model_validate({"state_dir": tmp_path})
    store = Store(tmp_path / "state.db")
    store.open()
    agent = HomeAssistantAgent(settings, await make_bus(HomeAssistantAgent, settings, store), store)
    written = []

    async def write(*given: object) -> AutomationResult:
        written.append(given)
        return AutomationResult(status="done", text="Deleted.")

    agent._write_for_chat = write  # type: ignore[method-assign]
    request = ChatRequest(text="delete automation x", person="ann", standing=standing)
    answer = await agent._obey_chat(Wanted("delete", "x"), request, Task("t", "x", agent.name, sender))
    assert (answer.status == "failed", not written) == (refused, refused)
    assert ("may only talk" in answer.text) == refused
    await store.close()
