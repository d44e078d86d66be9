"""Prometheus metrics: agents from the registry, requests from the middleware."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from wactorz_gateway.actor import Agent
from wactorz_gateway.hub import Hub
from wactorz_gateway.live.following import Followers
from wactorz_gateway.registry import Registry
from wactorz_gateway.views import VERSION

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_COUNTERS = {
    "wactorz_actor_messages_processed": ("messages_processed", "Messages handled since start"),
    "wactorz_actor_errors": ("errors", "Errors since start"),
    "wactorz_actor_tasks_completed": ("tasks_completed", "Tasks done since start"),
    "wactorz_actor_tasks_failed": ("tasks_failed", "Tasks failed since start"),
    "wactorz_actor_restart_count": ("restart_count", "Starts before this one"),
}
_PAID = {
    "wactorz_llm_input_tokens": ("input_tokens", "Tokens sent to models, by the agent that paid"),
    "wactorz_llm_output_tokens": ("output_tokens", "Tokens received from models, by the agent that paid"),
    "wactorz_llm_cost_usd": ("cost_usd", "Cost of model calls in US dollars, by the agent that paid"),
    "wactorz_llm_calls": ("llm_calls", "Model calls, by the agent that paid"),
}


NAMES = frozenset({
    "wactorz_actors_total", "wactorz_actors_by_state", "wactorz_actor_info", "wactorz_actor_up", "wactorz_actor_state",
    "wactorz_actor_messages_processed_total", "wactorz_actor_errors_total", "wactorz_actor_tasks_completed_total",
    "wactorz_actor_tasks_failed_total", "wactorz_actor_restart_count_total", "wactorz_actor_uptime_seconds",
    "wactorz_actor_heartbeat_age_seconds", "wactorz_llm_input_tokens_total", "wactorz_llm_output_tokens_total",
    "wactorz_llm_cost_usd_total", "wactorz_llm_calls_total", "wactorz_tool_calls_total",
    "wactorz_mqtt_reconnects_total", "wactorz_backlog", "wactorz_http_requests_total", "wactorz_http_responses_total",
    "wactorz_http_request_duration_seconds", "wactorz_auth_refused_total", "wactorz_ws_clients",
    "wactorz_ws_frames_dropped_total", "wactorz_ws_clients_dropped_total", "wactorz_ws_queue_frames",
    "wactorz_live_followers", "wactorz_live_events_total", "wactorz_mqtt_connected", "wactorz_build_info",
})  # fmt: skip
"""Every metric of the gateway; labels are agents, states, routes and outcomes, whose number is bounded."""


class Exposition:
    """The metrics of this process; `now` gives epoch seconds."""

    def __init__(self, registry: Registry, hub: Hub, now: Callable[[], float]) -> None:
        self._metrics = CollectorRegistry()
        self._metrics.register(_Agents(registry, now))
        self._metrics.register(_Browsers(hub))
        ProcessCollector(registry=self._metrics)
        build = Gauge("wactorz_build_info", "Version that runs; always 1", ("version",), registry=self._metrics)
        build.labels(VERSION).set(1)
        self._tools = Counter(
            "wactorz_tool_calls", "Calls of models that moved devices", ("outcome",), registry=self._metrics
        )
        self._reconnects = Counter("wactorz_mqtt_reconnects", "Times that the broker came back", registry=self._metrics)
        self._backlog = Gauge(
            "wactorz_backlog", "Messages of people that wait for their answer", registry=self._metrics
        )
        labels = ("method", "route")
        self._requests = Counter("wactorz_http_requests", "Requests", labels, registry=self._metrics)
        self._responses = Counter("wactorz_http_responses", "Responses", (*labels, "status"), registry=self._metrics)
        self._seconds = Histogram(
            "wactorz_http_request_duration_seconds", "Time to answer", labels, registry=self._metrics
        )

        self._refused = Counter(
            "wactorz_auth_refused", "Calls that were kept out, by reason", ("reason",), registry=self._metrics
        )

    def refused(self, reason: str) -> None:
        """Note a call that was kept out."""
        self._refused.labels(reason).inc()

    def waiting(self, count: Callable[[], float]) -> None:
        """Who tells how many messages of people wait for their answer."""
        self._backlog.set_function(count)

    def follow(self, followers: Followers, connected: Callable[[], bool]) -> None:
        """Who follows live events, and who tells whether the broker is there."""
        self._metrics.register(_Live(followers, connected))

    def reconnected(self) -> None:
        """Note that the broker came back."""
        self._reconnects.inc()

    def acted(self, outcome: str) -> None:
        """Note a call of a model that moved a device."""
        self._tools.labels(outcome if outcome in ("done", "failed", "unknown") else "other").inc()

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note one request."""
        method = method if method in ("GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS") else "other"
        self._requests.labels(method, route).inc()
        self._responses.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        """The exposition in Prometheus' text format."""
        return generate_latest(self._metrics)


