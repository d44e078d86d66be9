"""Charts that outlive the gateway."""

import itertools
import math

import pytest

from wactorz_common.errors import StoreError
from wactorz_common.store import Store
from wactorz_gateway import historybook
from wactorz_gateway.actor import Agent
from wactorz_gateway.histories import STEP_SECONDS, Histories, node_key
from wactorz_gateway.historybook import HistoryBook

NOON = 1_767_225_600.0


def beats(kept, start, end, name="main"):
    """What an agent tells every 10 s."""
    for second in range(int(start), int(end), 10):
        metrics = {"messages_processed": second, "errors": 0}
        kept.note(
            Agent(name, name, 0, 0, heartbeat={"memory_mb": 10.0, "cpu_percent": 1.5}, metrics=metrics),
            0.25,
            float(second),
        )


@pytest.fixture
async def store(tmp_path):
    made = Store(tmp_path / "state.db")
    made.open()
    yield made
    await made.close()


async def opened(store, now):
    kept = Histories()
    book = HistoryBook(store, kept)
    return kept, book, await book.start(now)


async def test_a_restart_keeps_the_chart(store):
    kept, book, trouble = await opened(store, NOON)
    assert trouble == ""
    for start in range(0, 7_200, 60):  # two hours, a batch a minute
        beats(kept, NOON + start, NOON + start + 60)
        await book.keep(NOON + start + 60)
    kept.note_node("local", 12, 300.0, NOON + 7_200)
    await book.keep(NOON + 7_200)
    again, _, _ = await opened(store, NOON + 7_210)
    now = NOON + 7_210
    assert again.of("main", now - 86_400, now) == kept.of("main", now - 86_400, now)
    assert len(again.of("main", now - 3_600, now)) == 359
    (node,) = again.of(node_key("local"), 0, now)
    assert (node.messages_processed, node.memory_mb, math.isnan(node.cost_usd)) == (12, 300, True)


async def test_a_gap_stays_a_gap_and_the_chart_goes_on_after_it(store):
    kept, book, _ = await opened(store, NOON)
    beats(kept, NOON, NOON + 600)
    await book.keep(NOON + 600)
    again, book, _ = await opened(store, NOON + 1_800)
    beats(again, NOON + 1_800, NOON + 2_400)
    times = [sample.t - NOON for sample in again.of("main", NOON, NOON + 2_400)]
    assert times == [*range(0, 600, 10), *range(1_800, 2_400, 10)]
    await book.keep(NOON + 2_400)
    third, _, _ = await opened(store, NOON + 2_400)
    assert [sample.t - NOON for sample in third.of("main", NOON, NOON + 2_400)] == times


async def test_who_is_killed_loses_only_what_came_since_the_last_batch(store):
    kept, book, _ = await opened(store, NOON)
    beats(kept, NOON, NOON + 120)
    await book.keep(NOON + 120)
    beats(kept, NOON + 120, NOON + 180)
    again, _, _ = await opened(store, NOON + 180)
    assert again.of("main", NOON, NOON + 180)[-1].t == NOON + 110


async def test_what_is_older_than_its_grain_keeps_is_dropped_from_the_disk(store):
    kept, book, _ = await opened(store, NOON)
    hours = 30
    for start in range(0, hours * 3_600, 600):
        beats(kept, NOON + start, NOON + start + 600)
        await book.keep(NOON + start + 600)
    end = NOON + hours * 3_600
    counts = dict(await store.read(lambda one: one.execute(
        "SELECT grain, sum(length(samples)) / 48 FROM histories GROUP BY grain").fetchall()))  # fmt: skip
    assert counts[0] <= 360 + 60
    assert counts[1] <= 86_400 / STEP_SECONDS + 2
    again, _, _ = await opened(store, end)
    points = again.of("main", end - 86_400, end)
    assert [b.t - a.t for a, b in itertools.pairwise(points)][-1] == 10
    assert points[0].t >= end - 86_400


async def test_an_agent_that_is_gone_is_gone_from_the_disk(store):
    kept, book, _ = await opened(store, NOON)
    beats(kept, NOON, NOON + 60)
    beats(kept, NOON, NOON + 60, name="other")
    await book.keep(NOON + 60)
    kept.forget("main")
    await book.keep(NOON + 120)
    again, _, _ = await opened(store, NOON + 120)
    assert again.of("main", 0, NOON + 120) == []
    assert again.of("other", 0, NOON + 120)


