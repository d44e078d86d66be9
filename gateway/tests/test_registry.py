"""The reducer: messages in, what is known out."""

import pytest

from wactorz_common.contracts.lifecycle import (
    AgentAlert,
    AgentCommand,
    AgentError,
    AgentManifest,
    AgentMetrics,
    AgentSpawned,
    AgentStatus,
    Heartbeat,
)
from wactorz_common.contracts.nodes import NodeEvent, NodeHeartbeat
from wactorz_common.contracts.system import ActorHealth, SystemHealth
from wactorz_gateway.actor import NO_CHANGE
from wactorz_gateway.registry import MAX_AGENTS, ONLINE_SECONDS, UNREACHABLE_SECONDS, Registry


def beat(name="lamp", state="running", incarnation=1, **fields):
    return Heartbeat(actor_id=f"id-{name}", name=name, timestamp=0, state=state, incarnation=incarnation, **fields)


def status(state, name="lamp", incarnation=1, **fields):
    return AgentStatus(actor_id=f"id-{name}", name=name, state=state, incarnation=incarnation, **fields)


@pytest.fixture
def registry():
    made = Registry()
    made.apply(beat(), "id-lamp", 100.0)
    return made


def shown(registry, now, name="lamp"):
    return registry.shown_state(registry.find(name), now)


def test_first_heartbeat_makes_the_agent_known(registry):
    assert registry.find("lamp") is registry.find("id-lamp")
    assert shown(registry, 100.0) == "running"


@pytest.mark.parametrize(
    ("age", "state"),
    [
        (0, "running"),
        (ONLINE_SECONDS, "running"),
        (ONLINE_SECONDS + 0.1, "late"),
        (UNREACHABLE_SECONDS + 1, "unreachable"),
    ],
)
def test_a_silent_agent_is_not_called_running(registry, age, state):
    assert shown(registry, 100.0 + age) == state


def test_created_agent_is_initializing(registry):
    registry.apply(beat(state="idle"), "id-lamp", 101)
    assert shown(registry, 101) == "initializing"


def test_last_will_shows_failed_and_stays_so_with_age(registry):
    change = registry.apply(status("failed"), "id-lamp", 101)
    assert change.urgent
    assert shown(registry, 101) == shown(registry, 5000) == "failed"


def test_words_of_an_earlier_incarnation_are_ignored(registry):
    registry.apply(beat(incarnation=2), "id-lamp", 101)
    assert registry.apply(status("failed", incarnation=1), "id-lamp", 102) is NO_CHANGE
    assert registry.apply(beat(state="paused", incarnation=1), "id-lamp", 102) is NO_CHANGE
    assert shown(registry, 102) == "running"


def test_heartbeat_without_news_is_telemetry_and_a_new_state_is_urgent(registry):
    assert not registry.apply(beat(memory_mb=3), "id-lamp", 101).urgent
    assert registry.apply(beat(state="paused"), "id-lamp", 102).urgent


def test_metrics_of_unknown_agents_are_ignored_and_those_of_known_ones_summed(registry):
    assert registry.apply(AgentMetrics(actor_id="x"), "x", 100) is NO_CHANGE
    registry.apply(AgentMetrics(actor_id="id-lamp", uptime=5, messages_processed=7, cost_usd=0.25), "id-lamp", 100)
    assert registry.total_cost() == 0.25
    assert registry.total_messages() == 7
    assert registry.find("lamp").started_at == 95


def test_manifest_of_a_silent_agent_shows_it_by_its_age():
    registry = Registry()
    manifest = AgentManifest(name="old", actor_id="id-old", description="Old one", timestamp=10)
    assert registry.apply(manifest, "id-old", 5000).urgent
    assert shown(registry, 5000, "old") == "unreachable"
    assert registry.find("old").description == "Old one"


def test_deleted_agent_is_forgotten_when_it_stops(registry):
    command = AgentCommand(command="delete")
    registry.apply(command, "id-lamp", 101)
    assert registry.find("lamp") is not None
    change = registry.apply(status("stopped"), "id-lamp", 102)
    assert change.removed
    assert registry.find("lamp") is None


def test_delete_of_a_protected_agent_changes_nothing(registry):
    registry.apply(beat(protected=True), "id-lamp", 101)
    registry.apply(AgentCommand(command="delete"), "id-lamp", 101)
    assert not registry.apply(status("stopped", protected=True), "id-lamp", 102).removed
    assert registry.find("lamp") is not None


def test_verdict_of_the_monitor_is_shown_until_it_is_withdrawn(registry):
    def health(state):
        row = ActorHealth(id="id-lamp", name="lamp", state=state, last_seen_ago=0)
        return SystemHealth(timestamp=0, total_actors=1, running=1, actors=(row,))

    registry.apply(health("degraded"), "", 101)
    assert shown(registry, 101) == "degraded"
    registry.apply(health("running"), "", 102)
    assert shown(registry, 102) == "running"


