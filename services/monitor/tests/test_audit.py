"""The audit."""

import time

from wactorz_monitor.audit import Audit


async def test_events_are_kept_newest_first(bench):
    bench.audit.note("spawn", "watcher", by="anna", detail="x")
    bench.audit.note("spawn refused", "\ud800bad", by="main", detail="y" * 5_000)
    refused, spawned = await bench.audit.rows()
    assert (spawned["event"], spawned["agent"], spawned["by"], spawned["detail"]) == ("spawn", "watcher", "anna", "x")
    assert refused["agent"] == "?bad"
    assert len(refused["detail"]) == 2_000
    assert abs(spawned["at"] - time.time()) < 60


async def test_what_is_older_than_the_retention_is_forgotten(store, monkeypatch):
    audit = Audit(store, days=1)
    await audit.prepare()
    now = time.time()
    monkeypatch.setattr("wactorz_monitor.audit.time.time", lambda: now - 2 * 86_400)
    audit.note("old", "a")
    monkeypatch.setattr("wactorz_monitor.audit.time.time", lambda: now)
    audit.note("new", "a")
    await audit.trim()
    assert [row["event"] for row in await audit.rows()] == ["new"]
