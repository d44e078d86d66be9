"""What entities did in a span of time, in answers that fit into a message."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from wactorz_common.contracts.history import HistoryPoint, HistoryQuery, HistoryReport
from wactorz_common.errors import Refused, TransportError
from wactorz_home_assistant import CallRefused, HomeAssistant
from wactorz_home_assistant.history import NoHistory, Past, Portion, portions

_MOST_BYTES = 450_000
_POINT_BYTES = 75  # what is in each point besides its texts
_REMOVED = "unavailable"  # what people see of an entity that is not there


@dataclass
class _Page:
    """One answer in the making."""

    attributes: bool
    points: list[HistoryPoint] = field(default_factory=list)
    size: int = 0
    last: dict[str, str] = field(default_factory=dict)
    next_start: float | None = None

    def add(self, past: Past) -> bool:
        """Add a point unless it repeats the state before it; False when there is no room, then it begins the next."""
        state = past.state or _REMOVED
        if not self.attributes and self.last.get(past.entity_id) == state:
            return True
        size = _POINT_BYTES + len(past.entity_id) + len(state.encode())
        size += len(json.dumps(past.attributes)) if self.attributes else 0
        if self.points and self.size + size > _MOST_BYTES and past.at > self.points[0].at:
            self.next_start = past.at
            return False
        self.size += size
        self.last[past.entity_id] = state
        shown = dict(past.attributes) if self.attributes else {}
        self.points.append(HistoryPoint(entity_id=past.entity_id, at=past.at, state=state, attributes=shown))
        return True


async def report(home: HomeAssistant, query: HistoryQuery, seconds: float, now: float | None = None) -> HistoryReport:
    """The history that was asked for, or as much as fits and takes no longer than `seconds`; Refused says why not."""
    end = min(query.end, time.time() if now is None else now)
    if query.start > query.end:
        raise Refused("The end of that time lies before its beginning.")
    until = asyncio.get_running_loop().time() + seconds
    page, known, first = _Page(query.attributes), None, True
    try:
        async for portion in portions(home, query.entity_ids, query.start, end, attributes=query.attributes):
            if first:
                known = _recorded_since(portion) if len(portion.before) == 0 else None
                _begin(page, portion, query.entity_ids)
                first = False
            if known is None and not page.points and portion.points:
                known = portion.points[0].at
            if not all(page.add(past) for past in portion.points):
                break
            if asyncio.get_running_loop().time() > until and portion.end < end:
                page.next_start = portion.end
                break
    except NoHistory as error:
        raise Refused(f"{error}.") from error
    except CallRefused as error:
        raise Refused(f"Home Assistant does not tell its history: {error}") from error
    except TransportError as error:
        raise Refused(str(error)) from error
    return HistoryReport(points=tuple(page.points), recorded_since=known, next_start=page.next_start)


def _begin(page: _Page, portion: Portion, entity_ids: Sequence[str]) -> None:
    """Each entity's first point is what it was at the start."""
    for entity_id in entity_ids:
        before = portion.before.get(entity_id)
        if before is not None:
            page.add(Past(entity_id, portion.start, before.changed_at, before.state, before.attributes))


def _recorded_since(portion: Portion) -> float | None:
    """Nobody has a state at the start: the recorder begins with the first point."""
    return portion.points[0].at if portion.points else None
