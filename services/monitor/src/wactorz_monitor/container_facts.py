"""What the engine says of a supervised container, in our words. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any, Literal

from wactorz_common.contracts.nodes import ProcessInfo
from wactorz_common.supervision import History, RestartType, is_outage

SUPERVISED = "wactorz.supervised"
ORDER = "wactorz.order"
RESTART = "wactorz.restart"
_SERVICE = "com.docker.compose.service"
_NUMBER = "com.docker.compose.container-number"
_ONE_OFF = "com.docker.compose.oneoff"
_DEPENDS = "com.docker.compose.depends_on"
_LATE = 100
_LIVE = ("running", "paused", "restarting")


@dataclass(slots=True)
class Unit:
    """One supervised container; all times in epoch seconds."""

    name: str
    id: str
    order: int = _LATE
    depends: tuple[str, ...] = ()
    kind: RestartType = RestartType.PERMANENT
    history: History = field(default_factory=History)
    down: bool = True
    started_at: float = 0.0
    changed_at: float = 0.0
    told_at: float = 0.0
    """When somebody sent it a signal other than KILL: an order to stop may be behind it."""
    paused_at: float = 0.0
    sick_at: float = 0.0
    """Since when its health check fails; 0 while it does not."""
    restarts: int = 0
    busy: bool = False
    """It is being stopped or started by us."""
    own_start: tuple[float, float] = (0.0, 0.0)
    """When our last start was under way: no person's doing."""
    own_stop: tuple[float, float] = (0.0, 0.0)
    """When our last stop was under way: neither a fault nor a person's wish."""

    @property
    def is_wanted(self) -> bool:
        """Whether it should run."""
        return not self.history.stopped and not self.history.quarantined

    @property
    def state(self) -> Literal["running", "backoff", "quarantined", "stopped"]:
        """In the words of a runner."""
        if self.history.quarantined:
            return "quarantined"
        if self.history.stopped:
            return "stopped"
        return "backoff" if self.down else "running"

    def is_own_start(self, at: float) -> bool:
        """Whether a start at that time was our doing."""
        return self.own_start[0] <= at <= self.own_start[1]

    def is_own_stop(self, at: float) -> bool:
        """Whether an end at that time was our doing."""
        return self.own_stop[0] <= at <= self.own_stop[1]


@dataclass(frozen=True)
class Fact:
    """One event of a supervised container."""

    action: str
    name: str
    container: str
    at: float
    at_ns: int
    labels: Mapping[str, str]
    code: int | None = None
    is_kill: bool = False


def name_of(labels: Mapping[str, str]) -> str | None:
    """The name of a supervised container: its compose service, with a number from the second replica on."""
    service = labels.get(_SERVICE)
    if not service or labels.get(SUPERVISED) != "true" or labels.get(_ONE_OFF, "False") == "True":
        return None
    number = labels.get(_NUMBER, "1")
    return service if number == "1" else f"{service}-{number}"


def fact_of(event: Mapping[str, Any]) -> Fact | None:
    """An event in our words; None when it is not about a supervised container."""
    actor = event.get("Actor") or {}
    labels = actor.get("Attributes") or {}
    name = name_of(labels)
    if event.get("Type") != "container" or name is None:
        return None
    at_ns = int(event.get("timeNano") or 0)
    code = labels.get("exitCode", "")
    return Fact(
        action=str(event.get("Action", "")), name=name, container=str(actor.get("ID", "")), at=at_ns / 1e9,
        at_ns=at_ns, labels=labels, code=int(code) if code.isdecimal() else None,
        is_kill=labels.get("signal", "") in ("9", "SIGKILL", "KILL"),
    )  # fmt: skip


def unit_of(name: str, container: str, labels: Mapping[str, str]) -> Unit:
    """A container that is seen for the first time."""
    order = labels.get(ORDER, "")
    kind = labels.get(RESTART, "")
    depends = tuple(part.split(":")[0] for part in labels.get(_DEPENDS, "").split(",") if part)
    return Unit(
        name, container, order=int(order) if order.isdecimal() else _LATE, depends=depends,
        kind=RestartType(kind) if kind in list(RestartType) else RestartType.PERMANENT,
    )  # fmt: skip


def newest(listed: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The container that counts for each name: the one that runs, otherwise the one that was made last."""
    found: dict[str, Mapping[str, Any]] = {}
    for entry in listed:
        name = name_of(entry.get("Labels") or {})
        if name is not None and (name not in found or _rank(entry) > _rank(found[name])):
            found[name] = entry
    return found


def is_live(entry: Mapping[str, Any]) -> bool:
    """Whether a listed container has a process."""
    return entry.get("State") in _LIVE


def _rank(entry: Mapping[str, Any]) -> tuple[bool, int]:
    return is_live(entry), int(entry.get("Created") or 0)


def moment(text: Any) -> float:
    """Epoch seconds of a time as the engine writes it; 0 for none."""
    try:
        return max(0.0, datetime.fromisoformat(f"{str(text)[:19]}+00:00").timestamp())
    except ValueError:
        return 0.0


def wish_of(unit: Unit, *, is_confirmed: bool) -> dict[str, Any]:
    """What a restart of the monitor must not forget of a container."""
    history = unit.history
    return {
        "deaths": list(history.deaths), "streak": history.streak, "stopped": history.stopped and is_confirmed,
        "quarantined": history.quarantined, "own_stop": [at if isfinite(at) else None for at in unit.own_stop],
    }  # fmt: skip


def recalled(name: str, wish: Mapping[str, Any], now: float) -> Unit:
    """A container as it was kept; a stop of ours that was under way may have ended until now."""
    history = History(tuple(wish["deaths"]), wish["streak"], wish["stopped"], wish["quarantined"])
    began, ended = wish["own_stop"]
    return Unit(name, "", history=history, own_stop=(began, now if ended is None else ended))


def hung(units: Iterable[Unit], now: float, limit: float, heard: Collection[str]) -> list[tuple[str, str]]:
    """Names and reasons of units that are paused too long, or sick without heartbeats; none when it is most of them."""
    live = [unit for unit in units if not unit.down and not unit.busy]
    paused = [unit for unit in live if unit.paused_at and now - unit.paused_at > limit]
    sick = [unit for unit in live if unit.sick_at and unit.name not in heard and unit not in paused]
    if is_outage(len(paused) + len(sick), len(live)):
        return []
    return [
        *((unit.name, f"it has been paused for {now - unit.paused_at:.0f} s") for unit in paused),
        *((unit.name, "its health check fails") for unit in sick),
    ]


def process_of(unit: Unit) -> ProcessInfo:
    """A unit as a node reports it."""
    return ProcessInfo(
        name=unit.name, pid=0, state=unit.state, restarts=unit.restarts, started_at=unit.started_at
    )  # fmt: skip
