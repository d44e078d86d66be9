"""What has to be done so that nodes run what is wanted; pure, time is passed in (monotonic seconds)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wactorz_monitor.machines import Machine, Machines
from wactorz_monitor.spawn_registry import Entry, Leftover, SpawnRegistry

FIRST_GRACE, LONGEST_GRACE = 5.0, 60.0
"""After something was sent, this long passes before it is sent again; doubled each time."""

_SETTLING = 1.0
"""A heartbeat this soon after a message may have been made before it."""

_STARTING_SECONDS = 30.0
"""While a runner is this young, what it does not run yet is no drift."""


@dataclass(frozen=True)
class Attempt:
    """What was sent about one agent to one node: how often in a row, and when last."""

    count: int
    at: float

    def is_due(self, now: float) -> bool:
        """Whether it is time to send again."""
        return now - self.at >= min(FIRST_GRACE * 2.0 ** min(self.count - 1, 10), LONGEST_GRACE)


@dataclass(frozen=True)
class Send:
    """The agent should run on its node, but does not; `is_drift` when it did before."""

    entry: Entry
    is_drift: bool


@dataclass(frozen=True)
class Stop:
    """Something runs on a node that is not wanted there."""

    leftover: Leftover
    is_drift: bool


@dataclass(frozen=True)
class Settle:
    """The node has taken the agent up."""

    entry: Entry


@dataclass(frozen=True)
class Gone:
    """What was to be stopped no longer runs."""

    leftover: Leftover


@dataclass(frozen=True)
class Rest:
    """The agent has ended by its own wish: it is no longer wanted to run."""

    entry: Entry


Step = Send | Stop | Settle | Gone | Rest
Attempts = Mapping[tuple[str, str], Attempt]


def plan(
    registry: SpawnRegistry, machines: Machines, attempts: Attempts, migrating: frozenset[str], now: float
) -> list[Step]:
    """Every step that is due; nodes that are offline are left alone."""
    online = {machine.name: machine for machine in machines.all() if machine.is_online(now)}
    steps: list[Step] = []
    for entry in registry.entries.values():
        machine = online.get(entry.node)
        if machine is not None and entry.name not in migrating:
            steps += _for_entry(entry, machine, attempts.get((entry.name, entry.node)), now)
    for leftover in registry.leftovers.values():
        machine = online.get(leftover.node)
        if machine is not None and leftover.name not in migrating:
            steps += _for_leftover(leftover, machine, attempts.get((leftover.name, leftover.node)), now)
    for machine in online.values():
        steps += _for_strangers(machine, registry, attempts, migrating, now)
    return steps


def _for_entry(entry: Entry, machine: Machine, attempt: Attempt | None, now: float) -> Iterable[Step]:
    is_fresh = attempt is None or machine.seen > attempt.at + _SETTLING
    is_due = attempt is None or (attempt.is_due(now) and is_fresh)
    runs = machine.runs(entry.name)
    if entry.wanted == "stopped":
        if runs and is_due:
            yield Stop(Leftover(entry.name, entry.node), is_drift=attempt is None)
    elif entry.held:
        return
    elif runs and (entry.settled or (not machine.is_ours and attempt is not None and is_fresh)):
        if not entry.settled or entry.problem:
            yield Settle(entry)
    elif entry.settled and entry.name in machine.ended:
        if is_fresh:
            yield Rest(entry)
    elif is_due:
        yield Send(entry, entry.settled and attempt is None and now - machine.since > _STARTING_SECONDS)


def _for_leftover(leftover: Leftover, machine: Machine, attempt: Attempt | None, now: float) -> Iterable[Step]:
    if machine.runs(leftover.name):
        if attempt is None or attempt.is_due(now):
            yield Stop(leftover, is_drift=False)
    elif machine.seen_at > leftover.since + _SETTLING:
        yield Gone(leftover)


def _for_strangers(
    machine: Machine, registry: SpawnRegistry, attempts: Attempts, migrating: frozenset[str], now: float
) -> Iterable[Step]:
    """Guests that nobody wants here; what others start on a stand-alone runner is theirs."""
    for name in sorted(machine.guests):
        entry = registry.entries.get(name)
        wanted_here = entry is not None and machine.name in (entry.node, (entry.previous or {}).get("node"))
        if wanted_here or name in migrating or (name, machine.name) in registry.leftovers:
            continue
        attempt = attempts.get((name, machine.name))
        if machine.runs(name) and (attempt is None or attempt.is_due(now)):
            yield Stop(Leftover(name, machine.name), is_drift=True)
