"""What a guest says after a slice, looked at before it is believed: code inside can say anything."""

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from wactorz_sandbox import endings
from wactorz_sandbox.errors import GuestError

_LONGEST_TIMER = 10_000_000.0
_KINDS = 3
_TEXTS_OF_AN_ENTRY = 3
_CHARS_OF_AN_ENTRY = 24
_LONGEST_VALUE = 256 * 1024
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)


@dataclass(frozen=True)
class Answer:
    """Wanted and dropped operations, how calls ended, and the seconds until the guest wants to run again."""

    ops: list[tuple[int, str, str]]
    drop: list[int]
    done: list[tuple[str, Any]]
    """Ids with the value of the call, or a GuestError."""
    wait: float | None


def parse(text: str, most: int, longest: int = _LONGEST_VALUE) -> Answer:
    """The answer of a slice with at most that many entries of a kind, and values of at most `longest` characters.

    Raises ValueError for what cannot be one.
    """
    _check_parts(text, most)
    said: Any = json.loads(text)
    wait = said.get("next", math.nan) if isinstance(said, dict) else math.nan
    if wait is not None and not (isinstance(wait, int | float) and math.isfinite(wait)):
        raise ValueError("the answer of a slice has no next turn")
    rows = _rows(said, "done", (str, str, str), most)
    return Answer(
        ops=[(i, op, args) for i, op, args in _rows(said, "ops", (int, str, str), most)],
        drop=[i for (i,) in _rows(said, "drop", (int,), most)],
        done=[(i, _end_of(outcome, value, longest)) for i, outcome, value in rows],
        wait=None if wait is None else min(max(0.0, wait), _LONGEST_TIMER),
    )


def _check_parts(text: str, most: int) -> None:
    """Reading many small parts takes long, and all guests of the process wait meanwhile; long texts are read fast."""
    texts, beside = _KINDS * _TEXTS_OF_AN_ENTRY * most, _KINDS * _CHARS_OF_AN_ENTRY * most
    if len(text) <= min(texts, beside):
        return
    end = 0
    for found in _TEXT.finditer(text):
        texts, beside = texts - 1, beside - (found.start() - end)
        end = found.end()
        if texts < 0 or beside < 0:
            break
    if texts < 0 or len(text) - end > beside:
        raise ValueError("the answer of a slice has too many parts")


def _end_of(outcome: str, value: str, longest: int) -> Any:
    """What a call gave, with null for the numbers that JSON lacks."""
    if outcome != "ok":
        return endings.error_of(value)
    if len(value) > longest:
        return GuestError(f"the answer has {len(value)} characters; {longest} are allowed")
    try:
        return _clean(value, json.loads(value, parse_constant=lambda _: None, parse_float=_finite))
    except (ValueError, RecursionError) as error:
        return GuestError(f"the answer cannot be read: {error}")


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _clean(text: str, value: Any) -> Any:
    """Without the halves of characters, which only escapes can smuggle in."""
    if "\\u" not in text:
        return value
    plain = json.dumps(value, ensure_ascii=False).encode(errors="replace").decode()
    return json.loads(plain)


def _rows(said: dict[str, Any], key: str, types: tuple[type, ...], most: int) -> list[Any]:
    rows = said.get(key, [])
    if not isinstance(rows, list) or len(rows) > most:
        raise ValueError(f"a slice ended with more than {most} entries of '{key}'")
    for row in rows:
        if not isinstance(row, list) or len(row) != len(types) or not all(map(isinstance, row, types)):
            raise ValueError(f"an entry of '{key}' is none")
    return rows
