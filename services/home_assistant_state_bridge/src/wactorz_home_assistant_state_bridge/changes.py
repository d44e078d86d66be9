"""Home Assistant's states and events in the words of the wire."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wactorz_common.contracts.home import StateChange
from wactorz_home_assistant import Event


def from_event(event: Event, now: float) -> StateChange | None:
    """The change that an event tells of; None when it names no entity. `now` is in epoch seconds."""
    entity_id = event.data.get("entity_id")
    if not isinstance(entity_id, str) or "." not in entity_id:
        return None
    return StateChange(
        entity_id=entity_id, domain=entity_id.partition(".")[0], new_state=event.data.get("new_state"),
        old_state=event.data.get("old_state"), context=dict(event.context) or None,
        timestamp=_epoch(event.raw.get("time_fired"), now),
    )  # fmt: skip


def from_state(raw: Mapping[str, Any], now: float) -> StateChange:
    """The present state of an entity, as a resynchronisation."""
    entity_id = str(raw["entity_id"])
    return StateChange(
        entity_id=entity_id, domain=entity_id.partition(".")[0], new_state=dict(raw), old_state=None,
        context=raw.get("context"), timestamp=now, resync=True,
    )  # fmt: skip


def gone(entity_id: str, now: float) -> StateChange:
    """An entity that was there before a resynchronisation and is not any more."""
    return StateChange(entity_id=entity_id, domain=entity_id.partition(".")[0], timestamp=now, resync=True)


def _epoch(moment: Any, otherwise: float) -> float:
    try:
        return datetime.fromisoformat(str(moment)).timestamp()
    except ValueError:
        return otherwise
