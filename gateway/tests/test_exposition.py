"""What Prometheus is told about model calls."""

import time

import pytest
from prometheus_client.parser import text_string_to_metric_families

from wactorz_common.contracts.lifecycle import AgentMetrics, Heartbeat, Paid
from wactorz_gateway.exposition import NAMES, Exposition
from wactorz_gateway.hub import FULL_SECONDS, QUEUE_FRAMES, Hub
from wactorz_gateway.live.events import EventLog
from wactorz_gateway.live.following import Followers
from wactorz_gateway.registry import Registry
from wactorz_gateway.views import actor_view, dashboard_entry


def paid(tokens, cost, calls=1):
    return Paid(input_tokens=tokens, output_tokens=tokens // 10, cost_usd=cost, llm_calls=calls)


@pytest.fixture
def registry():
    """The keeper of the ledger, an agent that asks the model, and one that tells its own share as well."""
    registry = Registry()
    for name in ("llm", "main", "worker"):
        registry.apply(Heartbeat(actor_id=name, name=name, timestamp=0, state="running"), name, 100.0)
    own = AgentMetrics(actor_id="worker", input_tokens=100, output_tokens=10, cost_usd=0.2, llm_calls=1)
    registry.apply(own, "worker", 100.0)
    shares = {"main": paid(1000, 0.5, 3), "worker": paid(100, 0.2)}
    ledger = AgentMetrics(
        actor_id="llm", input_tokens=1100, output_tokens=110, cost_usd=0.7, llm_calls=4, paid_by=shares
    )
    registry.apply(ledger, "llm", 100.0)
    return registry


def lines(registry):
    text = Exposition(registry, Hub(time.monotonic), lambda: 100.0).text().decode()
    return [line for line in text.splitlines() if line.startswith("wactorz_llm_")]


def test_model_calls_are_told_by_the_agent_that_paid(registry):
    assert set(lines(registry)) == {
        'wactorz_llm_input_tokens_total{actor_name="main"} 1000.0',
        'wactorz_llm_input_tokens_total{actor_name="worker"} 100.0',
        'wactorz_llm_output_tokens_total{actor_name="main"} 100.0',
        'wactorz_llm_output_tokens_total{actor_name="worker"} 10.0',
        'wactorz_llm_cost_usd_total{actor_name="main"} 0.5',
        'wactorz_llm_cost_usd_total{actor_name="worker"} 0.2',
        'wactorz_llm_calls_total{actor_name="main"} 3.0',
        'wactorz_llm_calls_total{actor_name="worker"} 1.0',
    }


def test_no_call_counts_twice(registry):
    assert registry.total_cost() == 0.7


def test_agents_that_never_asked_have_no_line(registry):
    registry.apply(Heartbeat(actor_id="io", name="io", timestamp=0, state="running"), "io", 100.0)
    assert not any('"io"' in line for line in lines(registry))
    assert actor_view(registry, registry.find("io"), 100.0).cost_usd is None


def test_an_agent_is_shown_with_what_it_paid(registry):
    main, llm = registry.find("main"), registry.find("llm")
    assert actor_view(registry, main, 100.0).cost_usd == 0.5
    entry = dashboard_entry(registry, main, 100.0)
    assert (entry["cost_usd"], entry["input_tokens"], entry["output_tokens"]) == (0.5, 1000, 100)
    assert "paid_by" not in dashboard_entry(registry, llm, 100.0)["metrics"]


def test_shares_that_another_agent_claims_are_not_believed(registry):
    claim = AgentMetrics(actor_id="worker", cost_usd=0.0, paid_by={"worker": paid(0, 0.0)})
    registry.apply(claim, "worker", 101.0)
    assert registry.total_cost() == 0.7


def test_without_a_ledger_each_agent_speaks_for_itself():
    registry = Registry()
    registry.apply(Heartbeat(actor_id="worker", name="worker", timestamp=0, state="running"), "worker", 100.0)
    registry.apply(AgentMetrics(actor_id="worker", cost_usd=0.25, input_tokens=5), "worker", 100.0)
    assert registry.total_cost() == 0.25
    assert 'wactorz_llm_cost_usd_total{actor_name="worker"} 0.25' in lines(registry)


def test_the_list_of_names_is_whole(registry):
    """What Prometheus is told is what the list says, and holds every name of the wire contract."""
    exposition = Exposition(registry, Hub(time.monotonic), lambda: 100.0)
    exposition.count("GET", "/api/agents", 200, 0.01)
    exposition.refused("token")
    exposition.acted("done")
    exposition.reconnected()
    exposition.follow(Followers(EventLog()), lambda: True)
    registry.apply(AgentMetrics(actor_id="main", tasks_completed=1, restart_count=1, uptime=5), "main", 100.0)
    text = exposition.text().decode()
    told = {name for name in types_of(text) if not name.startswith("process_")}
    assert {"process_resident_memory_bytes", "process_start_time_seconds"} <= types_of(text).keys()
    created = {f"{name.removesuffix('_total')}_created" for name in NAMES}
    assert told - created == NAMES


def types_of(text):
    return {line.split()[2]: line.split()[3] for line in text.splitlines() if line.startswith("# TYPE")}


GIVEN = {"wactorz_actors_total"}
"""A gauge whose name is laid down elsewhere."""


def test_names_and_units_are_as_prometheus_has_them(registry):
    exposition = Exposition(registry, Hub(time.monotonic), lambda: 100.0)
    exposition.follow(Followers(EventLog()), lambda: True)
    exposition.count("GET", "/api/agents", 200, 0.01)
    text = exposition.text().decode()
    helped = {line.split()[2] for line in text.splitlines() if line.startswith("# HELP") and len(line.split()) > 3}
    types = types_of(text)
    assert types.keys() == helped
    for name, kind in types.items():
        assert (kind == "counter") == name.endswith("_total") or name in GIVEN, name
        assert not name.endswith(("_ms", "_millis", "_kb", "_mb")), name
    assert list(text_string_to_metric_families(text))


def test_the_page_has_a_line_for_each_browser_that_was_too_slow(registry):
    now = [0.0]
    hub = Hub(lambda: now[0])
    client = hub.join("ann")
    for _ in range(QUEUE_FRAMES + 1):
        hub.broadcast("{}")
    now[0] = FULL_SECONDS + 1
    hub.drop_stalled()
    hub.drop_stalled()
    text = Exposition(registry, hub, lambda: 100.0).text().decode()
    assert client.lost.is_set()
    assert "wactorz_ws_clients_dropped_total 1.0" in text
    assert f"wactorz_ws_queue_frames {QUEUE_FRAMES}.0" in text
    assert "wactorz_ws_frames_dropped_total 1.0" in text


def test_events_and_who_follows_them(registry):
    followers = Followers(EventLog())
    followers.join(("agents/#",), "", lambda: None)
    for _ in range(3):
        followers.log.add("agents/a/heartbeat", b"{}", 1.0)
    exposition = Exposition(registry, Hub(time.monotonic), lambda: 100.0)
    exposition.follow(followers, lambda: False)
    lines = exposition.text().decode().splitlines()
    assert {"wactorz_live_events_total 3.0", "wactorz_live_followers 1.0", "wactorz_mqtt_connected 0.0"} <= set(lines)


def test_what_models_did_and_what_waits(registry):
    exposition = Exposition(registry, Hub(time.monotonic), lambda: 100.0)
    exposition.waiting(lambda: 3.0)
    exposition.acted("done")
    exposition.acted("<script>")
    text = exposition.text().decode()
    assert "wactorz_backlog 3.0" in text
    assert 'wactorz_tool_calls_total{outcome="other"} 1.0' in text