def test_quarantined_process_is_shown(registry):
    for kind in ("died", "quarantined"):
        registry.apply(NodeEvent(node="n", name="lamp", kind=kind, timestamp=101), "", 101)
    assert shown(registry, 101) == "quarantined"
    registry.apply(AgentSpawned(agent_id="id-lamp", name="lamp", agent_type="service", timestamp=0), "id-lamp", 102)
    registry.apply(beat(incarnation=2), "id-lamp", 102)
    assert shown(registry, 102) == "running"


def test_errors_and_alerts_are_kept_for_people(registry):
    error = AgentError(actor_id="id-lamp", name="lamp", phase="process", error="boom", timestamp=1)
    change = registry.apply(error, "id-lamp", 101)
    assert change.event["message"] == "boom"
    assert registry.find("lamp").last_error["phase"] == "process"
    for number in range(60):
        alert = AgentAlert(actor_id="m", name="monitor", message=str(number), severity="warning", timestamp=1)
        registry.apply(alert, "m", 102)
    assert len(registry.alerts) == 50
    assert registry.alerts[-1]["message"] == "59"


def test_agents_are_bounded_and_the_longest_gone_makes_room():
    registry = Registry()
    for number in range(MAX_AGENTS):
        registry.apply(beat(f"a{number}"), f"id-a{number}", 100.0 + number)
    assert registry.apply(beat("late"), "id-late", 100.0 + UNREACHABLE_SECONDS - 1) is NO_CHANGE
    registry.apply(beat("late"), "id-late", 101.0 + UNREACHABLE_SECONDS)
    assert registry.find("late") is not None
    assert registry.find("a0") is None
    assert len(registry.agents) == MAX_AGENTS


def test_what_was_kept_comes_back_and_has_time_to_speak_up(registry):
    again = Registry()
    again.load(registry.dump(), 900.0)
    assert shown(again, 900.0) == "running"
    assert shown(again, 900.0 + ONLINE_SECONDS + 1) == "late"


def test_nodes_are_kept_by_name(registry):
    node = NodeHeartbeat(node="attic", node_id="n1", timestamp=1, agents=("lamp",))
    assert registry.apply(node, "", 101).nodes
    assert registry.nodes["attic"][0].agents == ("lamp",)


def test_a_new_agent_takes_the_place_of_an_ended_one_of_its_name(registry):
    registry.apply(status("failed"), "id-lamp", 101)
    again = Heartbeat(actor_id="id-2", name="lamp", timestamp=0, state="running")
    registry.apply(again, "id-2", 102)
    assert list(registry.agents) == ["id-2"]
    replica = Heartbeat(actor_id="id-3", name="lamp", timestamp=0, state="running")
    registry.apply(replica, "id-3", 103)
    assert list(registry.agents) == ["id-2", "id-3"]


def test_late_word_of_a_death_does_not_hide_the_new_start(registry):
    registry.apply(beat(incarnation=2), "id-lamp", 110)
    registry.apply(NodeEvent(node="n", name="lamp", kind="died", timestamp=109), "", 111)
    assert shown(registry, 111) == "running"


def test_the_newer_id_of_a_name_takes_the_place_of_the_older_one():
    old, new = "20260101T000000.0000Z-lamp", "20260102T000000.0000Z-lamp"
    registry = Registry()
    registry.apply(AgentManifest(name="lamp", actor_id=old, description="d", timestamp=99), old, 100)
    registry.apply(Heartbeat(actor_id=new, name="lamp", timestamp=0, state="running"), new, 101)
    registry.apply(AgentManifest(name="lamp", actor_id=old, description="d", timestamp=99), old, 102)
    assert list(registry.agents) == [new]
    again = Registry()
    again.load([{**registry.dump()[0], "agent_id": old}, *registry.dump()], 103)
    assert list(again.agents) == [new]


def test_predecessors_are_not_kept_over_a_restart(registry):
    registry.apply(Heartbeat(actor_id="id-2", name="lamp", timestamp=0, state="running"), "id-2", 101)
    registry.apply(status("failed"), "id-lamp", 102)
    again = Registry()
    again.load(registry.dump(), 103)
    assert list(again.agents) == ["id-2"]


def replica(number, agent_id, now, registry, state="running"):
    beat = Heartbeat(actor_id=agent_id, name="worker", timestamp=0, state=state, incarnation=1, replica=number)
    registry.apply(beat, agent_id, now)


REPLICAS = ["20260101T000000.0001Z-w_1", "20260101T000000.0002Z-w_2", "20260101T000001.0001Z-w_3"]


