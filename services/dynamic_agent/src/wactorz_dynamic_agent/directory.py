"""Who else is there: one listener for all agents of this process that ask, on the connection of one of them."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from pydantic_core import from_json

from wactorz_common import logs
from wactorz_common.contracts.lifecycle import HEARTBEAT
from wactorz_common.rights import DIRECTORY
from wactorz_dynamic_agent.agent import DynamicAgent

_ONLINE_SECONDS = 30.0
_TELL_SECONDS = 2.0


class Directory:
    """Keeps what manifests and heartbeats say; silent where the account may not hear them."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._manifests: dict[str, dict[str, Any]] = {}
        self._states: dict[str, tuple[float, str]] = {}
        self._nodes: dict[str, dict[str, Any]] = {}
        self._served: list[DynamicAgent] = []
        self._ends: list[Callable[[], None]] = []
        self._told: dict[str, Any] = {}
        self._due = False
        self._log = logs.get(__name__)

    def serve(self, agent: DynamicAgent) -> None:
        """Keep an agent informed from now on."""
        self._served.append(agent)
        if len(self._served) == 1:
            self._listen(agent)
        if self._told:
            agent.refreshed(self._told)

    def forget(self, agent: DynamicAgent) -> None:
        """An agent goes; another one's connection is used instead."""
        if agent not in self._served:
            return
        was_first = self._served[0] is agent
        self._served.remove(agent)
        if was_first:
            self._ends.clear()
            if self._served:
                self._listen(self._served[0])

    def snapshot(self) -> dict[str, Any]:
        """Agents, nodes, topics and capabilities as code sees them."""
        rows = [self._row(manifest) for manifest in self._manifests.values()]
        return {
            "agents": [{key: row[key] for key in ("name", "type", "description", "state", "remote", "node")}
                       for row in rows],
            "nodes": [self._node(name) for name in sorted(self._nodes)],
            "topics": self._topics(),
            "capabilities": [
                {**{key: row[key] for key in ("name", "description")},
                 **{key: row["manifest"].get(key) or empty for key, empty in _ABILITIES.items()},
                 "running": row["state"] == "running", "spawnable": False} for row in rows
            ],
        }  # fmt: skip

    def _listen(self, agent: DynamicAgent) -> None:
        self._ends = [agent.bus.listen(filter_, self._heard, 0) for filter_ in DIRECTORY]

    async def _heard(self, topic: str, data: bytes, _retained: bool) -> None:
        _, name, leaf = topic.split("/")
        try:
            value = from_json(data) if data else None
        except ValueError:
            return  # its sender is told by those whom it concerns
        if leaf == "manifest":
            self._manifest(name, value)
        elif isinstance(value, dict) and HEARTBEAT.match(topic) is not None:
            self._states[name] = (self._now(), str(value.get("state", "")))
        elif isinstance(value, dict):
            self._nodes[name] = {**value, "at": self._now()}
        self._tell_soon()

    def _manifest(self, agent_id: str, value: Any) -> None:
        if isinstance(value, dict) and value.get("name"):
            self._manifests[agent_id] = value
        else:
            self._manifests.pop(agent_id, None)
            self._states.pop(agent_id, None)

    def _row(self, manifest: dict[str, Any]) -> dict[str, Any]:
        _, state = self._states.get(str(manifest.get("actor_id", "")), (0.0, ""))
        node = str(manifest.get("node") or "")
        return {
            "name": str(manifest.get("name", "")), "type": str(manifest.get("agent_type") or "agent"),
            "description": str(manifest.get("description") or ""), "state": state or "unknown", "remote": bool(node),
            "node": node or "local", "manifest": manifest,
        }  # fmt: skip

    def _node(self, name: str) -> dict[str, Any]:
        node = self._nodes[name]
        going = node.get("status") in ("offline", "restarting")
        online = not going and self._now() - node["at"] < _ONLINE_SECONDS
        return {"node": name, "online": online, "agents": list(node.get("agents") or ())}

    def _topics(self) -> list[dict[str, Any]]:
        found: dict[str, list[str]] = {}
        for manifest in self._manifests.values():
            for topic in manifest.get("publishes") or ():
                found.setdefault(str(topic), []).append(str(manifest.get("name", "")))
        return [{"topic": topic, "agents": sorted(set(found[topic]))} for topic in sorted(found)]

    def _tell_soon(self) -> None:
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_later(_TELL_SECONDS if self._told else 0.1, self._tell)

    def _tell(self) -> None:
        self._due = False
        snapshot = self.snapshot()
        if snapshot != self._told:
            self._told = snapshot
            for agent in self._served:
                agent.refreshed(snapshot)


_ABILITIES: dict[str, Any] = {"capabilities": [], "input_schema": {}, "output_schema": {}}
