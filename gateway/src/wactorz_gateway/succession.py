"""Who takes whose place: an agent whose state was made anew, and replicas of one service."""

from collections.abc import Iterator, Sequence
from typing import Any

from wactorz_gateway.actor import ENDED, Agent, succeeds


def drop_predecessor(agents: dict[str, Agent], agent_id: str, name: str) -> None:
    """Who has ended, or has an older id, gives way to a new one of its name; a living replica does not."""
    for key, agent in list(agents.items()):
        is_older = not agent.replica and succeeds(agent_id, key)
        if agent.name == name and (agent.state in ENDED or is_older):
            del agents[key]


def drop_older_replica(agents: dict[str, Agent], agent: Agent) -> None:
    """A replica whose state was made anew takes the place of the one with its number."""
    for key, other in list(agents.items()):
        same = (other.name, other.replica) == (agent.name, agent.replica)
        if same and succeeds(agent.agent_id, key):
            del agents[key]


def share_manifest(agents: dict[str, Agent], agent: Agent) -> None:
    """Replicas can do the same: one that is known without its manifest is described as the others are."""
    others = (one for one in agents.values() if one.name == agent.name and one.description)
    other = next(others, agent)
    if not agent.description:
        agent.description, agent.capabilities = other.description, other.capabilities
        agent.manifest = other.manifest


def survivors(rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Kept agents without those whose place another one of them has taken."""
    alive = {row["name"] for row in rows if row["state"] not in ENDED}
    for row in rows:
        has_ended = row["state"] in ENDED and row["name"] in alive
        if not has_ended and not any(_replaces(one, row) for one in rows):
            yield row


def _replaces(new: dict[str, Any], old: dict[str, Any]) -> bool:
    """Whether a kept agent is another one that was made anew."""
    if (new["name"], new.get("replica", "")) != (old["name"], old.get("replica", "")):
        return False
    return succeeds(new["agent_id"], old["agent_id"])
