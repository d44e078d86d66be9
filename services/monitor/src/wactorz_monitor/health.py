"""The health of the whole, for machines and for people; pure."""

from collections import Counter

from wactorz_common.contracts.lifecycle import AgentState
from wactorz_common.contracts.system import ActorHealth, SystemHealth
from wactorz_common.supervision import silence_limit
from wactorz_monitor.german import phrase
from wactorz_monitor.roster import Roster, Watched

DEGRADED_ERRORS = 3
"""Errors in a row from which an agent counts as degraded."""


def state_of(agent: Watched, now: float, heartbeat_seconds: float) -> str:
    """The state to show: never `running` for one that is known not to run."""
    if agent.quarantined:
        return "quarantined"
    if agent.stopped:
        return AgentState.STOPPED.value
    if agent.down or agent.state == AgentState.FAILED:
        return "failed"
    late = now - agent.last_seen > silence_limit(heartbeat_seconds)
    if agent.state == AgentState.RUNNING and (late or agent.errors >= DEGRADED_ERRORS or agent.overdue):
        return "degraded"
    return agent.state


def snapshot(roster: Roster, now: float, timestamp: float, heartbeat_seconds: float) -> SystemHealth:
    """The health of all agents; `now` is monotonic, `timestamp` in epoch seconds."""
    actors = tuple(
        ActorHealth(
            id=agent.id,
            name=agent.name,
            state=state_of(agent, now, heartbeat_seconds),
            last_seen_ago=round(max(0.0, now - agent.last_seen), 1),
            consecutive_errors=agent.errors,
            error_phase=agent.error_phase,
        )
        for agent in roster.agents.values()
    )
    count = Counter(actor.state for actor in actors)
    return SystemHealth(
        timestamp=timestamp,
        total_actors=len(actors),
        running=count["running"],
        paused=count["paused"],
        stopped=count["stopped"],
        failed=count["failed"] + count["quarantined"],
        degraded=count["degraded"],
        actors=actors,
    )


def sentence(health: SystemHealth, *, in_container: bool = False) -> str:
    """One paragraph about the health of the whole."""
    known = health.total_actors
    wrong = [actor for actor in health.actors if actor.state not in ("running", "idle")]
    if not wrong:
        return phrase("All {known} agents are running.", known=known)
    parts = [phrase("{running} of {known} agents are running.", running=health.running, known=known)]
    for state in sorted({actor.state for actor in wrong}):
        names = [actor.name for actor in wrong if actor.state == state]
        parts.append(f"{phrase(state.capitalize())}: {_listed(names)}.")
    if any(actor.state == "quarantined" for actor in wrong):
        parts.append(
            phrase(
                "A quarantined agent keeps dying: read its log with `{log_command} NAME`.",
                log_command=_log_command(in_container),
            )
        )
    return " ".join(parts)


def advice(name: str, *, in_container: bool) -> str:
    """What a person does about an agent in quarantine."""
    again = f"`docker compose start {name}`" if in_container else phrase("`wactorz down` and `wactorz up`")
    return phrase(
        "Read its log with `{log_command} {name}`, mend the cause, then start it again with {again}",
        log_command=_log_command(in_container),
        name=name,
        again=again,
    )


def _log_command(in_container: bool) -> str:
    return "docker compose logs" if in_container else "wactorz logs"


def _listed(names: list[str], limit: int = 10) -> str:
    shown = ", ".join(sorted(names)[:limit])
    return shown if len(names) <= limit else phrase("{names} and {count} more", names=shown, count=len(names) - limit)