async def test_an_agent_that_is_gone_and_back_keeps_what_came_after(store):
    kept, book, _ = await opened(store, NOON)
    beats(kept, NOON, NOON + 60)
    kept.forget("main")
    beats(kept, NOON + 60, NOON + 90)
    await book.keep(NOON + 90)
    again, _, _ = await opened(store, NOON + 90)
    assert [sample.t - NOON for sample in again.of("main", 0, NOON + 90)] == [60, 70, 80]


async def test_samples_of_a_clock_that_was_ahead_do_not_stop_the_chart(store):
    kept, book, _ = await opened(store, NOON)
    beats(kept, NOON + 86_400, NOON + 86_460)
    await book.keep(NOON + 86_460)
    again, book, _ = await opened(store, NOON)
    beats(again, NOON, NOON + 60)
    assert [sample.t - NOON for sample in again.of("main", 0, NOON + 60)] == [*range(0, 60, 10)]
    await book.keep(NOON + 60)
    newest = await store.read(lambda one: one.execute("SELECT max(until) FROM histories").fetchone()[0])
    assert newest == NOON + 50


async def test_a_newer_format_is_told_and_left_alone(store):
    kept, book, _ = await opened(store, NOON)
    beats(kept, NOON, NOON + 60)
    await book.keep(NOON + 60)
    await store.write(lambda one: one.execute("UPDATE histories_version SET version = 9"))
    again, book, trouble = await opened(store, NOON + 60)
    assert "version 9" in trouble
    assert "newer program" in trouble
    beats(again, NOON + 60, NOON + 120)
    await book.keep(NOON + 120)
    assert again.of("main", 0, NOON + 120)[0].t == NOON + 60
    left = await store.read(lambda one: one.execute("SELECT count(*), max(until) FROM histories").fetchone())
    assert left == (2, NOON + 50)


async def test_an_older_format_is_brought_up_to_date(store, monkeypatch):
    kept, book, _ = await opened(store, NOON)
    beats(kept, NOON, NOON + 60)
    await book.keep(NOON + 60)
    newer = (*historybook.MIGRATIONS, ("ALTER TABLE histories ADD COLUMN note TEXT",))
    monkeypatch.setattr(historybook, "MIGRATIONS", newer)
    again, _, trouble = await opened(store, NOON + 60)
    assert trouble == ""
    assert len(again.of("main", 0, NOON + 60)) == 6
    assert await store.read(lambda one: one.execute("SELECT version FROM histories_version").fetchone()) == (2,)


async def test_damaged_pieces_are_told_and_the_rest_is_shown(store):
    kept, book, _ = await opened(store, NOON)
    beats(kept, NOON, NOON + 60)
    beats(kept, NOON, NOON + 60, name="other")
    await book.keep(NOON + 60)
    await store.write(lambda one: one.execute("UPDATE histories SET samples = 'x' WHERE key = 'other'"))
    again, _, trouble = await opened(store, NOON + 60)
    assert "2 kept pieces" in trouble
    assert len(again.of("main", 0, NOON + 60)) == 6


async def test_a_table_that_is_none_of_ours_does_not_stop_the_start(store):
    await opened(store, NOON)
    await store.write(lambda one: one.execute("DROP TABLE histories"))
    kept, book, trouble = await opened(store, NOON)
    assert "begin anew" in trouble
    beats(kept, NOON, NOON + 60)
    await book.keep(NOON + 60)
    assert len(kept.of("main", 0, NOON + 60)) == 6


async def test_a_full_disk_costs_the_batch_only(store):
    kept, book, _ = await opened(store, NOON)
    full = Broken(store)
    book = HistoryBook(full, kept)
    await book.start(NOON)
    full.error = StoreError("the disk is full")
    beats(kept, NOON, NOON + 60)
    await book.keep(NOON + 60)
    full.error = None
    beats(kept, NOON + 60, NOON + 120)
    await book.keep(NOON + 120)
    assert len(kept.of("main", 0, NOON + 120)) == 12
    again, _, _ = await opened(store, NOON + 120)
    assert [sample.t - NOON for sample in again.of("main", NOON + 1, NOON + 120)] == [*range(60, 120, 10)]


class Broken:
    """A disk that may refuse to be written."""

    def __init__(self, store):
        self._store, self.error = store, None
        self.read = store.read

    async def write(self, work):
        if self.error is not None:
            raise self.error
        return await self._store.write(work)
