"""What happened lately, kept over a restart of the gateway: activity, alerts, who is down, and what agents said."""

from typing import Any

from wactorz_common.contracts.nodes import NodeEvent
from wactorz_gateway.parts import Parts

KEPT_ACTIVITY, KEPT_ALERTS = 200, 100
"""Entries of each list that are kept."""


def returned(parts: Parts, event: NodeEvent) -> dict[str, Any] | None:
    """The alert that a process died and is back, kept with the others; None when it is not that."""
    known = parts.registry.find(event.name)
    alert = parts.deaths.note(event, known.agent_id if known else "")
    if alert is not None:
        parts.alerts.repeat(alert)
        parts.registry.note_alert(alert)
    return alert


def happened(parts: Parts) -> dict[str, Any] | None:
    """What is worth keeping of it; None when nothing is new."""
    if not (parts.feed.changed or parts.alerts.changed):
        return None
    return {
        "feed": parts.feed.dump(KEPT_ACTIVITY), "alerts": parts.alerts.dump(KEPT_ALERTS),
        "deaths": parts.deaths.dump(),
    }  # fmt: skip


def load(parts: Parts, kept: dict[str, Any], said: list[dict[str, Any]]) -> None:
    """Start from what was kept of it, and of what agents said."""
    parts.feed.load(kept.get("feed", []))
    parts.alerts.load(kept.get("alerts", []))
    parts.deaths.load(kept.get("deaths", []))
    parts.registry.load_events(parts.feed.dump(KEPT_ACTIVITY), parts.alerts.dump(KEPT_ALERTS))
    parts.logs.load(said)