class _Agents(Collector):
    def __init__(self, registry: Registry, now: Callable[[], float]) -> None:
        self._registry, self._now = registry, now

    def collect(self) -> Iterator[Metric]:
        """All metrics that come from the registry."""
        now, agents = self._now(), self._registry.listed()
        yield GaugeMetricFamily("wactorz_actors_total", "Agents known", value=len(agents))
        yield from self._states(agents, now)
        up = GaugeMetricFamily("wactorz_actor_up", "1 while the agent is heard of", labels=["actor_name"])
        age = GaugeMetricFamily(
            "wactorz_actor_heartbeat_age_seconds", "Since the last sign of life", labels=["actor_name"]
        )
        uptime = GaugeMetricFamily("wactorz_actor_uptime_seconds", "Since start", labels=["actor_name"])
        for agent in agents:
            gone = self._registry.shown_state(agent, now) in ("stopped", "failed", "quarantined", "late", "unreachable")
            up.add_metric([agent.name], 0 if gone else 1)
            age.add_metric([agent.name], max(0.0, now - agent.last_update))
            if agent.started_at is not None and not gone:
                uptime.add_metric([agent.name], max(0.0, now - agent.started_at))
        yield from (up, age, uptime)
        own = [(agent.name, agent.metrics) for agent in agents]
        yield from (_counter(name, key, text, own) for name, (key, text) in _COUNTERS.items())
        paid = list(self._registry.paid().items())
        yield from (_counter(name, key, text, paid) for name, (key, text) in _PAID.items())

    def _states(self, agents: list[Agent], now: float) -> Iterator[Metric]:
        by_state = GaugeMetricFamily("wactorz_actors_by_state", "Agents by state", labels=["state"])
        info = GaugeMetricFamily(
            "wactorz_actor_info", "What an agent is", labels=["actor_name", "actor_class", "protected"]
        )
        each = GaugeMetricFamily("wactorz_actor_state", "1 for the state it is in", labels=["actor_name", "state"])
        counts: dict[str, int] = {}
        for agent in agents:
            state = self._registry.shown_state(agent, now)
            counts[state] = counts.get(state, 0) + 1
            info.add_metric([agent.name, agent.agent_type, str(agent.protected).lower()], 1)
            each.add_metric([agent.name, state], 1)
        for state, count in sorted(counts.items()):
            by_state.add_metric([state], count)
        yield from (by_state, info, each)


class _Browsers(Collector):
    """The dashboards at /ws."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def collect(self) -> Iterator[Metric]:
        """How many there are, and what becomes of the slow ones."""
        hub = self._hub
        yield GaugeMetricFamily("wactorz_ws_clients", "Connected browsers", value=len(hub))
        yield GaugeMetricFamily(
            "wactorz_ws_queue_frames", "Frames that wait for the slowest browser", hub.longest_queue
        )
        yield CounterMetricFamily("wactorz_ws_frames_dropped", "Frames that slow browsers missed", hub.dropped)
        yield CounterMetricFamily("wactorz_ws_clients_dropped", "Browsers that were too slow to keep", hub.stalled)


class _Live(Collector):
    """Live events in all ways, and the broker they come from."""

    def __init__(self, followers: Followers, connected: Callable[[], bool]) -> None:
        self._followers, self._connected = followers, connected

    def collect(self) -> Iterator[Metric]:
        """How many events there were, and for how many readers."""
        followers = self._followers
        yield CounterMetricFamily("wactorz_live_events", "Messages of the bus that readers may see", followers.log.last)
        yield GaugeMetricFamily("wactorz_live_followers", "Readers of live events, in all ways", value=len(followers))
        yield GaugeMetricFamily("wactorz_mqtt_connected", "1 while the broker is there", value=int(self._connected()))


def _counter(name: str, key: str, text: str, figures: Iterable[tuple[str, Mapping[str, Any]]]) -> Metric:
    """A counter of each agent that tells it."""
    family = CounterMetricFamily(name, text, labels=["actor_name"])
    for agent, told in figures:
        value = told.get(key)
        if value is not None:
            family.add_metric([agent], value)
    return family
