"""What entities did in a span of time."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from wactorz_common.contracts.history import HistoryPoint, HistoryQuery, HistoryReport
from wactorz_common.errors import Refused
from wactorz_demo_home.recorder import Point
from wactorz_demo_home.server import DemoHome
from wactorz_demo_home.settings import DemoHomeSettings
from wactorz_home_assistant import HomeAssistant
from wactorz_home_assistant_agent.history import report

DAY = 86_400.0


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[DemoHome]:
    one = DemoHome(DemoHomeSettings.model_validate({"state_dir": tmp_path, "token": "t"}))
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def home(demo: DemoHome) -> AsyncIterator[HomeAssistant]:
    one = HomeAssistant(demo.url, "t")
    one.start()
    await one.wait_ready(5)
    yield one
    await one.stop()


def seed(demo: DemoHome, *points: tuple[str, float, str], **attributes: object) -> None:
    assert demo.recorder is not None
    demo.recorder.seed([Point(entity_id, at, state, dict(attributes)) for entity_id, at, state in points])


def told(points: tuple[HistoryPoint, ...]) -> list[tuple[str, float, str]]:
    return [(point.entity_id, point.at, point.state) for point in points]


def make_query(start: float, end: float, *entity_ids: str, attributes: bool = False) -> HistoryQuery:
    return HistoryQuery(entity_ids=entity_ids, start=start, end=end, attributes=attributes)


async def test_the_state_at_the_start_then_every_change(demo: DemoHome, home: HomeAssistant):
    now = time.time()
    seed(demo, ("sensor.x", now - 90, "1"), ("sensor.y", now - 80, "a"), ("sensor.x", now - 40, "2"),
         ("sensor.y", now - 30, "b"), ("sensor.x", now - 20, ""))  # fmt: skip
    found = await report(home, make_query(now - 60, now, "sensor.x", "sensor.y", "sensor.z"), 10)
    assert told(found.points) == [
        ("sensor.x", now - 60, "1"), ("sensor.y", now - 60, "a"), ("sensor.x", now - 40, "2"),
        ("sensor.y", now - 30, "b"), ("sensor.x", now - 20, "unavailable"),
    ]  # fmt: skip
    assert (found.next_start, found.recorded_since) == (None, None)


async def test_a_change_at_the_very_start_counts_as_the_start(demo: DemoHome, home: HomeAssistant):
    now = time.time()
    seed(demo, ("sensor.x", now - 90, "1"), ("sensor.x", now - 60, "2"), ("sensor.x", now - 50, "3"))
    found = await report(home, make_query(now - 60, now, "sensor.x"), 10)
    assert told(found.points) == [("sensor.x", now - 60, "2"), ("sensor.x", now - 50, "3")]


async def test_attributes_only_when_asked_for(demo: DemoHome, home: HomeAssistant):
    now = time.time()
    seed(demo, ("light.x", now - 50, "on"), brightness=5)
    seed(demo, ("light.x", now - 40, "on"), brightness=9)
    plain = await report(home, make_query(now - 60, now, "light.x"), 10)
    assert [(point.state, point.attributes) for point in plain.points] == [("on", {})]
    full = await report(home, make_query(now - 60, now, "light.x", attributes=True), 10)
    assert [point.attributes for point in full.points] == [{"brightness": 5}, {"brightness": 9}]


async def test_before_the_recorder_began(demo: DemoHome, home: HomeAssistant):
    now = time.time()
    seed(demo, ("sensor.x", now - 60, "1"))
    found = await report(home, make_query(now - 20 * DAY, now, "sensor.x"), 10)
    assert found.recorded_since == now - 60
    nothing = await report(home, make_query(now - 20 * DAY, now, "sensor.unheard_of"), 10)
    assert (nothing.points, nothing.recorded_since) == ((), None)


async def all_pages(home: HomeAssistant, query: HistoryQuery) -> list[HistoryReport]:
    pages = [await report(home, query, 20)]
    while pages[-1].next_start is not None:
        assert len(pages) < 50
        pages.append(await report(home, query.model_copy(update={"start": pages[-1].next_start}), 20))
    return pages


async def test_a_long_history_comes_in_pages_that_fit(demo: DemoHome, home: HomeAssistant):
    now = time.time()
    seed(demo, *((f"sensor.s{number % 3}", now - 40_000 + number, str(number)) for number in range(20_000)))
    query = make_query(now - 50_000, now, "sensor.s0", "sensor.s1", "sensor.s2")
    pages = await all_pages(home, query)
    assert len(pages) > 2
    assert all(len(page.encode()) < 500_000 for page in pages)
    seen: dict[str, None] = {}
    for page in pages:
        seen |= dict.fromkeys(point.state for point in page.points)
    assert list(map(int, seen)) == list(range(20_000))
    starts = [{point.entity_id for point in page.points if point.at == page.points[0].at} for page in pages[1:]]
    assert all(len(found) == 3 for found in starts)


async def test_who_has_no_time_gets_a_part(demo: DemoHome, home: HomeAssistant):
    now = time.time()
    seed(demo, ("sensor.x", now - 5 * DAY, "1"), ("sensor.x", now - DAY, "2"))
    found = await report(home, make_query(now - 6 * DAY, now, "sensor.x"), 0)
    assert found.next_start is not None
    assert found.next_start < now - 5 * DAY


async def test_a_home_without_a_recorder(demo: DemoHome, home: HomeAssistant):
    demo.world.recorder = None
    with pytest.raises(Refused, match=r"keeps no history: add 'recorder:' and 'history:'"):
        await report(home, make_query(0, 10, "sensor.x"), 10)


async def test_questions_that_make_no_sense(home: HomeAssistant):
    with pytest.raises(Refused, match="before its beginning"):
        await report(home, make_query(10, 5, "sensor.x"), 10)
    with pytest.raises(Refused, match="does not tell its history: Invalid entity_ids"):
        await report(home, make_query(5, 10, "nonsense"), 10)


async def test_away():
    home = HomeAssistant("http://127.0.0.1:9", "t")
    home.start()
    await asyncio.sleep(0)
    with pytest.raises(Refused, match="cannot be reached"):
        await report(home, make_query(0, 10, "sensor.x"), 10)
    await home.stop()
