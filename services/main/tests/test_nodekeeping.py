"""Other machines are told to end, the main one never."""

import pytest

from wactorz_common.contracts.spawning import Done, NodeReport, NodeReports, SpawnedAgent, SpawnedAgents
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import AskTimeout
from wactorz_main.fleet import Fleet
from wactorz_main.nodekeeping import Nodekeeping

from .turn_doubles import errand_of


def node(name, *, online=True):
    return NodeReport(node=name, online=online, last_seen=1)


def spawned(name, where):
    return SpawnedAgent(
        name=name, agent_id=name, type="dynamic", node=where, wanted="running", actual="running", created_at=1,
        updated_at=1,
    )  # fmt: skip


@pytest.fixture
def keep(agent):
    agent.answers = {
        "list_nodes": NodeReports(nodes=(node("hub"), node("attic"), node("shed", online=False))),
        "list_spawned": SpawnedAgents(
            agents=(spawned("cam", "attic"), spawned("rain", "shed"), spawned("tide", "hub"))
        ),
    }
    agent.ends["manage_agent"] = (TaskState.DONE, Done(text="Gone."), None)
    errand = errand_of(agent)
    return Nodekeeping(errand, Fleet(agent, errand.task, "ann"))


async def test_machines_are_listed(keep):
    text = (await keep.command(())).text
    assert all(name in text for name in ("hub", "attic", "shed"))


@pytest.mark.parametrize("typed", [("shutdown", "hub"), ("restart", "local"), ("remove", "main")])
async def test_the_main_machine_is_never_told_to_end(keep, agent, typed):
    assert (await keep.command(typed)).status == "failed"
    assert (agent.published, agent.submitted) == ([], [])


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("restart", "nowhere"), "There is no machine nowhere"), (("shutdown",), "/nodes"),
        (("shutdown", "shed"), "offline, so it cannot be told to shutdown. Nothing was done"),
    ],
)  # fmt: skip
async def test_what_cannot_be_done_is_said(keep, agent, typed, words):
    answer = await keep.command(typed)
    assert (answer.status, words in answer.text) == ("failed", True)
    assert agent.published == []


@pytest.mark.parametrize("verb", ["restart", "shutdown"])
async def test_another_machine_is_told_to_end(keep, agent, verb):
    assert (await keep.command((verb, "attic"))).status == "done"
    assert [(name, payload.reason) for name, payload in agent.published] == [
        ("NODE_STOP_ALL", f"{verb} asked for by a person")
    ]


@pytest.mark.parametrize(("name", "agents", "told"), [("attic", ["cam"], 1), ("shed", ["rain"], 0)])
async def test_a_machine_is_removed_with_its_agents_only(keep, agent, name, agents, told):
    assert "is removed" in (await keep.command(("remove", name))).text
    assert [(one.name, one.command) for _, one, *_ in agent.submitted] == [(one, "delete") for one in agents]
    assert len(agent.published) == told, "who is away cannot be told"


async def test_a_machine_whose_agents_may_live_on_is_not_told_to_end(keep, agent):
    agent.ends["manage_agent"] = (TaskState.UNKNOWN, None, None)
    answer = await keep.command(("remove", "attic"))
    assert (answer.status, "cam" in answer.text, agent.published) == ("unknown", True, [])
    agent.answers["list_spawned"] = AskTimeout("away")
    assert (await keep.command(("remove", "attic"))).status == "failed"
