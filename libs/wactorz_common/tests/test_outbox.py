import asyncio
import itertools
import shutil

import pytest

from wactorz_common import outbox as outbox_module
from wactorz_common.contracts.tasks import TaskReply, TaskState
from wactorz_common.errors import ContractError, Refused, StoreError, TransportError
from wactorz_common.outbox import Outbox
from wactorz_common.relay import WINDOW
from wactorz_common.task_rules import KEEP_SECONDS


class Wire:
    """Stands for the broker: remembers what was sent, can be away, can answer; tells the time."""

    def __init__(self):
        self.sent = []
        self.error = None
        self.now = 1000.0

    def send(self, row):
        if self.error is not None:
            raise self.error
        self.sent.append(row.task_id)


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
async def outbox(store, wire):
    outbox = Outbox(store, wire.send, lambda: wire.now)
    await outbox.start()
    yield outbox
    await outbox.stop()


def done(task_id, **more):
    return TaskReply.accept({"_task_id": task_id, "_state": "done", **more})


def task(task_id="t1", body=b'{"a":1}', topic="agents/by-name/main/task", deadline_at=1030.0):
    return {"task_id": task_id, "topic": topic, "body": body, "deadline_at": deadline_at}


async def settle(outbox, wire, seconds=0.0):
    """Let time pass and everything happen that is due then."""
    wire.now += seconds
    for _ in range(3):
        if await outbox._relay.send_due():
            outbox.kick()
        await outbox._store.write(lambda c: None)
        await asyncio.sleep(0)


async def held(store, task_id):
    row = await store.read(lambda c: c.execute("SELECT held FROM outbox WHERE task_id = ?", (task_id,)).fetchone())
    return bool(row[0])


async def test_a_task_is_on_disk_before_it_is_sent(outbox, wire, store):
    await outbox.accept(**task())
    assert await store.read(lambda c: c.execute("SELECT task_id, state FROM outbox").fetchall()) == [("t1", None)]
    assert wire.sent == ["t1"]
    assert outbox.unfinished == 1


async def test_the_reply_is_on_disk_before_the_waiter_hears_of_it(outbox, store):
    waiter = asyncio.create_task(outbox.submit(**task()))
    await settle(outbox, Wire())
    await outbox.on_reply(done("t1", text="on"))
    end = await waiter
    assert (end.task_id, end.state, end.error) == ("t1", TaskState.DONE, None)
    assert end.body["text"] == "on"
    assert await store.read(lambda c: c.execute("SELECT state FROM outbox").fetchone()) == ("done",)
    assert outbox.unfinished == 0


async def test_a_known_id_attaches_or_gives_the_stored_end(outbox, wire, store):
    waiters = [asyncio.create_task(outbox.submit(**task(deadline_at=1030.0 + n))) for n in range(3)]
    await settle(outbox, wire)
    late = asyncio.create_task(outbox.submit(**task(body=b'{ "a": 1, "_deadline_at": 5 }')))
    waiting = asyncio.create_task(outbox.wait("t1"))
    await settle(outbox, wire)
    assert wire.sent == ["t1"]
    await outbox.on_reply(done("t1", text="on"))
    ends = [await waiter for waiter in (*waiters, late, waiting)]
    assert {end.state for end in ends} == {TaskState.DONE}
    stored = await outbox.submit(**task())
    assert (stored.state, stored.body["text"]) == (TaskState.DONE, "on")
    assert (await outbox.wait("t1")).body["text"] == "on"
    assert wire.sent == ["t1"]
    other = Outbox(store, wire.send, lambda: wire.now)
    assert (await other.submit(**task())).body["text"] == "on"


