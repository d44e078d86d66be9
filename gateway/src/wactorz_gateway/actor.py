"""One agent as it is known, and what a message changed about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from wactorz_common.contracts.lifecycle import AgentState, AgentStatus
from wactorz_common.errors import ContractError
from wactorz_common.ids import HlcId

ENDED = (AgentState.STOPPED, AgentState.FAILED)
"""States of an agent that does not run any more."""

_NEW_SECONDS, _SLACK_SECONDS = 60.0, 10.0


@dataclass
class Agent:
    """One agent as its own messages describe it."""

    agent_id: str
    name: str
    first_seen: float
    last_update: float
    state: str = AgentState.CREATED
    agent_type: str = "service"
    description: str = ""
    capabilities: tuple[str, ...] = ()
    node: str = ""
    replica: str = ""
    protected: bool = False
    essential: bool = False
    incarnation: int = 0
    started_at: float | None = None
    heartbeats: int = 0
    heartbeat: dict[str, Any] = field(default_factory=dict)
    status: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=dict)
    last_completed: dict[str, Any] | None = None
    last_error: dict[str, Any] | None = None
    verdict: str = ""
    begun: int | None = None
    """The incarnation whose start is known; None while nothing is known of a start."""


@dataclass(frozen=True)
class Change:
    """What a message changed: an urgent change is one of state, others are telemetry."""

    agent_id: str = ""
    urgent: bool = False
    removed: bool = False
    event: dict[str, Any] | None = None
    nodes: bool = False


NO_CHANGE = Change()


class Told(NamedTuple):
    """What an event says, for pages that tell it in another language: a code, and the values in it."""

    code: str
    data: Mapping[str, str | int | float]


def has_started(agent: Agent, status: AgentStatus, now: float) -> bool:
    """Whether a status is of a start that is not known yet: agents introduce themselves after each reconnect too."""
    if agent.begun is None:
        return status.uptime <= _NEW_SECONDS
    if status.incarnation:
        return status.incarnation > agent.begun
    begins = now - status.uptime
    return status.uptime > 0 and agent.started_at is not None and begins > agent.started_at + _SLACK_SECONDS


def succeeds(agent_id: str, other_id: str) -> bool:
    """Whether an id was minted after another one, as happens to an agent whose state was made anew."""
    try:
        return HlcId.parse(other_id) < HlcId.parse(agent_id)
    except ContractError:
        return False
