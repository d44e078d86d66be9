"""What browsers are told: a snapshot first, then differences and relayed messages, within a budget."""

from typing import Any

from wactorz_common.contracts import Payload
from wactorz_gateway import frames
from wactorz_gateway.actor import Change
from wactorz_gateway.budget import Budget
from wactorz_gateway.hub import Hub
from wactorz_gateway.registry import Registry
from wactorz_gateway.views import dashboard_entry, difference, node_views, snapshot_state

PATCH_BYTES_PER_SECOND = 2_300.0
EVENT_BYTES_PER_SECOND = 1_700.0
"""Telemetry for an idle browser stays under 5 KiB/s in all, whatever the number of agents."""


class Dashboard:
    """Turns messages and changes of the registry into frames for all browsers."""

    def __init__(self, registry: Registry, hub: Hub) -> None:
        self.registry, self.hub = registry, hub
        self.skipped = 0
        self._sent: dict[str, dict[str, Any]] = {}
        self._telemetry: dict[str, None] = {}
        self._patches = Budget(PATCH_BYTES_PER_SECOND, 4 * PATCH_BYTES_PER_SECOND)
        self._events = Budget(EVENT_BYTES_PER_SECOND, 4 * EVENT_BYTES_PER_SECOND)

    def snapshot(self, now: float) -> str:
        """The first frame for a new client."""
        return frames.encode("full_snapshot", state=snapshot_state(self.registry, now))

    def relay(self, topic: str, payload: Payload, now: float, *, telemetry: bool, to: str | None = None) -> None:
        """Pass a broker message on, to all or to one person; telemetry only within its budget."""
        if not self.hub.relays:
            return
        frame = frames.server_event(topic, payload.encode())
        if telemetry and not self._events.spend(len(frame), now):
            self.skipped += 1
            return
        self.hub.relay(frame, to=to)

    def changed(self, change: Change, now: float) -> None:
        """Tell browsers of a change: of state at once, of telemetry when the budget allows."""
        if change.removed:
            self._deleted(change.agent_id)
            return
        state: dict[str, Any] = {}
        if change.agent_id and (change.urgent or change.event):
            state["agents"] = self._differences([change.agent_id], now)
        elif change.agent_id:
            self._telemetry[change.agent_id] = None
        if change.nodes:
            self._telemetry["nodes"] = None
        if change.event or state.get("agents"):
            self.hub.broadcast(frames.encode("patch", event=change.event, state=state))

    def tick(self, now: float) -> None:
        """Send what is due: agents that fell silent, then telemetry in the order in which it came."""
        self.hub.drop_stalled()
        for agent_id in self._sent.keys() - self.registry.agents.keys():
            self._deleted(agent_id)
        silent = [a.agent_id for a in self.registry.agents.values() if self._fell_silent(a.agent_id, now)]
        agents = self._differences(silent, now)
        if agents:
            self.hub.broadcast(frames.encode("patch", event=None, state={"agents": agents}))
        for key in list(self._telemetry):
            if not self._send_telemetry(key, now):
                break
            del self._telemetry[key]

    def _deleted(self, agent_id: str) -> None:
        self._sent.pop(agent_id, None)
        self._telemetry.pop(agent_id, None)
        state = {"total_cost_usd": self.registry.total_cost()}
        self.hub.broadcast(frames.encode("delete_agent", agent_id=agent_id, state=state))

    def _fell_silent(self, agent_id: str, now: float) -> bool:
        before = self._sent.get(agent_id)
        agent = self.registry.agents[agent_id]
        return before is not None and before["state"] != self.registry.shown_state(agent, now)

    def _send_telemetry(self, key: str, now: float) -> bool:
        if key == "nodes":
            state: dict[str, Any] = {"nodes": [view.model_dump(mode="json") for view in node_views(self.registry, now)]}
        else:
            before = self._sent.get(key)
            state = {"agents": self._differences([key], now)}
            if not state["agents"]:
                return True
        frame = frames.encode("patch", event=None, state=state)
        if self._patches.spend(len(frame), now):
            self.hub.broadcast(frame, telemetry=True)
            return True
        if key != "nodes":
            self._restore(key, before)
        return False

    def _restore(self, agent_id: str, before: dict[str, Any] | None) -> None:
        """A difference that was not sent must be found again."""
        if before is None:
            self._sent.pop(agent_id, None)
        else:
            self._sent[agent_id] = before

    def _differences(self, agent_ids: list[str], now: float) -> list[dict[str, Any]]:
        found = []
        for agent_id in agent_ids:
            agent = self.registry.agents.get(agent_id)
            if agent is None:
                continue
            entry = dashboard_entry(self.registry, agent, now)
            changed = difference(self._sent.get(agent_id, {}), entry)
            self._sent[agent_id] = entry
            if changed:
                found.append({**changed, "agent_id": agent_id})
        return found
