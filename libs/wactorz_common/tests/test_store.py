import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from wactorz_common.errors import StoreError
from wactorz_common.failpoints import configure
from wactorz_common.store import Store

ADD = "INSERT INTO t (id) VALUES (?)"


@pytest.fixture
async def store(tmp_path):
    store = Store(tmp_path / "agent" / "state.db")
    store.open()
    await store.write(lambda c: c.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, b BLOB)") and None)
    yield store
    await store.close()


def ids(connection):
    return [row[0] for row in connection.execute("SELECT id FROM t ORDER BY id")]


async def test_what_is_written_is_read_again_and_by_others(store):
    assert await store.write(lambda c: c.execute(ADD, (1,)).rowcount) == 1
    assert await store.read(ids) == [1]
    other = sqlite3.connect(store.path)
    assert ids(other) == [1]
    other.close()


async def test_a_failing_write_rolls_back_only_itself(store):
    def bad(connection):
        connection.execute(ADD, (1000,))
        raise KeyError("no")

    writes = [store.write(lambda c, n=n: c.execute(ADD, (n,)) and n) for n in range(100)]
    writes.insert(50, store.write(bad))
    writes.insert(70, store.write(lambda c: c.execute(ADD, (3,))))
    results = await asyncio.gather(*writes, return_exceptions=True)
    assert isinstance(results[50], KeyError)
    assert isinstance(results[70], sqlite3.IntegrityError)
    assert [r for r in results if not isinstance(r, Exception)] == list(range(100))
    assert await store.read(ids) == list(range(100))


async def test_many_waiting_writes_share_few_commits(store):
    commits = 0
    thread_ids = set()

    def work(connection, n):
        thread_ids.add(threading.get_ident())
        connection.execute(ADD, (n,))

    total = [0]
    watcher = sqlite3.connect(store.path, check_same_thread=False)

    async def count():
        nonlocal commits
        seen = watcher.execute("PRAGMA data_version").fetchone()[0]
        while total[0] < 500:
            await asyncio.sleep(0)
            now = watcher.execute("PRAGMA data_version").fetchone()[0]
            commits += now != seen
            seen = now

    async def write(n):
        await store.write(lambda c: work(c, n))
        total[0] += 1

    await asyncio.gather(count(), *(write(n) for n in range(500)))
    watcher.close()
    assert len(thread_ids) == 1
    assert threading.get_ident() not in thread_ids
    assert 1 <= commits <= 50


async def test_when_a_whole_commit_fails_the_good_writes_are_kept(store):
    await store.write(
        lambda c: c.execute("CREATE TABLE child (p INTEGER REFERENCES t DEFERRABLE INITIALLY DEFERRED)") and None
    )
    gate = threading.Event()
    first = store.enqueue(lambda c: gate.wait(5))
    good = [store.enqueue(lambda c, n=n: c.execute(ADD, (n,)).rowcount) for n in range(5)]
    orphan = store.enqueue(lambda c: c.execute("INSERT INTO child VALUES (77)").rowcount)
    gate.set()
    results = await asyncio.gather(first, *good, orphan, return_exceptions=True)
    assert results[1:6] == [1] * 5
    assert isinstance(results[6], sqlite3.IntegrityError)
    assert await store.read(ids) == list(range(5))


async def test_a_full_disk_raises_and_loses_nothing(store):
    await store.write(lambda c: c.execute(ADD, (1,)) and None)
    pages = await store.write(lambda c: c.execute("PRAGMA page_count").fetchone()[0])
    await store.write(lambda c: c.execute(f"PRAGMA max_page_count = {pages + 3}") and None)
    big = store.enqueue(lambda c: c.execute("INSERT INTO t VALUES (2, zeroblob(200000))") and None)
    small = store.enqueue(lambda c: c.execute(ADD, (3,)) and None)
    with pytest.raises(StoreError, match="the disk is full: free some space"):
        await big
    await small
    assert await store.read(ids) == [1, 3]
    await store.write(lambda c: c.execute("PRAGMA max_page_count = 100000") and None)
    await store.write(lambda c: c.execute("INSERT INTO t VALUES (2, zeroblob(200000))") and None)
    assert await store.read(ids) == [1, 2, 3]


