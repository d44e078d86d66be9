"""Agents, nodes, approvals and what agents said, as text."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from wactorz_cli.render import columns, duration

_LONGEST = 60


def fleet_table(rows: Sequence[dict[str, Any]], now: float | None = None) -> str:
    """All agents with state, kind, node and what they are for; problems of spawned ones below."""
    now = time.time() if now is None else now
    lines = [
        (
            row["name"], row["state"], "spawned" if row.get("spawned") else "shipped" if row["protected"] else "other",
            (row.get("spawned") or {}).get("node") or row["node"] or "local",
            f"{duration(now - row['last_seen'])} ago" if row["last_seen"] else "-", _short(row["description"]),
        )
        for row in rows
    ]  # fmt: skip
    problems = [
        f"{row['name']}: {row['spawned']['problem']}" for row in rows if (row.get("spawned") or {}).get("problem")
    ]
    table = columns(("AGENT", "STATE", "KIND", "NODE", "SEEN", "WHAT IT DOES"), lines)
    return "\n".join([table, *problems])


def nodes_table(rows: Sequence[dict[str, Any]], now: float | None = None) -> str:
    """All nodes with what runs there."""
    now = time.time() if now is None else now
    lines = [
        (
            row["node"], "online" if row["online"] else "OFFLINE", f"{duration(now - row['last_seen'])} ago",
            row.get("runtime") or "-", str(len(row["agents"])), ", ".join(row["agents"]) or "-",
        )
        for row in rows
    ]  # fmt: skip
    return columns(("NODE", "STATE", "SEEN", "RUNTIME", "AGENTS", "NAMES"), lines)


def approvals_text(rows: Sequence[dict[str, Any]], now: float | None = None) -> str:
    """What waits for a yes, with everything that it would allow."""
    now = time.time() if now is None else now
    if not rows:
        return "Nothing waits for your yes."
    return "\n".join(_approval(row, now) for row in rows)


def log_line(entry: dict[str, Any]) -> str:
    """One thing that an agent said; lines of a log file as they are."""
    if entry["kind"] == "line":
        return str(entry["message"])
    at = datetime.fromtimestamp(entry["timestamp"]).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    phase = f" in {entry['phase']}" if entry.get("phase") else ""
    trace = f"\n{entry['traceback'].rstrip()}" if entry.get("traceback") else ""
    return f"{at} {entry['kind']}{phase} [{entry['level']}] {entry['message']}{trace}"


def _approval(row: dict[str, Any], now: float) -> str:
    left = f"{duration(row['expires_at'] - now)} left" if row["state"] == "open" else row["state"]
    pin = ", needs the PIN" if row.get("needs_pin") and row["state"] == "open" else ""
    return f"{row['id']}  {row['summary']} (asked by {row['requested_by'] or row['agent']}, {left}{pin})"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
