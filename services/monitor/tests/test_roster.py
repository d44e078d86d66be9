"""What the monitor remembers of what it hears."""

from wactorz_common.contracts.lifecycle import AgentError, AgentState, AgentStatus, Heartbeat
from wactorz_common.contracts.nodes import NodeEvent, NodeHeartbeat, ProcessInfo
from wactorz_monitor.roster import Roster, Watched


def make_beat(name="llm", actor_id=None, state=AgentState.RUNNING, **more):
    return Heartbeat(actor_id=actor_id or f"id-{name}", name=name, timestamp=0, state=state, **more)


def make_event(kind, name="llm"):
    return NodeEvent(node="local", name=name, kind=kind, timestamp=0)


def test_the_first_heartbeat_is_news_and_the_next_is_not():
    roster = Roster()
    assert roster.on_heartbeat(make_beat(), 5.0)
    assert not roster.on_heartbeat(make_beat(), 6.0)
    assert roster.agents["id-llm"].last_seen == 6.0


def test_a_change_of_state_is_news():
    roster = Roster()
    roster.on_heartbeat(make_beat(), 5.0)
    assert roster.on_heartbeat(make_beat(state=AgentState.PAUSED), 6.0)
    assert roster.agents["id-llm"].state == "paused"


def test_a_new_id_of_the_same_name_takes_its_place():
    roster = Roster()
    roster.on_heartbeat(make_beat(actor_id="old"), 5.0)
    roster.on_heartbeat(make_beat(actor_id="new"), 6.0)
    assert list(roster.agents) == ["new"]
    assert roster.by_name["llm"].id == "new"


def test_replicas_stand_side_by_side_until_one_of_them_is_made_anew():
    roster = Roster()
    for moment, (actor_id, replica) in enumerate((("a", "1"), ("b", "2"), ("a", "1"), ("c", "2"))):
        roster.on_heartbeat(make_beat(actor_id=actor_id, replica=replica), float(moment))
    assert sorted(roster.agents) == ["a", "c"]
    roster.forget(roster.agents["a"])
    assert roster.by_name["llm"].id == "c"


def test_overdue_counts_only_the_same_handler_in_a_row():
    roster = Roster()
    for overdue in (("chat",), ("chat", "x"), ("y",), ()):
        roster.on_heartbeat(make_beat(overdue=overdue), 1.0)
        if overdue == ("chat", "x"):
            assert roster.agents["id-llm"].overdue_beats == 1
    assert roster.agents["id-llm"].overdue_beats == 0
    assert roster.agents["id-llm"].overdue == ()


def test_a_dead_process_is_down_until_it_is_started_or_heard_again():
    roster = Roster()
    roster.on_heartbeat(make_beat(), 1.0)
    roster.on_event(make_event("died"), 2.0, 15)
    assert roster.agents["id-llm"].down
    roster.on_event(make_event("started"), 3.0, 15)
    assert not roster.agents["id-llm"].down
    assert roster.agents["id-llm"].last_seen == 18.0
    roster.on_event(make_event("quarantined"), 4.0, 15)
    assert roster.agents["id-llm"].quarantined
    assert roster.on_heartbeat(make_beat(), 5.0)
    assert not roster.agents["id-llm"].quarantined


def test_a_start_that_is_told_late_gives_no_grace_to_a_process_already_heard():
    roster = Roster()
    roster.on_heartbeat(make_beat(pid=42), 1.0)
    roster.on_event(NodeEvent(node="local", name="llm", kind="started", pid=42, timestamp=0), 2.0, 15)
    assert roster.agents["id-llm"].last_seen == 1.0
    roster.on_event(NodeEvent(node="local", name="llm", kind="started", pid=43, timestamp=0), 3.0, 15)
    assert roster.agents["id-llm"].last_seen == 18.0


def test_a_node_says_what_it_looks_after():
    roster = Roster()
    roster.on_heartbeat(make_beat("camera"), 1.0)
    processes = (ProcessInfo(name="camera", pid=0, state="quarantined"),)
    roster.on_node(NodeHeartbeat(node="garage", node_id="n", timestamp=0, processes=processes), 2.0)
    assert roster.placed == {"camera": "garage"}
    assert roster.agents["id-camera"].node == "garage"
    assert roster.agents["id-camera"].quarantined
    assert roster.nodes == {"garage": 2.0}


def test_a_status_tells_a_change_only_of_known_agents():
    roster = Roster()
    status = AgentStatus(actor_id="id-llm", name="llm", state=AgentState.FAILED)
    assert not roster.on_status(status)
    roster.on_heartbeat(make_beat(), 1.0)
    assert roster.on_status(status)
    assert not roster.on_status(status)


def test_bad_input_is_not_an_error_of_the_agent():
    roster = Roster()
    roster.on_heartbeat(make_beat(), 1.0)
    error = {"actor_id": "id-llm", "name": "llm", "error": "x", "timestamp": 0, "consecutive": 3, "degraded": True}
    assert not roster.on_error(AgentError(phase="consume", **error))
    assert roster.agents["id-llm"].errors == 0
    assert roster.on_error(AgentError(phase="process", **error))
    assert roster.agents["id-llm"].errors == 3


def test_forgiving_starts_all_clocks_anew_but_shortens_no_grace():
    roster = Roster(nodes={"local": 1.0})
    roster.add(Watched("a", "a", "local", last_seen=1.0))
    roster.add(Watched("b", "b", "local", last_seen=150.0))
    roster.forgive(100.0)
    assert [agent.last_seen for agent in roster.agents.values()] == [100.0, 150.0]
    assert roster.nodes == {"local": 100.0}
