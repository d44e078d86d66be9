"""Decides who hangs. Pure: the roster and the time in, verdicts out."""

from collections.abc import Iterable
from dataclasses import dataclass

from wactorz_common.contracts.lifecycle import AgentState
from wactorz_common.supervision import is_deaf, is_outage, silence_limit
from wactorz_monitor.roster import Roster, Watched

FOREIGN_ALERT_SECONDS = 60.0
"""An agent that no runner looks after is only reported, after this silence."""

FORGET_SECONDS = 600.0
"""Then it is dropped from the list."""

_NODE_ALERT_BEATS = 3.0
_OVERDUE_BEATS = 1
_PATIENCE = 3.0
"""After a restart was asked for, this many silence limits pass before it is asked for again."""


@dataclass(frozen=True)
class Restart:
    """The agent hangs: its runner shall kill it and start it again."""

    agent: Watched
    reason: str
    silent_for: float


@dataclass(frozen=True)
class Report:
    """The agent is gone and nobody supervises it: tell people."""

    agent: Watched
    silent_for: float


@dataclass(frozen=True)
class Forget:
    """The agent has been gone for so long that it is no longer listed."""

    agent: Watched


@dataclass(frozen=True)
class Calm:
    """So many are silent at once, or nobody at all is heard, that the broker must be gone: restart nobody."""

    silent: int
    known: int


Verdict = Restart | Report | Forget | Calm


def judge(roster: Roster, now: float, heartbeat_seconds: float) -> list[Verdict]:
    """Everything to be done now; an outage suspends all of it."""
    limit = silence_limit(heartbeat_seconds)
    present = [agent for agent in roster.agents.values() if _counts(roster, agent, now)]
    silent = [agent for agent in present if now - agent.last_seen > limit]
    if is_outage(len(silent), len(present)) or (silent and is_deaf(now - roster.heard_at, heartbeat_seconds)):
        return [Calm(len(silent), len(present))]
    hung = [_restart(agent, now) for agent in silent if _may_act(roster, agent, now, limit)]
    stuck = [_unstick(agent, now) for agent in present if _is_stuck(agent) and _may_act(roster, agent, now, limit)]
    seen = {verdict.agent.id for verdict in hung}
    return [*hung, *(verdict for verdict in stuck if verdict.agent.id not in seen), *_foreigners(roster, now)]


def _counts(roster: Roster, agent: Watched, now: float) -> bool:
    """Whether the agent should be heard: not the dead, the paused, and foreigners that have left."""
    if agent.down or agent.quarantined or agent.state in (AgentState.PAUSED, AgentState.STOPPED):
        return False
    return agent.name in roster.placed or now - agent.last_seen < FOREIGN_ALERT_SECONDS


def _may_act(roster: Roster, agent: Watched, now: float, limit: float) -> bool:
    return agent.name in roster.placed and now - agent.acted_at > _PATIENCE * limit


def _restart(agent: Watched, now: float) -> Restart:
    silent = now - agent.last_seen
    return Restart(agent, f"its work loop has been silent for {silent:.0f} s", silent)


def _is_stuck(agent: Watched) -> bool:
    """A handler past its own time-out in two heartbeats running: one alone may be just ending."""
    return bool(agent.overdue) and agent.overdue_beats >= _OVERDUE_BEATS


def _unstick(agent: Watched, now: float) -> Restart:
    handlers = ", ".join(agent.overdue)
    return Restart(agent, f"its handler of {handlers} runs past its own time-out", now - agent.last_seen)


def _foreigners(roster: Roster, now: float) -> Iterable[Verdict]:
    for agent in roster.agents.values():
        if agent.name in roster.placed:
            continue
        silent = now - agent.last_seen
        if silent > FORGET_SECONDS:
            yield Forget(agent)
        elif silent > FOREIGN_ALERT_SECONDS and not agent.warned and agent.state != AgentState.STOPPED:
            yield Report(agent, silent)


def lost_nodes(roster: Roster, now: float, heartbeat_seconds: float) -> list[str]:
    """Nodes whose runner is silent."""
    return [node for node, seen in roster.nodes.items() if now - seen > _NODE_ALERT_BEATS * heartbeat_seconds]
