"""What Home Assistant's recorder has kept, in portions that fit into a message and into memory."""

import asyncio
import math
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from wactorz_home_assistant.client import HomeAssistant
from wactorz_home_assistant.errors import CallRefused
from wactorz_home_assistant.german import phrase
from wactorz_home_assistant.model import moment_of

_COMMAND = "history/history_during_period"
_STREAM = "history/stream"
_FIRST_SPAN = 3_600.0
_LONGEST_SPAN = 86_400.0
_FEW_POINTS, _MANY_POINTS = 1_000, 8_000
_ENTITIES_AT_ONCE = 200
_EDGE_SECONDS = 0.001  # the recorder counts a change at the very start neither as before nor as after it
_FLUSH_SECONDS = 3.0
_ANSWERS_WHEN_WRITTEN = 2
_UNTOLD = object()


class NoHistory(CallRefused):
    """This Home Assistant keeps no history."""

    code = "home_assistant_no_history"


@dataclass(frozen=True, slots=True)
class Past:
    """A state that an entity took; times are epoch seconds. An empty state means that it was removed."""

    entity_id: str
    at: float
    changed_at: float
    state: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Portion:
    """The part of a history from `start` to `end`; `before` is how things were at its start."""

    start: float
    end: float
    before: Mapping[str, Past]
    points: Sequence[Past]


def micros(moment: float) -> int:
    """A time in whole microseconds, rounded as by Home Assistant, which makes dates of such times."""
    fraction, whole = math.modf(moment)  # multiplied as a whole it would lose its last digits
    return int(whole) * 1_000_000 + round(fraction * 1_000_000)


async def portions(
    home: HomeAssistant, entity_ids: Sequence[str], start: float, end: float, *, attributes: bool
) -> AsyncIterator[Portion]:
    """The history of these entities in the order of time, as many portions as it takes.

    NoHistory: there is no recorder. TransportError: Home Assistant cannot be reached.
    """
    span, now = _FIRST_SPAN, start
    while now < end:
        until = min(now + span, end)
        portion = await _portion(home, entity_ids, now, until, attributes=attributes)
        if len(portion.points) > _MANY_POINTS and span > 1:
            span = max(1.0, span / 8)
            if len(portion.points) > _MANY_POINTS * 8:
                continue
        elif len(portion.points) < _FEW_POINTS:
            span = min(span * 4, _LONGEST_SPAN)
        yield portion
        now = until


async def _portion(
    home: HomeAssistant, entity_ids: Sequence[str], start: float, end: float, *, attributes: bool
) -> Portion:
    before: dict[str, Past] = {}
    points: list[Past] = []
    for first in range(0, len(entity_ids), _ENTITIES_AT_ONCE):
        asked = list(entity_ids[first : first + _ENTITIES_AT_ONCE])
        for past in _parse(await _ask(home, asked, start, end, attributes=attributes)):
            if micros(past.at) > micros(end):
                continue
            if micros(past.at) <= micros(start):
                before[past.entity_id] = past
            else:
                points.append(past)
    points.sort(key=lambda past: past.at)
    return Portion(start, end, before, points)


async def _ask(home: HomeAssistant, entity_ids: list[str], start: float, end: float, *, attributes: bool) -> Any:
    try:
        return await home.read(
            _COMMAND, start_time=_iso(start - _EDGE_SECONDS), end_time=_iso(end + _EDGE_SECONDS),
            entity_ids=entity_ids, significant_changes_only=False, minimal_response=not attributes,
            no_attributes=not attributes,
        )  # fmt: skip
    except CallRefused as error:
        if "unknown command" in str(error).lower():
            raise NoHistory(
                phrase("This Home Assistant keeps no history: add 'recorder:' and 'history:' to its configuration.yaml")
            ) from error
        raise


def _parse(answer: Any) -> list[Past]:
    """The points of an answer; what cannot be read is left out."""
    found: list[Past] = []
    for entity_id, rows in answer.items() if isinstance(answer, Mapping) else ():
        for row in rows if isinstance(rows, list) else ():
            past = _point(str(entity_id), row) if isinstance(row, Mapping) else None
            if past is not None:
                found.append(past)
    return found


def _point(entity_id: str, row: Mapping[str, Any]) -> Past | None:
    """A row in the short form of today, or in the long one of before."""
    changed_at = moment_of(row.get("lc", row.get("last_changed")))
    at = moment_of(row.get("lu", row.get("last_updated")))
    at = changed_at if at is None else at
    state, attributes = row.get("s", row.get("state", _UNTOLD)), row.get("a", row.get("attributes"))
    if at is None or state is _UNTOLD:
        return None
    shown = attributes if isinstance(attributes, Mapping) else {}
    removed = state is None
    return Past(entity_id, at, at if changed_at is None else changed_at, "" if removed else str(state), shown)


async def write_out(home: HomeAssistant, entity_id: str, newest: float) -> bool:
    """Have the recorder write what it still holds back; False when it did not say that it has.

    It writes every few seconds only. Who asks for a stream gets a first answer from the disk and, after everything
    was written, a second one. `newest` is a time that Home Assistant has named.
    """
    answers = 0
    written = asyncio.Event()

    def count(_message: Mapping[str, Any]) -> None:
        nonlocal answers
        answers += 1
        if answers >= _ANSWERS_WHEN_WRITTEN:
            written.set()

    try:
        end = await home.stream(
            _STREAM, count, start_time=_iso(newest), entity_ids=[entity_id], include_start_time_state=False,
            minimal_response=True, no_attributes=True,
        )  # fmt: skip
    except CallRefused:
        return False
    try:
        async with asyncio.timeout(_FLUSH_SECONDS):
            await written.wait()
    except TimeoutError:
        return False
    finally:
        end()
    return True


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()
