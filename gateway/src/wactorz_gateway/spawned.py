"""Spawned agents: what a client may ask for, and what the monitor knows of those that exist."""

from pydantic_core import to_json

from wactorz_common.contracts import Nothing
from wactorz_common.contracts.spawning import LIST_NODES, LIST_SPAWNED, NodeReport, SpawnedAgent, SpawnSpec
from wactorz_common.contracts.tasks import TaskRequest
from wactorz_common.errors import ContractError, TaskFailed, TransportError
from wactorz_gateway.backend import Backend

ASK_SECONDS = 1.5
"""How long a list waits for the monitor before it shows only what the bus has told."""

_ENVELOPE = {name for field, info in TaskRequest.model_fields.items() for name in (field, info.alias or field)}
_THE_MONITORS = {"_agent_id", "agent_id", "_migration_token", "migration_token", "_initial_state", "initial_state"}


def wish(spec: SpawnSpec) -> SpawnSpec:
    """The specification without what belongs to a task's envelope or is the monitor's alone."""
    try:
        wire = {key: value for key, value in spec.to_wire().items() if key not in _ENVELOPE | _THE_MONITORS}
        written = to_json(wire)
    except ValueError as error:
        raise ContractError(
            "The message holds characters that are none, or is nested too deeply, so it cannot be passed on"
        ) from error
    return SpawnSpec.decode(written)


async def spawned_agents(backend: Backend) -> dict[str, SpawnedAgent] | None:
    """Every spawned agent by name; None when the monitor does not answer."""
    try:
        listed = await backend.ask(LIST_SPAWNED, Nothing(), timeout=ASK_SECONDS)
    except (TransportError, TaskFailed):
        return None
    return {agent.name: agent for agent in listed.agents}


async def known_nodes(backend: Backend) -> tuple[NodeReport, ...]:
    """The nodes that the monitor remembers; none while it does not answer."""
    try:
        return (await backend.ask(LIST_NODES, Nothing(), timeout=ASK_SECONDS)).nodes
    except (TransportError, TaskFailed):
        return ()
