import pytest

from wactorz_common.contracts.spawning import (
    Approvals,
    Done,
    NodeReport,
    NodeReports,
    SpawnedAgent,
    SpawnedAgents,
)
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import AskTimeout
from wactorz_common.handlers import Task
from wactorz_common.tasks import TaskEnd
from wactorz_main.fleet import Fleet
from wactorz_main.wording import Seen

TIDE = SpawnedAgent(
    name="tide", agent_id="t", type="dynamic", node="local", wanted="running", actual="running", created_at=1,
    updated_at=1,
)  # fmt: skip


class FakeAgent:
    name = "main"

    def __init__(self):
        self.seen = {
            "tide": Seen("tide", agent_id="t", heard_at=1, state="running"), "main": Seen("main", agent_id="m", heard_at=1, protected=True,
            essential=True, state="running"), "llm": Seen("llm", agent_id="l", heard_at=1, protected=True, state="running"),
        }  # fmt: skip
        self.answers = {"list_spawned": SpawnedAgents(agents=(TIDE,))}
        self.end = (TaskState.DONE, Done(text="done so."), None)
        self.submitted, self.published = [], []

    async def ask(self, operation, request, *, to=None, timeout=None, trace_id=""):
        answer = self.answers.get(operation.action, AskTimeout("No answer from monitor"))
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def submit(self, operation, request, *, to=None, task_id=None, deadline=None, trace_id=""):
        self.submitted.append((operation.action, request, task_id))
        return TaskEnd(task_id, self.end[0], {}, self.end[2], self.end[1])

    async def publish(self, _channel, payload, *, agent_id):
        self.published.append((agent_id, payload.command))


@pytest.fixture
def agent():
    return FakeAgent()


def fleet(agent):
    return Fleet(agent, Task("t1", "chat", "main", trace_id="trace"), "ann")


@pytest.mark.parametrize("verb", ["start", "stop", "restart", "delete", "remove"])
async def test_spawned_agents_are_the_monitor_s(agent, verb):
    answer = await fleet(agent).agents((verb, "tide"))
    assert (answer.text, answer.status) == ("done so.", "done")
    [(action, request, task_id)] = agent.submitted
    wanted = "delete" if verb == "remove" else verb
    assert (action, request.name, request.command, request.by, task_id) == (
        "manage_agent", "tide", wanted, "ann", "t1/manage",
    )  # fmt: skip
    assert agent.published == []


async def test_pause_and_resume_are_told_to_the_agent_itself(agent):
    assert (await fleet(agent).agents(("pause", "@tide"))).text == "tide is told to pause."
    agent.seen["tide"] = Seen("tide", agent_id="t", heard_at=1, state="paused")
    assert (await fleet(agent).manage("resume", "tide")).status == "done"
    assert agent.published == [("t", "pause"), ("t", "resume")]


async def test_shipped_agents_need_no_monitor_and_are_not_deleted(agent):
    del agent.answers["list_spawned"]
    assert (await fleet(agent).manage("stop", "llm")).text == "llm is told to stop."
    assert "essential" in (await fleet(agent).manage("stop", "main")).text
    assert "cannot be deleted" in (await fleet(agent).manage("delete", "llm")).text
    assert agent.published == [("l", "stop")]


async def test_a_broken_service_is_released_by_the_monitor(agent):
    agent.seen["llm"] = Seen("llm", agent_id="l", heard_at=1, protected=True, state="failed")
    await fleet(agent).manage("start", "llm")
    assert agent.submitted[0][1].command == "start"


async def test_without_the_monitor_nothing_is_done_to_spawned_agents(agent):
    del agent.answers["list_spawned"]
    for name in ("tide", "nobody"):
        answer = await fleet(agent).manage("delete", name)
        assert (answer.status, "monitor" in answer.text) == ("failed", True)
    assert agent.submitted == agent.published == []


async def test_unknown_agents_get_a_hint(agent):
    assert "Did you mean tide?" in (await fleet(agent).manage("stop", "tid")).text


async def test_a_word_is_a_filter_even_when_it_is_a_verb(agent):
    assert "1 agent:" in (await fleet(agent).agents(("tide",))).text
    assert "No agent here" in (await fleet(agent).agents(("stop",))).text


async def test_nodes_and_migration(agent):
    agent.answers["list_nodes"] = NodeReports(nodes=(NodeReport(node="local", online=True, last_seen=1),))
    assert "local (online)" in (await fleet(agent).nodes(())).text
    assert "Type /migrate" in (await fleet(agent).migrate(("tide",))).text
    assert (await fleet(agent).migrate(("tide", "pi"))).text == "done so."
    action, request, task_id = agent.submitted[0]
    assert (action, request.target_node, task_id) == ("migrate_agent", "pi", "t1/migrate")


async def test_a_move_cannot_be_forced_but_is_tried_and_its_refusal_says_so(agent):
    assert (await fleet(agent).migrate(("tide", "pi", "--force"))).text == "done so."
    assert [(request.name, request.target_node) for _, request, _ in agent.submitted] == [("tide", "pi")]
    agent.end = (TaskState.FAILED, None, "Node pi is offline.")
    answer = await fleet(agent).migrate(("--force", "tide", "pi"))
    assert answer.text.startswith("Node pi is offline. A move cannot be forced: ")
    assert answer.status == "failed"
    assert (await fleet(agent).migrate(("tide", "--force"))).text.startswith("Type /migrate")


async def test_the_monitor_s_words_are_passed_on(agent):
    agent.end = (TaskState.FAILED, None, "There is no node 'pi'")
    answer = await fleet(agent).migrate(("tide", "pi"))
    assert (answer.text, answer.status) == ("There is no node 'pi'", "failed")


async def test_approvals_are_listed_but_never_given_over_the_bus(agent):
    agent.answers["list_approvals"] = Approvals(approvals=())
    assert "Nothing waits" in (await fleet(agent).approvals(())).text
    answer = await fleet(agent).decide(("ab12",))
    assert (answer.status, "wactorz approve ab12" in answer.text) == ("failed", True)
    assert agent.submitted == []
