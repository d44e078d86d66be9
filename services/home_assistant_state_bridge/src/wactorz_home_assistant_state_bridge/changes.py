"""Home Assistant's states and events in the words of the wire."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from wactorz_common.contracts.home import StateChange
from wactorz_home_assistant import Event
from wactorz_home_assistant.history import Past, micros
from wactorz_home_assistant.model import is_state, moment_of


def from_event(event: Event, now: float) -> StateChange | None:
    """The change that an event tells of; None when it is about no entity. `now` is in epoch seconds."""
    entity_id, new = event.data.get("entity_id"), event.data.get("new_state")
    if not isinstance(entity_id, str) or "." not in entity_id or not (new is None or is_state(new)):
        return None
    fired_at = moment_of(event.raw.get("time_fired"))
    old = event.data.get("old_state")
    return StateChange(
        entity_id=entity_id, domain=entity_id.partition(".")[0], new_state=new,
        old_state=old if isinstance(old, dict) else None, context=dict(event.context) or None,
        timestamp=now if fired_at is None else fired_at,
    )  # fmt: skip


def from_state(raw: Mapping[str, Any], now: float, *, missed: bool = False, before: Past | None = None) -> StateChange:
    """The present state of an entity: as a resynchronisation, or as the event that made it so and was missed."""
    entity_id, context = str(raw["entity_id"]), raw.get("context")
    happened_at = updated_at(raw)
    return StateChange(
        entity_id=entity_id, domain=entity_id.partition(".")[0], new_state=dict(raw),
        old_state=None if before is None else _state_of(before),
        context=context if isinstance(context, dict) else None, resync=not missed, filled=missed,
        timestamp=now if not missed or happened_at is None else happened_at,
    )  # fmt: skip


def from_past(past: Past, before: Past | None) -> StateChange:
    """An event that was missed, as the recorder tells of it; `before` is what was so until then."""
    return StateChange(
        entity_id=past.entity_id, domain=past.entity_id.partition(".")[0], new_state=_state_of(past),
        old_state=None if before is None else _state_of(before), timestamp=past.at, filled=True,
    )  # fmt: skip


def gone(entity_id: str, now: float) -> StateChange:
    """An entity that was there before a resynchronisation and is not any more."""
    return StateChange(entity_id=entity_id, domain=entity_id.partition(".")[0], timestamp=now, resync=True)


def updated_at(raw: Mapping[str, Any]) -> float | None:
    """When a state object was made, in epoch seconds; None when it does not tell."""
    return moment_of(raw.get("last_updated", raw.get("last_changed")))


def mark_of(change: StateChange) -> int:
    """What tells a change of an entity from its others: its time at Home Assistant, in microseconds."""
    told = None if change.new_state is None else updated_at(change.new_state)
    return micros(change.timestamp if told is None else told)


def trimmed(change: StateChange) -> StateChange:
    """The same without attributes, for a broker that takes no message of that size."""
    new, old = (
        None if raw is None else {key: value for key, value in raw.items() if key != "attributes"}
        for raw in (change.new_state, change.old_state)
    )
    return change.model_copy(update={"new_state": new, "old_state": old, "trimmed": True})


def _state_of(past: Past) -> dict[str, Any] | None:
    if not past.state:
        return None
    return {
        "entity_id": past.entity_id, "state": past.state, "attributes": dict(past.attributes),
        "last_changed": _iso(past.changed_at), "last_updated": _iso(past.at),
    }  # fmt: skip


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()
