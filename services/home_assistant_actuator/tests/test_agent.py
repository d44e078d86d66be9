"""What the agent keeps and declares."""

from pathlib import Path

import pytest

from wactorz_common.contracts._channel import Nothing
from wactorz_common.contracts.home import ACTUATIONS, Actuation, ServiceCall
from wactorz_common.contracts.policy import AuditNote, AuditQuery
from wactorz_common.contracts.spawning import APPROVAL_EVENTS
from wactorz_common.contracts.system import HALT, HaltRequest
from wactorz_common.errors import ConfigError, Refused
from wactorz_common.handlers import Task
from wactorz_common.run import make_bus
from wactorz_common.store import Store
from wactorz_home_assistant_actuator.agent import HomeAssistantActuatorAgent
from wactorz_home_assistant_actuator.settings import HomeAssistantActuatorSettings

LIGHT = Actuation(calls=(ServiceCall(domain="light", service="turn_on", entity_id=("light.a",)),))


async def make_agent(tmp_path: Path, store: Store, url: str = "http://127.0.0.1:9") -> HomeAssistantActuatorAgent:
    settings = HomeAssistantActuatorSettings.model_validate({"state_dir": tmp_path, "ha_url": url})
    return HomeAssistantActuatorAgent(settings, await make_bus(HomeAssistantActuatorAgent, settings, store), store)


def make_task(sender: str = "main") -> Task:
    return Task("t", "actuate", "home-assistant-actuator", sender, deadline_at=2e9)


async def test_a_halt_survives_a_restart(tmp_path: Path, store: Store):
    agent = await make_agent(tmp_path, store)
    agent._audit.open()
    result = await agent.on_set_halt(HaltRequest(halted=True, by="owner"), make_task())
    assert result.halted
    agent = await make_agent(tmp_path, store)
    with pytest.raises(Refused, match="Everything is stopped"):
        await agent.on_actuate(LIGHT, make_task())
    with pytest.raises(Refused, match="Only a person"):
        await agent.on_set_halt(HaltRequest(halted=False), make_task("some-agent"))
    assert not (await agent.on_set_halt(HaltRequest(halted=False), make_task())).halted


async def test_who_stopped_everything_is_told_and_kept(tmp_path: Path, store: Store):
    agent = await make_agent(tmp_path, store)
    agent._audit.open()
    untouched = await agent.on_get_halt(Nothing(), make_task())
    assert (untouched.halted, untouched.by, untouched.since) == (False, "", None)
    await agent.on_set_halt(HaltRequest(halted=True, by="ann"), make_task())
    agent = await make_agent(tmp_path, store)
    agent._audit.open()
    state = await agent.on_get_halt(Nothing(), make_task())
    assert (state.halted, state.by) == (True, "ann")
    await agent.on_set_halt(HaltRequest(halted=False), make_task())
    released = await agent.on_get_halt(Nothing(), make_task())
    assert (released.halted, released.by) == (False, "main")
    assert state.since is not None
    assert released.since is not None
    assert released.since >= state.since


async def test_speaks_only_of_what_it_did():
    assert HomeAssistantActuatorAgent.publishes == (ACTUATIONS, APPROVAL_EVENTS, HALT)
    assert HomeAssistantActuatorAgent.protected


async def test_a_wrong_address_is_a_setting_to_mend(tmp_path: Path, store: Store):
    with pytest.raises(ConfigError, match="HA_URL"):
        await make_agent(tmp_path, store, "nonsense")


async def test_only_the_agent_that_writes_automations_notes_them(tmp_path: Path, store: Store):
    agent = await make_agent(tmp_path, store)
    agent._audit.open()
    note = AuditNote(verdict="create", name="Morning", automation_id="a1", person="ann", entity_ids=("light.a",))
    with pytest.raises(Refused, match="Only home-assistant-agent"):
        await agent.on_note_audit(note, make_task("owl"))
    await agent.on_note_audit(note, make_task("home-assistant-agent"))
    lines = (await agent.on_list_audit(AuditQuery(), make_task())).lines
    assert [(line.kind, line.detail["verdict"], line.person) for line in lines] == [
        ("automation", "create", "ann"), ("automation", "refused", ""),
    ]  # fmt: skip
    assert (await agent.on_verify_audit(Nothing(), make_task())).intact