async def test_a_wrong_statement_raises_as_it_is_and_the_thread_goes_on(store):
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await store.write(lambda c: c.execute("SELECT * FROM nowhere"))
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await store.read(lambda c: c.execute("SELECT * FROM nowhere"))
    for ending in (StopIteration, SystemExit, asyncio.CancelledError):

        def raising(_connection, ending=ending):
            raise ending

        with pytest.raises((RuntimeError, ending)):
            await store.write(raising)
    await store.write(lambda c: c.execute(ADD, (1,)) and None)
    assert await store.read(ids) == [1]


async def test_work_that_ends_the_transaction_itself_is_an_error_and_the_thread_goes_on(store):
    with pytest.raises(sqlite3.OperationalError):
        await store.write(lambda c: c.execute("COMMIT") and None)
    await store.write(lambda c: c.execute(ADD, (1,)) and None)
    assert await store.read(ids) == [1]


async def test_reading_cannot_write_and_does_not_wait_for_writers(store):
    with pytest.raises(StoreError, match="read-only"):
        await store.read(lambda c: c.execute(ADD, (1,)))
    gate = threading.Event()
    write = store.enqueue(lambda c: gate.wait(5))
    assert await asyncio.wait_for(store.read(ids), 3) == []
    gate.set()
    await write


async def test_a_cancelled_waiter_disturbs_nobody(store):
    gate = threading.Event()
    first = store.enqueue(lambda c: gate.wait(5))
    waiter = asyncio.create_task(store.write(lambda c: c.execute(ADD, (1,)) and None))
    keeper = asyncio.create_task(store.persist("mode", "night"))
    await asyncio.sleep(0)
    waiter.cancel()
    keeper.cancel()
    gate.set()
    await first
    await store.write(lambda c: c.execute(ADD, (2,)) and None)
    assert await store.read(ids) == [1, 2]
    assert store.recall("mode") == "night"


@pytest.mark.parametrize(
    "value", [None, True, 0, -1.5, 2**80, "", "ünï\x00\ud800", [], {"a": [1, {"b": None}]}, {"1": 2}]
)
async def test_values_come_back_as_they_were_kept_also_after_a_restart(store, value):
    await store.persist("key", value)
    assert store.recall("key") == value
    again = Store(store.path)
    again.open()
    assert again.recall("key", "default") == value
    await again.close()


async def test_a_recalled_value_is_a_copy(store):
    kept = {"list": [1]}
    await store.persist("key", kept)
    kept["list"].append(2)
    store.recall("key")["list"].append(3)
    assert store.recall("key") == {"list": [1]}
    assert store.recall("other", 5) == 5


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}, b"bytes"])
async def test_a_value_that_is_not_json_is_refused(store, value):
    with pytest.raises(StoreError, match="'key' cannot be kept"):
        await store.persist("key", value)
    assert store.recall("key") is None


async def test_memory_never_runs_ahead_of_the_disk(store):
    await store.persist("key", "x")
    pages = await store.write(lambda c: c.execute("PRAGMA page_count").fetchone()[0])
    await store.write(lambda c: c.execute(f"PRAGMA max_page_count = {pages}") and None)
    with pytest.raises(StoreError, match="full"):
        await store.persist("key", "y" * 200_000)
    assert store.recall("key") == "x"


async def test_the_last_of_many_values_wins(store):
    await asyncio.gather(*(store.persist("key", n) for n in range(200)))
    assert store.recall("key") == 199
    row = await store.read(lambda c: c.execute("SELECT value FROM state WHERE key = 'key'").fetchone())
    assert row == ("199",)


async def test_close_commits_what_waits_and_ends_the_threads(tmp_path):
    before = threading.active_count()
    store = Store(tmp_path / "state.db")
    assert threading.active_count() == before
    store.open()
    await store.read(lambda c: None)
    waiting = [asyncio.ensure_future(store.persist(f"k{n}", n)) for n in range(600)]
    await asyncio.sleep(0)
    await store.close()
    await asyncio.gather(*waiting)
    assert threading.active_count() == before
    again = Store(store.path)
    again.open()
    assert [again.recall(f"k{n}") for n in range(600)] == list(range(600))
    await again.close()
    await again.close()


async def test_use_after_close_or_before_open_is_refused(tmp_path):
    store = Store(tmp_path / "state.db")
    with pytest.raises(StoreError, match="is not open"):
        await store.persist("a", 1)
    store.open()
    await store.close()
    for use in (store.write, store.read):
        with pytest.raises(StoreError, match="is not open"):
            await use(lambda c: None)


