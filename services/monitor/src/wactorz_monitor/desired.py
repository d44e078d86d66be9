"""What should run, as it is kept on disk: agents with their node, and who is quarantined or was stopped; pure."""

from typing import Any

from wactorz_common.contracts.lifecycle import AgentState
from wactorz_monitor.roster import Roster, Watched


def extract(roster: Roster) -> dict[str, Any]:
    """Name to id, node and wish, for every agent that a runner looks after."""
    return {
        agent.name: {"id": agent.id, "node": agent.node, "wish": _wish(agent)}
        for agent in roster.agents.values()
        if agent.name in roster.placed
    }


def _wish(agent: Watched) -> str:
    if agent.quarantined:
        return "quarantined"
    return "stopped" if agent.stopped else "running"


def restore(roster: Roster, kept: dict[str, Any], seen: float) -> None:
    """Put the kept agents on the roster, as if last heard at `seen` (monotonic seconds)."""
    for name, item in kept.items():
        wish = item["wish"]
        agent = Watched(item["id"], name, item["node"], last_seen=seen)
        agent.quarantined = agent.down = wish == "quarantined"
        agent.stopped = wish == "stopped"
        agent.state = AgentState.STOPPED.value if agent.stopped else AgentState.RUNNING.value
        roster.add(agent)
        roster.placed[name] = item["node"]