def test_newer_replicas_leave_the_older_ones_where_they_are():
    registry = Registry()
    for agent_id in REPLICAS:
        registry.apply(AgentManifest(name="worker", actor_id=agent_id, description="d", timestamp=1), agent_id, 100)
    for number, agent_id in enumerate(REPLICAS, 1):
        replica(str(number), agent_id, 101, registry)
    assert sorted(registry.agents) == REPLICAS
    assert {agent.description for agent in registry.agents.values()} == {"d"}
    again = Registry()
    again.load(registry.dump(), 102)
    assert sorted(again.agents) == REPLICAS


def test_a_replica_made_anew_takes_the_place_of_its_own_number():
    registry = Registry()
    for number, agent_id in enumerate(REPLICAS[:2], 1):
        replica(str(number), agent_id, 101, registry)
    replica("1", REPLICAS[2], 102, registry)
    assert sorted(registry.agents) == REPLICAS[1:]


def test_a_stopped_agent_that_is_deleted_elsewhere_is_forgotten(registry):
    registry.apply(status("stopped"), "id-lamp", 101)
    change = registry.apply(AgentCommand(command="delete"), "id-lamp", 102)
    assert (change.removed, registry.agents) == (True, {})


def test_an_error_of_one_who_is_no_agent_is_shown_but_makes_none(registry):
    error = AgentError(actor_id="id-n", name="local", phase="consume", error="bad message", timestamp=1)
    change = registry.apply(error, "id-n", 101)
    assert (change.agent_id, change.event["name"], list(registry.agents)) == ("", "local", ["id-lamp"])


def spawned(registry, at=0.0):
    return registry.apply(
        AgentSpawned(agent_id="id-lamp", name="lamp", agent_type="service", timestamp=at), "id-lamp", at
    )


def starts(changes):
    return [(one.event["message"], one.event["timestamp"]) for one in changes if one.event]


def test_a_start_is_told_once_with_its_own_time():
    registry = Registry()
    first = [spawned(registry, 100), registry.apply(status("idle", uptime=0.5), "id-lamp", 100.5)]
    assert starts(first) == [("lamp has started", 100.0)]
    assert starts([registry.apply(status("running", uptime=3), "id-lamp", 103)]) == []
    again = [spawned(registry, 900), registry.apply(status("idle", incarnation=2, uptime=1), "id-lamp", 900)]
    assert starts(again) == [("lamp has started", 899.0)]


@pytest.mark.parametrize("kept", [True, False])
def test_an_agent_that_introduces_itself_again_has_not_started(kept):
    registry = Registry()
    registry.apply(status("running", uptime=1), "id-lamp", 101)
    if kept:
        rows, registry = registry.dump(), Registry()
        registry.load(rows, 600)
    else:
        registry = Registry()
        registry.apply(AgentManifest(name="lamp", actor_id="id-lamp", description="d", timestamp=101), "id-lamp", 600)
    for now in (601, 640):
        assert (
            starts([spawned(registry, now), registry.apply(status("running", uptime=now - 100), "id-lamp", now)]) == []
        )
    later = [spawned(registry, 900), registry.apply(status("running", incarnation=2, uptime=200), "id-lamp", 900)]
    assert starts(later) == [("lamp has started", 700.0)]


def test_an_agent_without_incarnations_has_started_when_its_time_began_anew():
    registry = Registry()
    seen = [registry.apply(status("running", incarnation=0, uptime=up), "id-lamp", at) for up, at in
            ((1, 101), (50, 150), (51, 155), (2, 300), (0, 301))]  # fmt: skip
    assert starts(seen) == [("lamp has started", 100.0), ("lamp has started", 298.0)]
    assert starts([registry.apply(status("failed", incarnation=0, uptime=1), "id-lamp", 900)]) == []


def test_a_death_says_how(registry):
    died = NodeEvent(node="n", name="lamp", kind="died", exit_code=-9, timestamp=101)
    assert registry.apply(died, "", 101).event["message"] == "lamp was killed (signal 9)"
    back = NodeEvent(node="n", name="lamp", kind="started", timestamp=102)
    assert registry.apply(back, "", 102).event["message"] == "lamp: started"


def test_what_happened_is_shown_to_pages_after_a_restart(registry):
    alert = {
        "type": "alert",
        "agent_id": "i",
        "name": "lamp",
        "message": "hot",
        "severity": "warning",
        "timestamp": 5.0,
    }
    registry.load_events([{**alert, "type": "log"}], [alert])
    assert [event["type"] for event in registry.feed] == ["log"]
    assert registry.alerts[0] == {
        "actor_id": "i", "name": "lamp", "message": "hot", "severity": "warning", "timestamp": 5.0,
    }  # fmt: skip