async def test_the_same_id_for_another_task_is_refused(outbox, wire):
    await outbox.accept(**task())
    for other in (task(body=b'{"a":2}'), task(topic="agents/by-name/llm/task")):
        with pytest.raises(ContractError, match="used for another task already"):
            await outbox.submit(**other)
    await outbox.on_reply(done("t1"))
    with pytest.raises(ContractError, match="used for another task already"):
        await outbox.submit(**task(body=b'{"a":2}'))
    with pytest.raises(ContractError, match="needs an id"):
        await outbox.submit(**task(""))
    with pytest.raises(ContractError, match="no task 'unheard' was accepted"):
        await outbox.wait("unheard")
    assert outbox.unfinished == 0
    assert wire.sent == ["t1"]


async def test_a_conflict_at_the_same_moment_hits_only_the_wrong_one(outbox, wire):
    results = await asyncio.gather(
        outbox.accept(**task()), outbox.accept(**task(body=b'{"a":2}')), outbox.accept(**task()), return_exceptions=True
    )
    assert [type(result) for result in results] == [type(None), ContractError, type(None)]


async def test_it_is_sent_again_with_growing_pauses_until_it_is_answered(outbox, wire):
    await outbox.accept(**task(deadline_at=1200.0))
    times = [1000.0]
    while len(times) < 6:
        before = len(wire.sent)
        await settle(outbox, wire, 0.5)
        times += [wire.now] * (len(wire.sent) - before)
    pauses = [after - before for before, after in itertools.pairwise(times)]
    for pause, least in zip(pauses, (2, 4, 8, 16, 30), strict=True):
        assert least <= pause <= least * 1.2 + 0.5
    await outbox.on_reply(done("t1"))
    await settle(outbox, wire, 100)
    assert len(wire.sent) == 6
    assert outbox.counts["sent_again"] == 5


async def test_an_unanswered_task_is_unknown_after_deadline_and_settling(outbox, wire):
    waiter = asyncio.create_task(outbox.submit(**task()))
    await settle(outbox, wire)
    await settle(outbox, wire, 44.9)
    assert not waiter.done()
    await settle(outbox, wire, 0.2)
    end = await waiter
    assert end.state is TaskState.UNKNOWN
    assert "unknown whether it was done" in end.error
    await outbox.on_reply(done("t1"))
    assert outbox.counts["late_replies"] == 1
    assert (await outbox.wait("t1")).state is TaskState.UNKNOWN


async def test_a_task_that_could_never_be_sent_expires(outbox, wire, store):
    wire.error = TransportError("no broker")
    waiter = asyncio.create_task(outbox.submit(**task()))
    await settle(outbox, wire)
    assert await held(store, "t1")
    for _ in range(9):
        await settle(outbox, wire, 5)
    await settle(outbox, wire, 1)
    end = await waiter
    assert end.state is TaskState.EXPIRED
    assert "was not done" in end.error


async def test_what_waited_for_the_broker_is_sent_when_it_is_back(outbox, wire, store):
    wire.error = TransportError("no broker")
    for number in range(300):
        await outbox.accept(**task(f"t{number}"))
    await settle(outbox, wire)
    assert await held(store, "t7")
    wire.error = None
    outbox.kick()
    await settle(outbox, wire)
    assert len(wire.sent) == len(set(wire.sent)) == WINDOW
    assert not await held(store, "t7")
    for number in range(WINDOW):
        await outbox.on_reply(done(f"t{number}"))
    await settle(outbox, wire)
    assert sorted(wire.sent) == sorted(f"t{number}" for number in range(300))


async def test_the_broker_is_tried_again_even_without_a_sign_from_it(outbox, wire):
    wire.error = TransportError("queue full")
    await outbox.accept(**task())
    await settle(outbox, wire)
    wire.error = None
    await settle(outbox, wire, 5.1)
    assert wire.sent == ["t1"]


async def test_a_broker_that_is_back_before_the_disk_knows_it_was_away_gets_the_task(outbox, wire):
    wire.error = TransportError("no broker")
    await outbox.accept(**task())
    wire.error = None
    outbox.kick()
    await settle(outbox, wire)
    assert wire.sent == ["t1"]


