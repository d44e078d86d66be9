"""Answers as text: plain columns that read well on a screen and in a pipe."""

import re
import time
from collections.abc import Sequence
from typing import Any

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60))


def printable(text: str) -> str:
    """Text without control characters: names, answers and logs from elsewhere must not steer the terminal."""
    return _CONTROL.sub("", text)


def duration(seconds: float | None) -> str:
    """A length of time in its largest unit."""
    if seconds is None or seconds < 0:
        return "-"
    for unit, length in _UNITS:
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{int(seconds)} s"


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows under a heading, aligned."""
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)]
    return "\n".join(line.rstrip() for line in lines)


def agents_table(actors: Sequence[dict[str, Any]], now: float | None = None) -> str:
    """All agents with state, uptime and last sign of life."""
    now = time.time() if now is None else now
    rows = [
        (
            actor["name"], actor["state"], duration(actor.get("uptime")), f"{duration(now - actor['last_seen'])} ago",
            f"{actor['mem']:.0f} MB" if actor.get("mem") else "-", str(actor.get("restart_count") or 0),
        )
        for actor in actors
    ]  # fmt: skip
    return columns(("AGENT", "STATE", "UPTIME", "SEEN", "MEMORY", "RESTARTS"), rows)


def people_table(people: Sequence[dict[str, Any]], now: float) -> str:
    """Everybody with an account."""
    rows = [
        (
            one["name"], one["role"], f"{duration(now - one['last_seen'])} ago" if one["last_seen"] else "never",
            "kept out" if one["disabled"] else "",
        )
        for one in people
    ]  # fmt: skip
    return columns(("NAME", "ROLE", "SEEN", ""), rows)


def state_of(device: dict[str, Any]) -> str:
    """A device's state with its unit."""
    state = device["state"] if device["state"] is not None else "unknown"
    return f"{state} {device['unit']}" if device.get("unit") else str(state)


def home_table(home: dict[str, Any]) -> str:
    """All devices of the house with their states."""
    rows = [(d["area"] or "-", d["name"], d["entity_id"], state_of(d)) for d in home["entities"]]
    return columns(("ROOM", "DEVICE", "ENTITY", "STATE"), rows)


def device_text(device: dict[str, Any]) -> str:
    """One device with everything that is known of it."""
    lines = [f"{device['name']} ({device['entity_id']}): {state_of(device)}"]
    lines += [f"  {key}: {value}" for key, value in sorted(device.get("attributes", {}).items())]
    return "\n".join(lines)


def footnote(reply: dict[str, Any]) -> str:
    """Who answered, what understood the sentence, and how it ended."""
    parts = [reply["agent"], reply["source"]]
    if reply["status"] != "done":
        parts.append(reply["status"])
    if reply.get("cost_usd"):
        parts.append(f"${reply['cost_usd']:.4f}")
    return f"[{' · '.join(parts)}]"
