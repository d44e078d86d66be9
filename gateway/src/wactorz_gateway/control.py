"""Control requests for agents: who may be paused, stopped, deleted, in which state, and by whom it is done."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from wactorz_common.contracts.spawning import MANAGE_AGENT, Management
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TransportError
from wactorz_gateway.actor import Agent
from wactorz_gateway.backend import Command
from wactorz_gateway.guards import Refusal
from wactorz_gateway.parts import Parts
from wactorz_gateway.spawned import spawned_agents

Wish = Literal["start", "stop", "pause", "resume", "delete", "restart"]
"""What can be asked for; a restart is the monitor's."""

_GONE = ("stopped", "failed", "quarantined", "late", "unreachable")
_BROKEN = ("failed", "quarantined", "late", "unreachable")
_INTRODUCTION_SECONDS = 15.0
_FROM = {"resume": "paused", "start": "stopped"}
_SILENT = "monitor, which keeps the spawned agents, does not answer, so nothing was done: try again in a moment"
PROGRESS: dict[Wish, str] = {
    "pause": "pausing", "resume": "resuming", "delete": "deleting", "stop": "stopping", "start": "starting",
    "restart": "restarting",
}  # fmt: skip


@dataclass(frozen=True)
class Going:
    """What goes on now, in one word and in a sentence."""

    status: str
    text: str


def refusal(agent: Agent, state: str, command: Wish) -> Refusal | None:
    """Why a command is not given to an agent in this state, or None."""
    if command == "delete" and agent.protected:
        return Refusal(HTTPStatus.FORBIDDEN, f"{agent.name} is part of Wactorz and cannot be deleted")
    if command in ("pause", "stop") and agent.essential:
        return Refusal(HTTPStatus.FORBIDDEN, f"{agent.name} is essential and cannot be made to {command}")
    if command in _FROM and state != _FROM[command]:
        return Refusal(HTTPStatus.CONFLICT, f"{agent.name} is {state}, not {_FROM[command]}: nothing to {command}")
    if command in ("pause", "stop") and state in (command_end(command), *_GONE):
        return Refusal(HTTPStatus.CONFLICT, f"{agent.name} cannot be made to {command}, because it is {state}")
    return None


def command_end(command: Wish) -> str:
    """The state in which a command leaves an agent."""
    return {"pause": "paused", "stop": "stopped", "delete": "stopped"}.get(command, "running")


async def control(parts: Parts, key: str, wish: Wish, *, by: str = "", task_id: str = "") -> Refusal | Going:
    """Have the agent with this id or name started, stopped and so on; what goes on now, or why it is refused.

    Agents whose desired state the monitor keeps go through the monitor, others are told themselves.
    """
    agent = parts.registry.find(key)
    name = agent.name if agent else key
    if wish == "pause" or wish == "resume":  # noqa: PLR1714  # read by the type checker
        return await _tell(parts, agent, wish) if agent else missing(key)
    if wish == "restart" or await _is_kept(parts, agent, name, wish):
        return await _manage(parts, agent, Management(name=name[:64], command=wish, by=by), task_id)
    return await _tell(parts, agent, wish) if agent else missing(key)


async def _is_kept(parts: Parts, agent: Agent | None, name: str, wish: Wish) -> bool:
    """Whether the monitor keeps the desired state of an agent, or must lift the quarantine of one that is ours."""
    if agent is not None and agent.protected:
        return wish == "start" and parts.registry.shown_state(agent, parts.now()) in _BROKEN
    kept = await spawned_agents(parts.backend)
    if kept is None and (agent is None or agent.agent_type != "service"):
        raise TransportError(_SILENT)
    return kept is not None and name in kept


def missing(key: str) -> Refusal:
    """There is no such agent."""
    return Refusal(HTTPStatus.NOT_FOUND, f"There is no agent '{key}': `wactorz agents` lists them")


async def _manage(parts: Parts, agent: Agent | None, wish: Management, task_id: str) -> Refusal | Going:
    end = await parts.backend.submit(MANAGE_AGENT, wish, task_id=task_id)
    if end.state is TaskState.FAILED:
        return Refusal(HTTPStatus.CONFLICT, end.error or f"{wish.name} could not be made to {wish.command}")
    if end.state is not TaskState.DONE or end.result is None:
        return Refusal(HTTPStatus.GATEWAY_TIMEOUT, f"monitor has not confirmed it in time: {end.error or 'look again'}")
    if wish.command == "delete" and agent is not None:
        _forget(parts, agent)
    return Going(PROGRESS[wish.command], end.result.text)


async def _tell(parts: Parts, agent: Agent, command: Command) -> Refusal | Going:
    now = parts.now()
    state = parts.registry.shown_state(agent, now)
    refused = refusal(agent, state, command) or _too_early(agent, command, now)
    if refused is not None:
        return refused
    await parts.backend.wait_connected(1.0)
    if command == "delete":
        parts.registry.mark_deleting(agent.agent_id)
    await parts.backend.command(agent.agent_id, command)
    if command == "delete" and state in _GONE:
        parts.dashboard.changed(parts.registry.forget(agent.agent_id), parts.now())
    return Going(PROGRESS[command], f"{agent.name} was told to {command}")


def _too_early(agent: Agent, command: Command, now: float) -> Refusal | None:
    """An agent of which only the manifest is known may be protected: its first heartbeat says so."""
    if command != "delete" or agent.heartbeat or agent.status or now - agent.first_seen > _INTRODUCTION_SECONDS:
        return None
    return Refusal(HTTPStatus.CONFLICT, f"{agent.name} has only just been heard of: try again in a few seconds")


def _forget(parts: Parts, agent: Agent) -> None:
    """Take a deleted agent from the list; one that has yet to say goodbye is taken when it does."""
    if agent.agent_id not in parts.registry.agents:
        return
    if parts.registry.shown_state(agent, parts.now()) in _GONE:
        parts.dashboard.changed(parts.registry.forget(agent.agent_id), parts.now())
    else:
        parts.registry.mark_deleting(agent.agent_id)
