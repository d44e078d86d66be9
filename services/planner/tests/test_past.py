import asyncio

import pytest

from wactorz_common.contracts.history import HistoryPoint, HistoryReport
from wactorz_common.contracts.home import House, ServiceCall
from wactorz_common.contracts.rules import (
    Condition,
    DetectionTrigger,
    MqttTrigger,
    RuleDraft,
    StateTrigger,
    TimeTrigger,
)
from wactorz_common.errors import Refused
from wactorz_planner import past

HOUSE = House(version=1)
DRAFT = RuleDraft(
    trigger=StateTrigger(entity_id="sensor.m", to="on"), cooldown_seconds=0,
    actions=(ServiceCall(domain="light", service="turn_on", entity_id=("light.a",)),),
)  # fmt: skip
NOW = 10 * 86_400.0


class Recorder:
    """Answers in pages of a few points, as a long history is answered."""

    def __init__(self, points, page=3, since=None):
        self.points, self.page, self.since, self.asked = points, page, since, []

    async def __call__(self, query):
        self.asked.append(query)
        await asyncio.sleep(0)
        before = [point for point in self.points if point.at <= query.start][-1:]
        rest = [point for point in self.points if query.start < point.at <= query.end]
        shown = rest[: self.page]
        more = shown[-1].at if len(rest) > self.page else None
        return HistoryReport(points=(*before, *shown), recorded_since=self.since, next_start=more)


def point(at, state):
    return HistoryPoint(entity_id="sensor.m", at=at, state=state)


def run(recorder, draft=DRAFT, days=7.0):
    return past.backtest(recorder, draft, HOUSE, days, NOW)


async def test_all_pages_are_read_and_their_seams_fire_nothing():
    start = NOW - 7 * 86_400
    recorder = Recorder([point(start + number, "on" if number % 2 else "off") for number in range(-3, 20)])
    report = await run(recorder)
    assert report.fired == 10
    assert [query.start for query in recorder.asked][:3] == [start, start + 3, start + 6]
    assert recorder.asked[0].entity_ids == ("sensor.m",)
    assert (recorder.asked[0].end, recorder.asked[0].attributes) == (NOW, False)


async def test_the_span_is_what_the_recorder_knows():
    since = NOW - 2 * 86_400
    report = await run(Recorder([point(since, "off"), point(since + 5, "on")], since=since))
    assert (report.start, report.end, report.fired) == (since, NOW, 1)
    assert "in 2 days" in report.text
    assert "only knows 2 days" in report.text


async def test_an_empty_past_is_said():
    assert "knows nothing of sensor.m" in (await run(Recorder([]))).text


async def test_the_clock_asks_nobody():
    recorder = Recorder([])
    report = await run(recorder, DRAFT.model_copy(update={"trigger": TimeTrigger(at="12:00")}))
    assert (report.fired, recorder.asked) == (7, [])


async def test_a_history_without_end_is_cut(monkeypatch):
    monkeypatch.setattr(past, "MOST_POINTS", 10)
    start = NOW - 7 * 86_400
    report = await run(Recorder([point(start + number, "on" if number % 2 else "off") for number in range(100)]))
    assert "too much history" in report.text


async def test_others_have_their_turn_between_slices():
    start = NOW - 7 * 86_400
    recorder = Recorder([point(start + number, "off") for number in range(2000)], page=5000)
    turns = 0
    work = asyncio.create_task(run(recorder))
    while not work.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 2000 / 250


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"trigger": MqttTrigger(topic="sensors/a")}, "MQTT messages are not recorded"),
        ({"conditions": (Condition(topic="sensors/a", value="on"),)}, "MQTT messages are not recorded"),
        ({"trigger": DetectionTrigger(target="person")}, "What cameras saw is not recorded"),
    ],
)
async def test_what_nobody_records_cannot_be_tried_on_the_past(changes, words):
    recorder = Recorder([])
    with pytest.raises(Refused, match=words):
        await past.backtest(recorder, DRAFT.model_copy(update=changes), HOUSE, 1, NOW)
    assert recorder.asked == []
