"""The shared restart policy: pure decisions on deaths, silence and groups; the same on this machine and on any node."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from wactorz_common.errors import ConfigError


class RestartType(StrEnum):
    """When an exit is a fault that calls for a restart."""

    PERMANENT = "permanent"
    TRANSIENT = "transient"
    TEMPORARY = "temporary"


@dataclass(frozen=True)
class RestartPolicy:
    """The figures of the policy; all times in seconds."""

    kind: RestartType = RestartType.PERMANENT
    limit: int = 5
    """Restarts granted within `window`; the death after them means quarantine."""
    window: float = 60.0
    first_delay: float = 0.5
    factor: float = 2.0
    longest_delay: float = 30.0
    jitter: float = 0.2
    stable_after: float = 120.0
    """A run of this length is stable: the next death counts as the first one."""


@dataclass(frozen=True)
class History:
    """What is remembered of a process between its deaths."""

    deaths: tuple[float, ...] = ()
    """Epoch seconds of the deaths within the window, oldest first."""
    streak: int = 0
    """Deaths since the last stable run."""
    stopped: bool = False
    """A person stopped it: it stays down until a person starts it."""
    quarantined: bool = False


@dataclass(frozen=True)
class Death:
    """One end of a process; `code` is the exit code, minus the signal, or None when it could not be learned."""

    at: float
    started_at: float
    code: int | None = None


@dataclass(frozen=True)
class Restart:
    """Start it again after `delay` seconds."""

    delay: float


@dataclass(frozen=True)
class Quarantine:
    """Keep it down and tell people; `deaths` is how many there were within the window."""

    deaths: int


@dataclass(frozen=True)
class Leave:
    """Its end was wanted or is final: do nothing."""

    reason: str


Decision = Restart | Quarantine | Leave


def decide(policy: RestartPolicy, history: History, death: Death, chance: float) -> tuple[Decision, History]:
    """Decide what follows a death, and what to remember of it; `chance` is a random number in 0..1 for the jitter."""
    if history.stopped:
        return Leave("stopped by a person"), history
    if history.quarantined:
        return Leave("in quarantine"), history
    if policy.kind is RestartType.TEMPORARY:
        return Leave("temporary"), history
    if policy.kind is RestartType.TRANSIENT and death.code == 0:
        return Leave("finished"), history
    stable = death.at - death.started_at >= policy.stable_after
    streak = 1 if stable else history.streak + 1
    recent = tuple(moment for moment in history.deaths if 0 <= death.at - moment < policy.window)
    deaths = (*recent, death.at)
    if len(deaths) > policy.limit:
        return Quarantine(len(deaths)), History(deaths, streak, quarantined=True)
    return Restart(_delay(policy, streak, chance)), History(deaths, streak)


def _delay(policy: RestartPolicy, streak: int, chance: float) -> float:
    """Nothing for the first death after a stable run, then a growing delay, spread by the jitter."""
    if streak <= 1:
        return 0.0
    exponent = min(streak - 2, 64)
    base = min(policy.first_delay * policy.factor**exponent, policy.longest_delay)
    return min(base * (1 + policy.jitter * (2 * chance - 1)), policy.longest_delay)


SILENT_BEATS = 2.2
"""Heartbeats that may be missed before silence is a hang: with 10 s beats acted on after 22 to 25 s."""

_DEAF_BEATS = 1.1


def silence_limit(heartbeat_seconds: float) -> float:
    """Seconds without a heartbeat after which the work loop counts as hung."""
    return SILENT_BEATS * heartbeat_seconds


def is_outage(silent: int, known: int) -> bool:
    """Whether so many are silent at once that the broker, not the agents, is the one that is gone."""
    return known > 1 and silent * 2 > known


def is_deaf(since_any_beat: float, heartbeat_seconds: float) -> bool:
    """Whether nobody at all was heard for so long that it says more about the listener's connection than about them.

    When a broker freezes, agents fall silent one after the other, as their last beats were spread over a period.
    """
    return since_any_beat > _DEAF_BEATS * heartbeat_seconds


class Strategy(StrEnum):
    """Who is restarted when a member of a group dies."""

    ONE_FOR_ONE = "one-for-one"
    ONE_FOR_ALL = "one-for-all"
    REST_FOR_ONE = "rest-for-one"


@dataclass(frozen=True)
class Group:
    """Processes that depend on one another, in the order in which they start."""

    name: str
    strategy: Strategy
    members: tuple[str, ...]

    def restarted_with(self, dead: str) -> tuple[str, ...]:
        """Who is started again after the death of a member, itself included, in order; they are stopped in reverse."""
        if dead not in self.members:
            return ()
        if self.strategy is Strategy.ONE_FOR_ALL:
            return self.members
        place = self.members.index(dead)
        return self.members[place:] if self.strategy is Strategy.REST_FOR_ONE else (dead,)


def restarted_with(groups: Iterable[Group], dead: str) -> tuple[str, ...]:
    """Who is started again after a death, in order; without a group the dead one alone."""
    return next((group.restarted_with(dead) for group in groups if dead in group.members), (dead,))


def parse_groups(text: str) -> tuple[Group, ...]:
    """Groups from `home=rest-for-one:map,planner; chat=one-for-all:main,llm`; a ConfigError names the wrong part."""
    groups: list[Group] = []
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        group = _parse_group(part)
        for other in groups:
            if other.name == group.name:
                raise ConfigError(f"{_GROUPS}: two groups are called {group.name}")
            for member in set(other.members) & set(group.members):
                raise ConfigError(f"{_GROUPS}: {member} is in both {other.name} and {group.name}; it can be in one")
        groups.append(group)
    return tuple(groups)


_GROUPS = "WACTORZ_SUPERVISION_GROUPS"


def _parse_group(part: str) -> Group:
    name, _, rest = part.partition("=")
    kind, _, listed = rest.partition(":")
    members = tuple(member.strip() for member in listed.split(","))
    if not name.strip() or not all(members):
        raise ConfigError(f"{_GROUPS}: {part!r} must look like NAME=STRATEGY:FIRST,SECOND")
    if kind.strip() not in list(Strategy):
        raise ConfigError(f"{_GROUPS}: {kind.strip()!r} is not a strategy; use one of {', '.join(Strategy)}")
    if len(set(members)) != len(members):
        raise ConfigError(f"{_GROUPS}: a member of {name.strip()} stands twice")
    return Group(name.strip(), Strategy(kind.strip()), members)
