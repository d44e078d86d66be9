"""Reads the past of the entities that a rule depends on, page by page, and runs the rule over it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from wactorz_common.contracts.history import HistoryPoint, HistoryQuery, HistoryReport
from wactorz_common.contracts.home import House
from wactorz_common.contracts.rules import BacktestReport, RuleDraft
from wactorz_common.errors import Refused, TaskFailed, TransportError
from wactorz_planner.backtest import Replay, Span, entities_of, needs_attributes, report, without_past
from wactorz_planner.clock import Place
from wactorz_planner.german import phrase

Ask = Callable[[HistoryQuery], Awaitable[HistoryReport]]

MOST_POINTS = 1_000_000
"""Points that one run looks at."""

MOST_EXPLAINED = 20_000
"""Points that are looked at to say why a rule did not fire."""

_SLICE = 250
_DAY = 86_400.0


async def backtest(ask: Ask, draft: RuleDraft, house: House, days: float, now: float) -> BacktestReport:
    """What a rule would have done in the last days; nothing is acted or kept. Refused when nobody tells the past."""
    unknown = without_past(draft)
    if unknown:
        raise Refused(unknown)
    try:
        return await _run(ask, draft, house, days, now)
    except (TransportError, TaskFailed) as error:
        raise Refused(phrase("The past could not be read: {error}", error=error)) from error


async def _run(ask: Ask, draft: RuleDraft, house: House, days: float, now: float) -> BacktestReport:
    start = now - days * _DAY
    entities = entities_of(draft)
    if not entities:
        replay = Replay(draft, Place.of(house), Span(start, now, start))
        await _finish(replay)
        return report(replay, ())
    query = HistoryQuery(entity_ids=entities, start=start, end=now, attributes=needs_attributes(draft))
    page = await ask(query)
    known_from = min(now, max(start, _known_from(page, start)))
    replay = Replay(draft, Place.of(house), Span(start, now, known_from))
    seen: set[str] = set()
    count = 0
    while True:
        await _feed(replay, page.points, seen)
        count += len(page.points)
        if page.next_start is None or page.next_start <= query.start or count >= MOST_POINTS:
            break
        query = query.model_copy(update={"start": page.next_start})
        page = await ask(query)
    await _finish(replay)
    return report(replay, [entity for entity in entities if entity not in seen], cut=page.next_start is not None)


async def replayed(
    ask: Ask, draft: RuleDraft, house: House, start: float, end: float
) -> tuple[Replay, list[HistoryPoint]]:
    """A rule run over a span of the past, and the points of its trigger; errors are those of `ask`."""
    replay, mine, count = Replay(draft, Place.of(house), Span(start, end, start)), list[HistoryPoint](), 0
    query = HistoryQuery(entity_ids=entities_of(draft), start=start, end=end, attributes=needs_attributes(draft))
    while True:
        page = await ask(query)
        await _feed(replay, page.points, set())
        mine += [point for point in page.points if point.entity_id == draft.watched]
        count += len(page.points)
        if page.next_start is None or page.next_start <= query.start or count >= MOST_EXPLAINED:
            break
        query = query.model_copy(update={"start": page.next_start})
    await _finish(replay)
    return replay, mine


def _known_from(page: HistoryReport, start: float) -> float:
    """From when on anything is known: what the recorder says, and never before its first point."""
    if page.recorded_since is not None:
        return page.recorded_since
    return page.points[0].at if page.points else start


async def _feed(replay: Replay, points: Sequence[HistoryPoint], seen: set[str]) -> None:
    """In slices: what else is to be done is done in between."""
    for at in range(0, len(points), _SLICE):
        part = points[at : at + _SLICE]
        replay.feed(part)
        seen.update(point.entity_id for point in part)
        await asyncio.sleep(0)


async def _finish(replay: Replay) -> None:
    await asyncio.sleep(0)
    replay.finish()
