import pytest

from wactorz_common.contracts.spawning import Approval, NodeReport, SpawnedAgent
from wactorz_common.contracts.tasks import TaskState
from wactorz_main.fleet_wording import agents_text, approvals_text, approve_elsewhere, ended, nodes_text, refusal
from wactorz_main.wording import Seen


def kept(name, **values):
    fields = {"node": "local", "wanted": "running", "actual": "running", "created_at": 1, "updated_at": 1, **values}
    return SpawnedAgent(name=name, agent_id=name, type="dynamic", **fields)


def test_agents_show_state_node_and_who_is_spawned():
    heard = {
        "main": Seen("main", "Understands.", ("chat",), "running", "", 100.0),
        "cam": Seen("cam", "Sees.", (), "failed", "attic", 100.0),
        "new": Seen("new", "Fresh."),
        "old": Seen("old", "", (), "running", "", 1.0),
        "tide": Seen("tide", "Tides.", (), "running", "pi", 100.0),
    }
    spawned = {
        "tide": kept("tide", node="pi"), "moon": kept("moon", actual="waiting", problem="its node is offline"),
    }  # fmt: skip
    lines = agents_text(heard, spawned, "", 110.0).splitlines()
    assert lines[0] == "6 agents:"
    assert lines[1] == "- cam (failed on attic): Sees."
    assert lines[2] == "- main (running): Understands. [chat]"
    assert lines[3] == "- moon (waiting, spawned on local): no description (its node is offline)"
    assert lines[4] == "- new (not heard yet): Fresh."
    assert lines[5].startswith("- old (silent)")
    assert lines[6] == "- tide (running, spawned on pi): Tides."
    assert agents_text(heard, spawned, "CHAT", 110.0).splitlines()[0] == "1 agent:"
    assert agents_text(heard, spawned, "spawned", 110.0).splitlines()[0] == "2 agents:"
    assert "No agent here" in agents_text(heard, spawned, "xyz", 110.0)
    assert agents_text({}, {}, "", 0) == "No agent was heard yet."


def test_without_the_monitor_that_is_said():
    text = agents_text({"main": Seen("main", "M.", (), "running", "", 1)}, None, "", 2)
    assert text.splitlines()[-1].startswith("(monitor does not answer")


def test_an_agent_that_was_deleted_is_not_shown_any_more():
    gone = {"tide": Seen("tide", "T.", (), "stopped", "", 100.0, agent_id="i")}
    assert agents_text(gone, {}, "", 110) == "No agent was heard yet."
    assert "tide (stopped, spawned" in agents_text(gone, {"tide": kept("tide", actual="stopped")}, "", 110)


def test_nodes_and_approvals():
    nodes = (
        NodeReport(node="local", online=True, last_seen=1, agents=("a", "b"), runtime="node", version="1"),
        NodeReport(node="pi", online=False, last_seen=1),
    )
    assert nodes_text(nodes) == "- local (online, node 1): a, b\n- pi (OFFLINE): no agents"
    assert "No node" in nodes_text(())
    approval = Approval(
        id="ab12", kind="spawn", agent="monitor", summary="Spawn tide", arguments_sha256="0", requested_by="main",
        created_at=0, expires_at=600,
    )  # fmt: skip
    assert approvals_text([approval], 300).startswith("- ab12: Spawn tide (asked by main, 5 min left)\n")
    assert approvals_text([], 0) == "Nothing waits for an approval."
    soon = approvals_text([approval.model_copy(update={"needs_pin": True})], approval.expires_at - 90, ["monitor"])
    assert "90 s left, needs a PIN" in soon
    assert "(monitor does not answer: what waits there is not shown.)" in soon
    assert "wactorz approve ab12" in approve_elsewhere("ab12")


@pytest.mark.parametrize(
    ("seen", "verb", "words"),
    [
        (None, "pause", "Did you mean tide"), (Seen("tdie"), "stop", "not heard yet"),
        (Seen("tdie", agent_id="i", heard_at=1, protected=True), "delete", "part of Wactorz"),
        (Seen("tdie", agent_id="i", heard_at=1, essential=True, state="running"), "stop", "essential"),
        (Seen("tdie", agent_id="i", heard_at=1, state="paused"), "pause", "is paused"),
        (Seen("tdie", agent_id="i", heard_at=1), "start", "not heard yet"),
        (Seen("tdie", agent_id="i", heard_at=1, state="running"), "pause", ""), (Seen("tdie", agent_id="i", heard_at=1), "delete", ""),
    ],
)  # fmt: skip
def test_refusals(seen, verb, words):
    said = refusal(seen, "tdie", verb, ["tide", "main"])
    assert words in said if words else said == ""


@pytest.mark.parametrize("state", TaskState)
def test_every_end_has_a_sentence(state):
    assert ended(state, None).text
    assert (ended(state, "said").text, ended(state, "said").status) == ("said", state.value)
