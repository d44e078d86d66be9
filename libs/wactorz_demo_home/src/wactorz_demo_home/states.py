"""States, changes and events, in the forms in which they go on the wire."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from wactorz_demo_home.condition import Condition
from wactorz_demo_home.context import Context


@dataclass(frozen=True, slots=True)
class State:
    """The state of one entity at one time; times are UTC."""

    entity_id: str
    condition: Condition
    context: Context
    last_changed: datetime
    last_updated: datetime
    last_reported: datetime

    def as_dict(self) -> dict[str, Any]:
        """Return the state object of the REST and WebSocket API."""
        return {
            "entity_id": self.entity_id,
            "state": self.condition.state,
            "attributes": self.condition.attributes,
            "last_changed": self.last_changed.isoformat(),
            "last_reported": self.last_reported.isoformat(),
            "last_updated": self.last_updated.isoformat(),
            "context": self.context.as_dict(),
        }

    def compressed(self) -> dict[str, Any]:
        """Return the short form that `subscribe_entities` begins with."""
        plain = self.context.user_id is None and self.context.parent_id is None
        short: dict[str, Any] = {
            "s": self.condition.state,
            "a": self.condition.attributes,
            "c": self.context.id if plain else self.context.as_dict(),
            "lc": self.last_changed.timestamp(),
        }
        if self.last_updated != self.last_changed:
            short["lu"] = self.last_updated.timestamp()
        return short


def first_state(entity_id: str, condition: Condition, context: Context, now: datetime) -> State:
    """Return the state of an entity that was not there before."""
    return State(entity_id, condition, context, now, now, now)


def next_state(old: State, condition: Condition, context: Context, now: datetime, *, force: bool = False) -> State:
    """Return the state that follows; the same object with a new report time when nothing shows a difference."""
    moved = old.condition.state != condition.state or force
    if not moved and old.condition.attributes == condition.attributes:
        return replace(old, condition=condition, last_reported=now)
    return State(old.entity_id, condition, context, now if moved else old.last_changed, now, now)


def difference(old: State, new: State) -> dict[str, Any]:
    """Return the short form of a change that `subscribe_entities` continues with."""
    added: dict[str, Any] = {}
    if old.condition.state != new.condition.state:
        added["s"] = new.condition.state
    key = "lc" if old.last_changed != new.last_changed else "lu"
    added[key] = (new.last_changed if key == "lc" else new.last_updated).timestamp()
    context = {name: value for name, value in new.context.as_dict().items() if value != old.context.as_dict()[name]}
    if context:
        added["c"] = context["id"] if set(context) == {"id"} else context
    before, after = old.condition.attributes, new.condition.attributes
    changed = {name: value for name, value in after.items() if name not in before or before[name] != value}
    if changed:
        added["a"] = changed
    gone = [name for name in before if name not in after]
    return {"+": added, "-": {"a": gone}} if gone else {"+": added}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in the house."""

    event_type: str
    data: dict[str, Any]
    context: Context
    time_fired: datetime = field(default_factory=lambda: datetime.now(UTC))
    change: tuple[State | None, State | None] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the event as it goes on the wire."""
        return {
            "event_type": self.event_type,
            "data": self.data,
            "origin": "LOCAL",
            "time_fired": self.time_fired.isoformat(),
            "context": self.context.as_dict(),
        }


def changed(entity_id: str, old: State | None, new: State | None, context: Context) -> Event:
    """Return the `state_changed` event of a change, an arrival (no old) or a removal (no new)."""
    data = {
        "entity_id": entity_id,
        "old_state": old and old.as_dict(),
        "new_state": new and new.as_dict(),
    }
    return Event("state_changed", data, context, change=(old, new))


Listener = Callable[[Event], None]


class Bus:
    """Tells listeners of events, at once and in order."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Listener]] = {}

    def listen(self, event_type: str, listener: Listener) -> Callable[[], None]:
        """Call the listener on each event of a type ('*': all); returns what ends that."""
        listeners = self._listeners.setdefault(event_type, [])
        listeners.append(listener)
        return lambda: listeners.remove(listener)

    def fire(self, event: Event) -> None:
        """Tell everyone who listens."""
        for listener in (*self._listeners.get(event.event_type, ()), *self._listeners.get("*", ())):
            listener(event)