async def test_a_reconnect_sends_the_unanswered_again_at_once(outbox, wire):
    await outbox.accept(**task())
    wire.error = TransportError("gone")
    await settle(outbox, wire, 3)
    assert wire.sent == ["t1"]
    wire.error = None
    outbox.kick()
    await settle(outbox, wire)
    assert wire.sent == ["t1", "t1"]
    await settle(outbox, wire, 60)
    assert (await outbox.wait("t1")).state is TaskState.UNKNOWN


async def test_each_receiver_has_a_window_of_its_own(outbox, wire, store):
    for number in range(WINDOW + 50):
        await outbox.accept(**task(f"a{number}", topic="a"))
    await outbox.accept(**task("b0", topic="b"))
    assert len(wire.sent) == WINDOW + 1
    assert wire.sent[-1] == "b0"
    assert await held(store, f"a{WINDOW}")
    await outbox.on_reply(done("a3"))
    await settle(outbox, wire)
    assert wire.sent[-1] == f"a{WINDOW}"
    assert len(wire.sent) == WINDOW + 2


async def test_those_in_the_queue_expire_and_those_sent_are_unknown(outbox, wire):
    for number in range(WINDOW + 5):
        await outbox.accept(**task(f"a{number}", topic="a"))
    await settle(outbox, wire, 45.1)
    await settle(outbox, wire)
    ends = [(await outbox.wait(f"a{number}")).state for number in range(WINDOW + 5)]
    assert ends.count(TaskState.UNKNOWN) >= WINDOW
    assert set(ends[:WINDOW]) == {TaskState.UNKNOWN}
    assert outbox.unfinished == 0


async def test_a_task_the_bus_will_not_carry_fails_with_its_sentence(outbox, wire):
    wire.error = ContractError("the message is larger than 1 MiB")
    end = await outbox.submit(**task())
    assert (end.state, end.error) == (TaskState.FAILED, "the message is larger than 1 MiB")


async def test_an_odd_error_of_the_bus_does_not_end_the_task(outbox, wire):
    wire.error = ZeroDivisionError()
    await outbox.accept(**task())
    wire.error = None
    await settle(outbox, wire, 3)
    assert wire.sent == ["t1"]


async def test_a_bus_that_sends_asynchronously_works_the_same(store):
    wire = Wire()

    async def send(row):
        await asyncio.sleep(0)
        wire.send(row)

    outbox = Outbox(store, send, lambda: wire.now)
    await outbox.start()
    wire.error = TransportError("no broker")
    await outbox.accept(**task())
    for _ in range(5):
        await settle(outbox, wire)
    assert await held(store, "t1")
    wire.error = None
    outbox.kick()
    for _ in range(5):
        await settle(outbox, wire)
    assert wire.sent == ["t1"]
    await outbox.stop()


async def test_a_restart_takes_up_what_has_not_ended(outbox, wire, store):
    waiter = asyncio.create_task(outbox.submit(**task("sent")))
    await settle(outbox, wire)
    wire.error = TransportError("gone")
    await outbox.accept(**task("held"))
    await settle(outbox, wire)
    await outbox.stop()
    with pytest.raises(TransportError, match="goes on after its next start"):
        await waiter
    wire.error, wire.now = None, 1100.0
    again = Outbox(store, wire.send, lambda: wire.now)
    await again.start()
    assert again.unfinished == 2
    attached = asyncio.create_task(again.submit(**task("sent")))
    await settle(again, wire)
    assert sorted(wire.sent) == ["held", "sent", "sent"]
    await again.on_reply(done("sent", text="kept by the receiver"))
    assert (await attached).body["text"] == "kept by the receiver"
    await settle(again, wire, 16)
    assert (await again.wait("held")).state is TaskState.UNKNOWN
    await again.stop()


async def test_a_row_that_was_never_sent_expires_after_a_restart(outbox, wire, store):
    wire.error = TransportError("gone")
    await outbox.accept(**task())
    await settle(outbox, wire)
    await outbox.stop()
    wire.now = 5000.0
    again = Outbox(store, wire.send, lambda: wire.now)
    await again.start()
    await settle(again, wire, 16)
    assert (await again.wait("t1")).state is TaskState.EXPIRED
    await again.stop()


