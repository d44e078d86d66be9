import contextlib

import pytest

from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import StoreError
from wactorz_common.shared_inbox import LEASE_SECONDS, SharedInbox
from wactorz_common.task_rules import MOST_RUNS, Verdict

REPLY = b'{"_state":"done"}'


class Time:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
async def replica(tmp_path, time):
    async with contextlib.AsyncExitStack() as stack:

        async def start(agent_id, incarnation=1, idle=lambda: False):
            inbox = SharedInbox(tmp_path / "inbox.db", agent_id, incarnation, idle, time)
            left = await inbox.start()
            stack.push_async_callback(inbox._store.close)
            return inbox, left

        yield start


def take(inbox, task_id="t", **more):
    task = {"task_id": task_id, "action": "work", "sender": "main", "body": b"{}", "deadline_at": 2000.0,
            "reply_topic": "reply", "correlation": None, "trace_id": ""}  # fmt: skip
    return inbox.accept(**{**task, **more})


async def test_a_task_is_run_by_the_replica_that_took_it_in_and_answered_by_any(replica):
    (a, _), (b, _) = await replica("a"), await replica("b")
    assert (await take(a)).verdict is Verdict.NEW
    assert (await take(b)).verdict is Verdict.RUNNING
    assert (await a.holds("t"), await b.holds("t")) == (True, False)
    assert (await a.finish("t", TaskState.DONE, REPLY)).reply_topic == "reply"
    again = await take(b)
    assert (again.verdict, again.reply) == (Verdict.ENDED, REPLY)


async def test_a_lease_that_is_renewed_is_left_alone_and_one_that_ran_out_is_taken_over(replica, time):
    (a, _), (b, _) = await replica("a"), await replica("b")
    await take(a)
    for _ in range(3):
        time.now += 0.7 * LEASE_SECONDS
        assert (await a.keep()).taken == []
        assert (await b.keep()).taken == []
    time.now += LEASE_SECONDS + 0.1
    taken = (await b.keep()).taken
    assert [(row.task_id, row.runs) for row in taken] == [("t", 2)]
    assert await b.holds("t")


async def test_a_replica_that_slept_ends_nothing_that_another_has_taken(replica, time):
    (a, _), (b, _) = await replica("a"), await replica("b")
    await take(a)
    time.now += LEASE_SECONDS + 0.1
    await b.keep()
    assert not await a.holds("t")
    assert await a.finish("t", TaskState.FAILED, b"{}") is None
    assert (await b.finish("t", TaskState.DONE, REPLY)).state == "done"


async def test_what_was_taken_away_is_told_even_when_it_has_ended(replica, time):
    (a, _), (b, _) = await replica("a"), await replica("b")
    await take(a)
    await take(a, "mine")
    time.now += LEASE_SECONDS + 0.1
    await b._store.write(lambda db: db.execute("UPDATE inbox SET lease_until = 9e9 WHERE task_id = 'mine'") and None)
    await b.keep()
    await b.finish("t", TaskState.DONE, REPLY)
    assert (await a.keep()).lost == {"t"}
    assert await a.holds("mine")


async def test_a_restarted_replica_goes_on_at_once_with_its_own(replica):
    (a, _), _ = await replica("a"), await replica("b")
    await take(a)
    _, left = await replica("a", 2)
    assert [(row.task_id, row.runs) for row in left] == [("t", 2)]


async def test_a_replica_that_stops_leaves_its_tasks_to_the_others_at_once(replica):
    (a, _), (b, _) = await replica("a"), await replica("b")
    await take(a)
    await a.stop()
    assert [row.task_id for row in (await b.keep()).taken] == ["t"]


async def test_what_an_idle_replica_takes_in_is_begun_by_another(replica):
    (a, _), (b, _) = await replica("a", idle=lambda: True), await replica("b")
    assert not (await take(a)).is_new
    assert (await a.keep()).taken == []
    assert [(row.task_id, row.runs) for row in (await b.keep()).taken] == [("t", 1)]


async def test_a_task_that_could_not_be_ended_is_let_go(replica):
    (a, _), (b, _) = await replica("a"), await replica("b")
    await take(a)
    await a.let_go("t")
    assert not await a.holds("t")
    assert [row.task_id for row in (await b.keep()).taken] == ["t"]


async def test_a_task_that_kills_every_replica_ends_as_unknown(replica, time):
    (a, _) = await replica("a")
    await take(a)
    for run in range(2, MOST_RUNS + 1):
        _, left = await replica("a", run)
        assert [row.runs for row in left] == [run]
    last, left = await replica("a", MOST_RUNS + 1)
    assert left == []
    assert b"unknown" in (await take(last)).reply


async def test_a_damaged_file_stays_where_it_is_because_others_may_be_at_work_with_it(tmp_path, replica):
    (tmp_path / "inbox.db").write_bytes(b"nonsense" * 1000)
    with pytest.raises(StoreError, match="stop every replica"):
        await replica("a")
    assert (tmp_path / "inbox.db").exists()
