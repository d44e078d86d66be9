"""Control requests for agents: who may be paused, resumed, deleted, and in which state."""

from http import HTTPStatus

from wactorz_gateway.actor import Agent
from wactorz_gateway.guards import Refusal
from wactorz_gateway.parts import Command, Parts

_GONE = ("stopped", "failed", "quarantined", "late", "unreachable")
_FROM = {"resume": "paused", "start": "stopped"}
PROGRESS = {
    "pause": "pausing", "resume": "resuming", "delete": "deleting", "stop": "stopping", "start": "starting",
}  # fmt: skip


def refusal(agent: Agent, state: str, command: Command) -> Refusal | None:
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


def command_end(command: Command) -> str:
    """The state in which a command leaves an agent."""
    return {"pause": "paused", "stop": "stopped", "delete": "stopped"}.get(command, "running")


async def give(parts: Parts, key: str, command: Command) -> Refusal | str:
    """Give a command to the agent with this id or name; what is going on now, or why it is refused."""
    agent = parts.registry.find(key)
    if agent is None:
        return Refusal(HTTPStatus.NOT_FOUND, f"There is no agent '{key}': `wactorz status` lists them")
    state = parts.registry.shown_state(agent, parts.now())
    refused = refusal(agent, state, command)
    if refused is not None:
        return refused
    await parts.backend.wait_connected(1.0)
    if command == "delete":
        parts.registry.mark_deleting(agent.agent_id)
    await parts.backend.command(agent.agent_id, command)
    if command == "delete" and state in _GONE:
        parts.dashboard.changed(parts.registry.forget(agent.agent_id), parts.now())
    return PROGRESS[command]