async def test_too_many_unfinished_tasks_are_refused_with_a_sentence(outbox, monkeypatch):
    monkeypatch.setattr(outbox_module, "MOST_UNFINISHED", 3)
    for number in range(3):
        await outbox.accept(**task(f"t{number}"))
    with pytest.raises(Refused, match="3 tasks wait for an answer already: try again in a minute"):
        await outbox.accept(**task("t3"))
    await outbox.accept(**task("t2"))
    await outbox.on_reply(done("t0"))
    await outbox.accept(**task("t3"))


async def test_a_disk_that_is_nearly_full_is_refused_with_a_sentence(outbox, monkeypatch, wire):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**12, 10**12, 499 * 2**20))
    with pytest.raises(Refused, match="free some space"):
        await outbox.accept(**task())
    monkeypatch.undo()
    wire.now += 6
    await outbox.accept(**task())


async def test_a_task_that_cannot_be_committed_is_not_accepted(outbox, wire, store):
    await store.write(
        lambda c: c.execute("CREATE TRIGGER no BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'no'); END") and None
    )
    with pytest.raises(Exception, match="no"):
        await outbox.submit(**task())
    assert outbox.unfinished == 0
    assert wire.sent == []
    await store.write(lambda c: c.execute("DROP TRIGGER no") and None)
    await outbox.accept(**task())
    assert wire.sent == ["t1"]


async def test_a_reply_that_cannot_be_committed_comes_again(outbox, wire, store):
    waiter = asyncio.create_task(outbox.submit(**task()))
    await settle(outbox, wire)
    await store.write(
        lambda c: c.execute("CREATE TRIGGER no BEFORE UPDATE ON outbox BEGIN SELECT RAISE(ABORT, 'no'); END") and None
    )
    with pytest.raises(Exception, match="no"):
        await outbox.on_reply(done("t1"))
    assert not waiter.done()
    await store.write(lambda c: c.execute("DROP TRIGGER no") and None)
    await outbox.on_reply(done("t1"))
    assert (await waiter).state is TaskState.DONE


async def test_a_cancelled_waiter_leaves_the_task_under_way(outbox, wire):
    waiter = asyncio.create_task(outbox.submit(**task()))
    await asyncio.sleep(0)
    waiter.cancel()
    await settle(outbox, wire)
    assert wire.sent == ["t1"]
    await outbox.on_reply(done("t1"))
    assert (await outbox.wait("t1")).state is TaskState.DONE


async def test_two_replies_at_once_end_it_once(outbox, wire):
    await outbox.accept(**task())
    await asyncio.gather(outbox.on_reply(done("t1", text="one")), outbox.on_reply(done("t1", text="two")))
    assert (await outbox.wait("t1")).body["text"] == "one"
    assert outbox.counts["late_replies"] == 1


async def test_old_rows_are_trimmed_and_young_and_unfinished_ones_stay(outbox, wire, store):
    for task_id in ("old", "open", "young"):
        await outbox.accept(**task(task_id, deadline_at=1e9))
    await outbox.on_reply(done("old"))
    wire.now += KEEP_SECONDS / 2
    await outbox.on_reply(done("young"))
    wire.now += KEEP_SECONDS / 2 + 1
    await outbox._trim()
    rows = await store.read(lambda c: c.execute("SELECT task_id FROM outbox ORDER BY task_id").fetchall())
    assert rows == [("open",), ("young",)]


async def test_a_clock_set_back_does_not_stop_the_sending(outbox, wire):
    await outbox.accept(**task(deadline_at=1e9))
    await settle(outbox, wire)
    wire.now -= 500
    await settle(outbox, wire)
    assert wire.sent == ["t1", "t1"]


async def test_after_the_store_is_closed_nothing_is_accepted(outbox, store):
    await store.close()
    with pytest.raises(StoreError, match="is not open"):
        await outbox.submit(**task())
    assert outbox.unfinished == 0
