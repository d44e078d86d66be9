"""What a client may put into a spawn message, and what is shown while the monitor is away."""

import pytest

from wactorz_common.contracts.spawning import NodeReport, NodeReports, SpawnedAgent, SpawnedAgents, SpawnSpec
from wactorz_common.errors import AskTimeout, TaskFailed
from wactorz_gateway.spawned import known_nodes, spawned_agents, wish


class FakeBackend:
    def __init__(self, answer):
        self.answer = answer

    async def ask(self, _operation, _request, *, to=None, timeout=None):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_envelope_and_what_is_the_monitor_s_are_left_out():
    body = {
        "name": "x", "code": "pass", "colour": "blue", "action": "delete", "_task_id": "1", "_reply_topic": "a/b",
        "_deadline_at": 5, "deadline_at": 5, "sender": "main", "_sender": "monitor", "remote": False,
        "_agent_id": "mine", "_migration_token": "t", "_initial_state": {"a": 1}, "_proposed_by": "model",
        "agent_id": "mine", "migration_token": "t", "initial_state": {"a": 1},
    }  # fmt: skip
    wanted = wish(SpawnSpec.accept(body)).to_wire()
    assert (wanted["name"], wanted["colour"], wanted["_proposed_by"]) == ("x", "blue", "model")
    assert wanted["_agent_id"] == wanted["_migration_token"] == ""
    assert not {"action", "_task_id", "_reply_topic", "_deadline_at", "deadline_at", "sender", "_sender", "remote",
                "_initial_state", "initial_state", "agent_id"} & wanted.keys()  # fmt: skip


@pytest.mark.parametrize("error", [AskTimeout("no answer"), TaskFailed("paused")])
async def test_a_silent_monitor_is_told_from_an_empty_list(error):
    assert await spawned_agents(FakeBackend(error)) is None
    assert await known_nodes(FakeBackend(error)) == ()
    assert await spawned_agents(FakeBackend(SpawnedAgents(agents=()))) == {}


async def test_agents_by_name_and_nodes():
    agent = SpawnedAgent(
        name="x", agent_id="i", type="dynamic", node="local", wanted="running", actual="waiting", created_at=1,
        updated_at=2,
    )  # fmt: skip
    assert await spawned_agents(FakeBackend(SpawnedAgents(agents=(agent,)))) == {"x": agent}
    node = NodeReport(node="pi", online=False, last_seen=1)
    assert await known_nodes(FakeBackend(NodeReports(nodes=(node,)))) == (node,)
