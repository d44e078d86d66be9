"""What a guest says after a slice, looked at before it is believed: code inside can say anything."""

import json
import math
from dataclasses import dataclass
from typing import Any

_LONGEST_TIMER = 10_000_000.0


@dataclass(frozen=True)
class Answer:
    """Wanted and dropped operations, ended calls, and the seconds until the guest wants to run again."""

    ops: list[tuple[int, str, str]]
    drop: list[int]
    done: list[tuple[str, str, str]]
    wait: float | None


def parse(text: str, most: int) -> Answer:
    """The answer of a slice with at most that many entries of a kind; raises ValueError for what cannot be one."""
    said: Any = json.loads(text)
    wait = said.get("next", math.nan) if isinstance(said, dict) else math.nan
    if wait is not None and not (isinstance(wait, int | float) and math.isfinite(wait)):
        raise ValueError("the answer of a slice has no next turn")
    return Answer(
        ops=[(i, op, args) for i, op, args in _rows(said, "ops", (int, str, str), most)],
        drop=[i for (i,) in _rows(said, "drop", (int,), most)],
        done=[(i, outcome, value) for i, outcome, value in _rows(said, "done", (str, str, str), most)],
        wait=None if wait is None else min(max(0.0, wait), _LONGEST_TIMER),
    )


def _rows(said: dict[str, Any], key: str, types: tuple[type, ...], most: int) -> list[Any]:
    rows = said.get(key, [])
    if not isinstance(rows, list) or len(rows) > most:
        raise ValueError(f"a slice ended with more than {most} entries of '{key}'")
    for row in rows:
        if not isinstance(row, list) or len(row) != len(types) or not all(map(isinstance, row, types)):
            raise ValueError(f"an entry of '{key}' is none")
    return rows
