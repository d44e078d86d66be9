"""What agents say about themselves: who publishes and who listens on which topic, with which fields; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from wactorz_common.contracts import CHANNELS
from wactorz_common.contracts.guests import AGENT_LEAF
from wactorz_common.contracts.lifecycle import AgentManifest
from wactorz_topics.folding import meet
from wactorz_topics.shapes import described

_OWN = ("agent_id", "actor_id")
_MOST_AGENTS = 2_000
_KINDS = {
    channel.address: {
        info.alias or name: f"{getattr(info.annotation, '__name__', info.annotation)} - {info.description}"
        for name, info in channel.payload.model_fields.items()
    }
    for channel in CHANNELS
}
"""Fields of the channels of the system, by address."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One agent."""

    name: str
    agent_id: str
    publishes: tuple[str, ...]
    subscribes: tuple[str, ...]
    produces: Mapping[str, str]
    consumes: Mapping[str, str]
    samples: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Fields and types by topic, as the agent itself saw them go out or as the system declares them."""

    @classmethod
    def of(cls, manifest: AgentManifest) -> "Declared":
        """What a manifest declares; topics of its own hold its id."""
        samples = {_own(one, manifest): _KINDS[one] for one in manifest.publishes if one in _KINDS}
        for topic, seen in manifest.observed_samples.items():
            fields = seen.get("fields") if isinstance(seen, dict) else None
            if isinstance(fields, dict):
                samples[topic] = {str(name): str(kind) for name, kind in fields.items()}
        publishes = tuple(_own(one, manifest) for one in manifest.publishes if one != AGENT_LEAF.address)
        return cls(
            manifest.name, manifest.actor_id, publishes, manifest.subscribes,
            described(manifest.produces_schema), described(manifest.consumes_schema), samples,
        )  # fmt: skip


def _own(address: str, manifest: AgentManifest) -> str:
    for parameter in _OWN:
        address = address.replace(f"{{{parameter}}}", manifest.actor_id)
    return address


class Directory:
    """All agents that have said what they do."""

    def __init__(self) -> None:
        self.agents: dict[str, Declared] = {}

    def note(self, manifest: AgentManifest) -> Declared:
        """An agent is there, or says something new."""
        self.agents.pop(manifest.actor_id, None)
        declared = self.agents[manifest.actor_id] = Declared.of(manifest)
        if len(self.agents) > _MOST_AGENTS:
            del self.agents[next(iter(self.agents))]
        return declared

    def forget(self, agent_id: str) -> None:
        """An agent is gone."""
        self.agents.pop(agent_id, None)

    def named(self, name: str) -> Declared | None:
        """An agent by its name; of several with it, the one that was heard last."""
        return next((one for one in reversed(self.agents.values()) if one.name == name), None)

    def publishers(self, topic: str, besides: str = "") -> list[Declared]:
        """Who says that it publishes on a topic, pattern or filter."""
        return [
            one for one in self.agents.values()
            if one.name != besides and any(meet(address, topic) for address in one.publishes)
        ]  # fmt: skip

    def subscribers(self, topic: str) -> list[Declared]:
        """Who says that it listens to a topic or pattern."""
        return [one for one in self.agents.values() if any(meet(address, topic) for address in one.subscribes)]

    def fields(self, topic: str) -> dict[str, str]:
        """What the publishers declare about the messages on a topic."""
        found: dict[str, str] = {}
        for one in self.publishers(topic):
            for address, kinds in one.samples.items():
                if meet(address, topic):
                    found |= {name: kind for name, kind in kinds.items() if name not in found}
            found |= {name: text for name, text in one.produces.items() if name not in found}
        return found
