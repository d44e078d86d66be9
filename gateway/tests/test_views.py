"""What is shown of the registry, and differences."""

from hypothesis import given
from hypothesis import strategies as st

from wactorz_common.contracts.lifecycle import AgentMetrics, AgentStatus, Heartbeat
from wactorz_common.contracts.nodes import NodeHeartbeat
from wactorz_gateway.registry import ONLINE_SECONDS, Registry
from wactorz_gateway.views import actor_view, dashboard_entry, difference, node_views, snapshot_state

VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=3), lambda v: st.dictionaries(st.sampled_from("abc"), v)
)


def make_registry():
    registry = Registry()
    registry.apply(Heartbeat(actor_id="i", name="lamp", timestamp=0, state="running", memory_mb=12.5, pid=7), "i", 100)
    registry.apply(AgentStatus(actor_id="i", name="lamp", state="running", uptime=60), "i", 100)
    registry.apply(AgentMetrics(actor_id="i", messages_processed=3, cost_usd=0.5), "i", 100)
    return registry


def test_actor_view_uses_the_contract_names():
    registry = make_registry()
    shown = actor_view(registry, registry.find("lamp"), 110).model_dump(by_alias=True)
    assert (shown["id"], shown["state"], shown["mem"], shown["pid"]) == ("i", "running", 12.5, 7)
    assert (shown["messagesProcessed"], shown["costUsd"], shown["agentType"]) == (3, 0.5, "service")
    assert shown["uptime"] == 70


def test_stopped_agent_has_no_uptime():
    registry = make_registry()
    registry.apply(AgentStatus(actor_id="i", name="lamp", state="stopped"), "i", 120)
    assert actor_view(registry, registry.find("lamp"), 120).uptime is None


def test_node_is_online_by_the_one_limit():
    registry = Registry()
    registry.apply(NodeHeartbeat(node="n", node_id="x", timestamp=0), "", 100)
    assert node_views(registry, 100 + ONLINE_SECONDS)[0].online
    assert not node_views(registry, 101 + ONLINE_SECONDS)[0].online


def test_snapshot_holds_everything_a_dashboard_starts_with():
    state = snapshot_state(make_registry(), 100)
    assert set(state) == {
        "agents", "nodes", "alerts", "log_feed", "system_health", "total_cost_usd", "total_messages"
    }  # fmt: skip
    assert state["total_cost_usd"] == 0.5


def test_second_heartbeat_gives_a_small_difference():
    registry = make_registry()
    before = dashboard_entry(registry, registry.find("lamp"), 100)
    again = Heartbeat(actor_id="i", name="lamp", timestamp=10, state="running", memory_mb=12.5, pid=7, progress=4)
    registry.apply(again, "i", 110)
    after = dashboard_entry(registry, registry.find("lamp"), 110)
    assert difference(before, after) == {"last_update": 110, "heartbeat": {"timestamp": 10.0, "progress": 4}}


def merged(target, patch):
    out = dict(target)
    for key, value in patch.items():
        both = isinstance(value, dict) and isinstance(out.get(key), dict)
        out[key] = merged(out[key], value) if both else value
    return out


def without_nulls(value):
    if not isinstance(value, dict):
        return value
    return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}


STATES = st.dictionaries(st.sampled_from("abcd"), VALUES)


@given(STATES, STATES)
def test_merging_the_difference_gives_the_newer_state(before, after):
    assert without_nulls(merged(before, difference(before, after))) == without_nulls(after)


@given(STATES)
def test_nothing_changed_is_nothing(state):
    assert difference(state, state) == {}
