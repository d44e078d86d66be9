"""Agents, nodes and health as encoded lists, with what the monitor knows of them refreshed behind."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from pydantic_core import to_json

from wactorz_common.contracts.llm import GET_COSTS, CostQuery
from wactorz_common.contracts.spawning import NodeReport, SpawnedAgent
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_gateway.answers import etag_of
from wactorz_gateway.backend import Backend
from wactorz_gateway.bodies import Bodies, Body
from wactorz_gateway.healthview import health_of
from wactorz_gateway.refreshed import Refreshed
from wactorz_gateway.registry import Registry
from wactorz_gateway.spawned import known_nodes, spawned_agents
from wactorz_gateway.views import AgentView, agent_rows, agent_views, merged_nodes

KEEP_SECONDS = 2.0
"""What the monitor has told is shown for so long before it is asked again, behind the reader's back."""

MODEL_SECONDS = 60.0
_ASK_SECONDS = 1.5
_PASSING = frozenset({"uptime", "last_seen"})
"""Fields that change with every second; a list without any other change is the same list."""


class Lists:
    """Lists that are read often; `now` gives epoch seconds."""

    def __init__(
        self, registry: Registry, backend: Backend, now: Callable[[], float],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._registry, self._backend, self._now = registry, backend, now
        self.bodies = Bodies(monotonic)
        self.spawned: Refreshed[dict[str, SpawnedAgent] | None] = Refreshed(
            lambda: spawned_agents(backend), KEEP_SECONDS, monotonic
        )
        self.nodes: Refreshed[tuple[NodeReport, ...]] = Refreshed(lambda: known_nodes(backend), KEEP_SECONDS, monotonic)

        self.model: Refreshed[tuple[str, str]] = Refreshed(lambda: _model(backend), MODEL_SECONDS, monotonic)

    def outdated(self) -> None:
        """Something was spawned, changed or removed: the next reader waits for the monitor's word."""
        self.spawned.outdated()
        self.nodes.outdated()

    async def agent_views(self) -> list[AgentView]:
        """All agents by name."""
        return agent_views(self._registry, await self.spawned.get(), self._now())

    async def find(self, key: str) -> AgentView | None:
        """One agent by id or name; who is not known is asked for once more."""
        for view in await self.agent_views():
            if key in (view.id, view.name):
                return view
        self.spawned.outdated()
        return next((view for view in await self.agent_views() if key in (view.id, view.name)), None)

    async def agents(self) -> Body:
        """All agents by name, encoded."""
        kept, registry = await self.spawned.get(), self._registry
        state = (registry.state_version, self.spawned.version)
        return self.bodies.get(
            "agents", state, registry.version, lambda: encoded(agent_rows(registry, kept, self._now()))
        )

    async def node_list(self) -> Body:
        """All nodes, encoded."""
        known, registry = await self.nodes.get(), self._registry
        state = (registry.state_version, self.nodes.version)
        return self.bodies.get("nodes", state, registry.version, lambda: _nodes(registry, known, self._now()))

    async def health(self) -> Body:
        """The count of agents, encoded; TransportError while the broker is away."""
        registry = self._registry
        if not self._backend.connected():
            raise TransportError("The MQTT broker is not connected")
        return self.bodies.get("health", registry.state_version, None, self._health)

    def _health(self) -> Body:
        return Body(health_of(self._registry, self._now(), connected=True).model_dump_json().encode(), "")


def encoded(rows: Iterable[dict[str, Any]]) -> Body:
    """Rows as JSON; the validator passes over what changes with every second."""
    listed = list(rows)
    lasting = [{key: value for key, value in row.items() if key not in _PASSING} for row in listed]
    return Body(to_json(listed), etag_of(to_json(lasting)))


def _nodes(registry: Registry, known: tuple[NodeReport, ...], now: float) -> Body:
    return encoded(view.model_dump(mode="json") for view in merged_nodes(registry, known, now))


async def _model(backend: Backend) -> tuple[str, str]:
    """Provider and name of the model that answers; empty while that is not known."""
    try:
        report = await backend.ask(GET_COSTS, CostQuery(period="today"), timeout=_ASK_SECONDS)
    except (TransportError, TaskFailed):
        return "", ""
    return report.provider, report.model