async def test_a_damaged_file_is_put_aside_and_told(tmp_path):
    path = tmp_path / "state.db"
    path.write_bytes(b"junk" * 2000)
    store = Store(path)
    store.open()
    assert store.put_aside is not None
    assert store.put_aside.read_bytes() == b"junk" * 2000
    await store.persist("a", 1)
    await store.close()
    again = Store(path)
    again.open()
    assert again.put_aside is None
    assert again.recall("a") == 1
    await again.close()


def test_waiters_in_several_event_loops_are_all_woken(tmp_path):
    store = Store(tmp_path / "state.db")
    store.open()
    with ThreadPoolExecutor(3) as pool:
        done = [pool.submit(asyncio.run, store.persist(f"loop{n}", n)) for n in range(3)]
        for future in done:
            future.result(10)
    asyncio.run(store.close())
    assert sqlite3.connect(store.path).execute("SELECT count(*) FROM state").fetchone() == (3,)


async def test_a_second_writer_waits_for_the_first(store):
    other = Store(store.path)
    other.open()
    await asyncio.gather(*(s.persist(f"{n}{s is other}", n) for n in range(50) for s in (store, other)))
    await other.close()
    assert await store.read(lambda c: c.execute("SELECT count(*) FROM state").fetchone()) == (100,)


def forked(work):
    """Run `work` in a forked process and return how that ended: minus the signal, or the exit code."""
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def write_until_killed(path, receipt):
    async def main():
        store = Store(path)
        store.open()
        start = store.recall("start", 0)
        await store.persist("start", start + 100_000)
        numbers = iter(range(start, start + 100_000))

        async def writer():
            for number in numbers:
                await store.write(lambda c, n=number: c.execute("INSERT INTO numbers VALUES (?)", (n,)) and None)
                os.write(receipt, b"%d\n" % number)

        await asyncio.gather(*(writer() for _ in range(32)))

    asyncio.run(main())


def prepare_numbers(path):
    async def main():
        store = Store(path)
        store.open()
        await store.write(lambda c: c.execute("CREATE TABLE numbers (n INTEGER PRIMARY KEY)") and None)
        await store.close()

    asyncio.run(main())


def assert_nothing_lost(path, receipts):
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    kept = {row[0] for row in connection.execute("SELECT n FROM numbers")}
    connection.close()
    told = {int(line) for line in receipts.read_bytes().split(b"\n")[:-1]}
    assert told - kept == set()
    return len(told)


def test_no_acknowledged_write_is_lost_when_the_writer_is_killed(tmp_path):
    path, receipts = tmp_path / "state.db", tmp_path / "receipts"
    prepare_numbers(path)
    receipt = os.open(receipts, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    for round_ in range(20):
        pid = os.fork()
        if pid == 0:
            try:
                write_until_killed(path, receipt)
            finally:
                os._exit(70)
        goal = receipts.stat().st_size + 37 * (round_ + 1)
        while receipts.stat().st_size < goal:
            time.sleep(0.002)
        os.kill(pid, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    os.close(receipt)
    assert assert_nothing_lost(path, receipts) > 500


@pytest.mark.parametrize("name", ["store.before_commit", "store.after_commit"])
def test_a_crash_at_the_commit_itself_loses_no_acknowledged_write(tmp_path, name):
    path, receipts = tmp_path / "state.db", tmp_path / "receipts"
    prepare_numbers(path)
    receipt = os.open(receipts, os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    def work():
        configure(f"{name}:25")
        write_until_killed(path, receipt)

    for _ in range(3):
        assert forked(work) == -signal.SIGKILL
    os.close(receipt)
    assert assert_nothing_lost(path, receipts) > 50


def test_the_file_holds_plain_json(tmp_path):
    async def main():
        store = Store(tmp_path / "state.db")
        store.open()
        await store.persist("a", {"b": [1, None]})
        await store.close()

    asyncio.run(main())
    value = sqlite3.connect(tmp_path / "state.db").execute("SELECT value FROM state").fetchone()[0]
    assert json.loads(value) == {"b": [1, None]}


async def test_a_second_copy_of_an_agent_is_kept_out(tmp_path):
    program = (
        "import sys; from pathlib import Path; from wactorz_common.store import Store\n"
        "store = Store(Path(sys.argv[1])); store.open(); print('open', flush=True); sys.stdin.read()"
    )
    path = tmp_path / "state.db"
    first = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(path), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert first.stdout is not None
    assert await first.stdout.readline() == b"open\n"
    with pytest.raises(StoreError, match="second copy"):
        Store(path, claim_seconds=0.1).open()
    first.kill()
    await first.wait()
    store = Store(path)
    store.open()
    await store.close()
