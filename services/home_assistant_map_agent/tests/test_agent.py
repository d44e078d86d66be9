"""Where the map agent may speak, and what it says before it knows anything."""

from pathlib import Path

import pytest

from wactorz_common.contracts.home import HOME_MAP, HomeMap, HouseQuery
from wactorz_common.errors import ContractError, Refused
from wactorz_common.handlers import Task
from wactorz_common.run import make_bus
from wactorz_common.store import Store
from wactorz_home_assistant_map_agent.agent import HomeAssistantMapAgent, configured_channel
from wactorz_home_assistant_map_agent.settings import HomeAssistantMapAgentSettings


def test_the_usual_channel():
    assert configured_channel(HomeAssistantMapAgentSettings.model_validate({})) == HOME_MAP


async def test_only_the_configured_topic(tmp_path: Path):
    settings = HomeAssistantMapAgentSettings.model_validate(
        {"state_dir": tmp_path, "ha_url": "http://127.0.0.1:9", "output_topic": "custom/map"}
    )
    store = Store(tmp_path / "state.db")
    store.open()
    agent = HomeAssistantMapAgent(settings, await make_bus(HomeAssistantMapAgent, settings, store), store)
    update = HomeMap(timestamp=1.0)
    await agent.publish(configured_channel(settings), update)
    with pytest.raises(ContractError, match="does not declare"):
        await agent.publish(HOME_MAP, update)
    with pytest.raises(Refused, match=r"Home Assistant at http://127\.0\.0\.1:9 cannot be reached"):
        await agent.on_get_house(HouseQuery(), Task("t", "get_house", agent.name, deadline_at=1.0))
    await store.close()
