import asyncio
import json

import pytest

from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import ContractError
from wactorz_common.inbox import Inbox
from wactorz_common.task_rules import MOST_RUNS, Verdict

REPLY = b'{"_task_id":"t1","_state":"done","text":"ok"}'


class Time:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def inbox(store, time):
    return Inbox(store, time)


def take(inbox, task_id="t1", body=b'{"a":1}', deadline_at=1030.0, reply_topic="reply/1", correlation=b"c1", **more):
    return inbox.accept(
        task_id=task_id, action="actuate", sender="main", body=body, deadline_at=deadline_at, reply_topic=reply_topic,
        correlation=correlation, trace_id="trace", **more,
    )  # fmt: skip


async def test_a_task_is_new_once_then_running_then_ended(inbox):
    first = await take(inbox)
    assert (first.verdict, first.is_new, first.reply) == (Verdict.NEW, True, None)
    again = await take(inbox)
    assert (again.verdict, again.is_new, again.reply) == (Verdict.RUNNING, False, None)
    await inbox.finish("t1", TaskState.DONE, REPLY)
    ended = await take(inbox)
    assert (ended.verdict, ended.reply) == (Verdict.ENDED, REPLY)


async def test_the_reply_goes_to_the_newest_address(inbox):
    await take(inbox)
    await take(inbox, reply_topic="reply/2", correlation=b"c2")
    row = await inbox.finish("t1", TaskState.DONE, REPLY)
    assert (row.reply_topic, row.correlation, row.state, row.reply) == ("reply/2", b"c2", "done", REPLY)
    ended = await take(inbox, reply_topic="reply/3", correlation=None)
    assert (ended.row.reply_topic, ended.row.correlation) == ("reply/3", None)


async def test_a_late_task_is_never_run_and_answered_the_same_way_again(inbox, time):
    time.now = 1030.5
    late = await take(inbox)
    assert late.verdict is Verdict.EXPIRED
    assert json.loads(late.reply)["_state"] == "expired"
    time.now = 1000.0
    again = await take(inbox)
    assert (again.verdict, again.reply) == (Verdict.ENDED, late.reply)
    assert await inbox.start() == []


async def test_an_id_used_for_another_task_is_not_run_and_noted(inbox, store):
    await take(inbox)
    for other in (await take(inbox, body=b'{"a":2}'), await take(inbox, body=b'{"a":3}', reply_topic="thief")):
        assert other.verdict is Verdict.CONFLICT
        assert json.loads(other.reply)["_state"] == "failed"
    notes = await store.read(lambda c: c.execute("SELECT task_id, sender, action FROM inbox_conflicts").fetchall())
    assert notes == [("t1", "main", "actuate")] * 2
    row = await inbox.finish("t1", TaskState.DONE, REPLY)
    assert row.reply_topic == "reply/1"


async def test_a_given_digest_decides_what_is_the_same(inbox):
    await take(inbox, identity=b"same")
    assert (await take(inbox, body=b"spelled otherwise", identity=b"same")).verdict is Verdict.RUNNING
    assert (await take(inbox, identity=b"different")).verdict is Verdict.CONFLICT


async def test_an_end_that_is_kept_stays(inbox):
    await take(inbox)
    await inbox.finish("t1", TaskState.DONE, REPLY)
    row = await inbox.finish("t1", TaskState.FAILED, b'{"_state":"failed"}')
    assert (row.state, row.reply) == ("done", REPLY)


async def test_only_what_came_in_can_end(inbox):
    with pytest.raises(ContractError, match="no task 'other' has come in"):
        await inbox.finish("other", TaskState.DONE, b"{}")
    with pytest.raises(ContractError, match="needs an id"):
        await take(inbox, task_id="")


async def test_unfinished_tasks_are_run_again_after_a_restart_in_their_order(inbox, store, time):
    for number in range(5):
        await take(inbox, task_id=f"t{number}", body=b"%d" % number)
    await inbox.finish("t2", TaskState.DONE, REPLY)
    rows = await Inbox(store, time).start()
    assert [row.task_id for row in rows] == ["t0", "t1", "t3", "t4"]
    assert (rows[0].body, rows[0].action, rows[0].sender, rows[0].trace_id, rows[0].runs) == (
        b"0",
        "actuate",
        "main",
        "trace",
        2,
    )
    assert rows[0].deadline_at == 1030.0
    assert (await take(inbox, task_id="t0", body=b"0")).verdict is Verdict.RUNNING


async def test_a_task_that_ends_the_program_each_time_is_given_up(inbox, store, time):
    await take(inbox)
    for _ in range(MOST_RUNS - 1):
        assert len(await Inbox(store, time).start()) == 1
    assert await Inbox(store, time).start() == []
    ended = await take(inbox)
    assert ended.verdict is Verdict.ENDED
    assert json.loads(ended.reply)["_state"] == "unknown"
    assert "stopped 5 times" in json.loads(ended.reply)["error"]


async def test_the_same_task_arriving_many_times_at_once_is_new_once(inbox):
    verdicts = [acceptance.verdict for acceptance in await asyncio.gather(*(take(inbox) for _ in range(50)))]
    assert verdicts.count(Verdict.NEW) == 1
    assert verdicts.count(Verdict.RUNNING) == 49


async def test_what_ended_just_before_the_last_end_is_answered_once_more(inbox, time):
    for task_id in ("old", "new"):
        await take(inbox, task_id=task_id)
    await inbox.finish("old", TaskState.DONE, REPLY)
    time.now = 1009.0
    await inbox.finish("new", TaskState.DONE, REPLY)
    await take(inbox, task_id="silent", reply_topic="")
    await inbox.finish("silent", TaskState.DONE, REPLY)
    time.now = 1012.0
    assert [(row.task_id, row.reply_topic, row.reply) for row in await inbox.just_ended()] == [
        ("new", "reply/1", REPLY)
    ]
