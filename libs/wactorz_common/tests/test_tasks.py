"""The whole protocol: outbox and inbox over a bad network, with crashes at every edge."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sqlite3
import tempfile
import time
import traceback
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from wactorz_common.contracts.tasks import TaskReply, TaskState
from wactorz_common.errors import TransportError
from wactorz_common.failpoints import FAILPOINTS, configure, failpoint
from wactorz_common.store import Store
from wactorz_common.task_rules import MOST_RUNS
from wactorz_common.tasks import Inbox, Outbox

ENDED = {state.value for state in TaskState}


def reply_bytes(task_id, state):
    return json.dumps({"_task_id": task_id, "_state": state}).encode()


class BadNetwork(RuleBasedStateMachine):
    """Packets wait in `tasks` and `replies` until a rule delivers, doubles or drops them, in any order."""

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp(prefix="tasks-"))
        self.runner = asyncio.Runner()
        self.now = 1000.0
        self.connected = True
        self.tasks, self.replies = [], []
        self.accepted = {}
        self.effects = []
        self.ends = {}
        self.told = []
        self.running = []
        self.run(self.start_producer())
        self.run(self.start_receiver())

    def run(self, coroutine):
        return self.runner.run(coroutine)

    async def start_producer(self):
        self.producer = Store(self.folder / "producer.db")
        self.producer.open()
        self.outbox = Outbox(self.producer, self.send, lambda: self.now)
        await self.outbox.start()
        await self.settle()

    async def start_receiver(self):
        self.receiver = Store(self.folder / "receiver.db")
        self.receiver.open()
        self.inbox = Inbox(self.receiver, lambda: self.now)
        self.running = [(row.task_id, row.deadline_at) for row in await self.inbox.start()]

    def send(self, row):
        if not self.connected:
            raise TransportError("no broker")
        self.tasks.append(row)

    async def settle(self):
        for _ in range(3):
            if await self.outbox._relay.send_due():
                self.outbox.kick()
            await self.producer.write(lambda c: None)
            await asyncio.sleep(0)

    # What may happen

    @rule(seconds=st.sampled_from([0.5, 20.0, 90.0]))
    def submit(self, seconds):
        self.submit_new(seconds)

    def submit_new(self, seconds):
        task_id = f"t{len(self.accepted)}"
        self.accepted[task_id] = task = {"topic": "to", "body": task_id.encode(), "deadline_at": self.now + seconds}

        async def follow():
            with contextlib.suppress(TransportError):
                end = await self.outbox.submit(task_id=task_id, **task)
                self.told.append((task_id, end.state.value))

        async def go():
            self.followers = [*getattr(self, "followers", []), asyncio.create_task(follow())]
            await self.settle()

        self.run(go())

    @precondition(lambda self: self.accepted)
    @rule(data=st.data())
    def submit_again(self, data):
        task_id = data.draw(st.sampled_from(sorted(self.accepted)))
        self.run(self.outbox.accept(task_id=task_id, **self.accepted[task_id]))

    @precondition(lambda self: self.tasks)
    @rule(data=st.data(), keep=st.booleans())
    def deliver_task(self, data, keep):
        index = data.draw(st.integers(0, len(self.tasks) - 1))
        row = self.tasks[index] if keep else self.tasks.pop(index)
        self.run(self.take_in(row))

    async def take_in(self, row):
        verdict = await self.inbox.accept(
            task_id=row.task_id, action="set", sender="main", body=row.body, deadline_at=row.deadline_at,
            reply_topic="back", correlation=None, trace_id="",
        )  # fmt: skip
        if verdict.is_new:
            self.running.append((row.task_id, row.deadline_at))
        elif verdict.reply is not None:
            self.replies.append((row.task_id, verdict.reply))

    @precondition(lambda self: self.running)
    @rule(data=st.data(), crash=st.sampled_from(["", "", "", "before effect", "after effect", "after commit"]))
    def handle(self, data, crash):
        index = data.draw(st.integers(0, len(self.running) - 1))
        self.run(self.run_handler(*self.running.pop(index), crash))

    async def run_handler(self, task_id, deadline_at, crash=""):
        """The rule of every physical effect: read back first, then act in time, then commit the end."""
        state = "done"
        if task_id not in self.effects:
            if self.now > deadline_at:
                state = "expired"
            elif crash == "before effect":
                return await self.restart_receiver()
            else:
                self.effects.append(task_id)
        if crash == "after effect":
            return await self.restart_receiver()
        row = await self.inbox.finish(task_id, TaskState(state), reply_bytes(task_id, state))
        if crash == "after commit":
            return await self.restart_receiver()
        self.replies.append((task_id, row.reply))
        return None

    @rule(
        count=st.integers(1, 4),
        seconds=st.sampled_from([20.0, 90.0]),
        crash=st.sampled_from(["", "before effect", "after effect", "after commit"]),
        answers=st.sampled_from(["arrive", "wait", "are lost"]),
    )
    def work_goes_on(self, count, seconds, crash, answers):
        """A common course: new tasks arrive, the receiver crashes at one of them and runs the others."""
        for _ in range(count):
            self.submit_new(seconds)
        self.run(self.work(crash, answers))

    async def work(self, crash, answers):
        while self.tasks:
            await self.take_in(self.tasks.pop())
        before = len(self.replies)
        for _ in range(20):
            if self.running:
                await self.run_handler(*self.running.pop(), crash)
                crash = ""
        if answers == "arrive":
            while self.replies:
                await self.answer(*self.replies.pop())
        elif answers == "are lost":
            del self.replies[before:]

    @precondition(lambda self: self.replies)
    @rule(data=st.data(), keep=st.booleans())
    def deliver_reply(self, data, keep):
        index = data.draw(st.integers(0, len(self.replies) - 1))
        task_id, data_ = self.replies[index] if keep else self.replies.pop(index)
        self.run(self.answer(task_id, data_))

    async def answer(self, task_id, data):
        reply = TaskReply.decode(data)
        assert reply.task_id == task_id
        await self.outbox.on_reply(reply)
        await self.settle()

    @precondition(lambda self: self.tasks or self.replies)
    @rule()
    def broker_loses_everything(self):
        self.tasks.clear()
        self.replies.clear()

    @rule(connected=st.sampled_from([True, True, False]))
    def connection_changes(self, connected):
        self.connected = connected

        async def go():
            if connected:
                self.outbox.kick()
            await self.settle()

        self.run(go())

    @rule(seconds=st.sampled_from([0.1, 3.0, 15.0, 40.0]))
    def time_passes(self, seconds):
        self.now += seconds
        self.run(self.settle())

    @rule()
    def producer_crashes(self):
        self.run(self.restart_producer())

    @rule()
    def receiver_crashes(self):
        self.run(self.restart_receiver())

    async def restart_producer(self):
        await self.outbox.stop()
        await self.producer.close()
        await self.start_producer()

    async def restart_receiver(self):
        await self.receiver.close()
        await self.start_receiver()

    # What must hold

    @invariant()
    def nothing_is_done_twice(self):
        if hasattr(self, "effects"):
            assert len(self.effects) == len(set(self.effects))

    @invariant()
    def an_end_never_changes(self):
        if not hasattr(self, "folder"):
            return
        for task_id, state in self.states().items():
            if state is not None:
                assert self.ends.setdefault(task_id, state) == state

    def states(self):
        connection = sqlite3.connect(self.folder / "producer.db")
        with contextlib.closing(connection):
            return dict(connection.execute("SELECT task_id, state FROM outbox"))

    def teardown(self):
        if not hasattr(self, "folder"):
            return
        try:
            self.run(self.finish())
            assert self.states().keys() == self.accepted.keys()
            assert set(self.states().values()) <= ENDED
            for task_id, state in [*self.states().items(), *self.told]:
                assert self.states()[task_id] == state
                assert state != "done" or task_id in self.effects
                assert state != "expired" or task_id not in self.effects
        finally:
            self.run(self.outbox.stop())
            self.run(self.producer.close())
            self.run(self.receiver.close())
            self.runner.close()
            shutil.rmtree(self.folder)

    async def finish(self):
        """From here on nothing is lost: everything must end."""
        self.connected = True
        self.outbox.kick()
        for _ in range(400):
            await self.settle()
            while self.running:
                await self.run_handler(*self.running.pop())
            while self.tasks:
                await self.take_in(self.tasks.pop())
            while self.replies:
                await self.answer(*self.replies.pop())
            if self.outbox.unfinished == 0:
                break
            self.now += 5
        await self.settle()


BadNetwork.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestBadNetwork = BadNetwork.TestCase


# Kills at every edge: a producer and a receiver in one process, and a device that remembers every command

COUNT = 6


async def play(folder):  # noqa: C901  # one small world, read from top to bottom
    """Submit what was not submitted yet and go on until all has ended."""
    producer, receiver = Store(folder / "producer.db"), Store(folder / "receiver.db")
    producer.open()
    receiver.open()
    inbox = Inbox(receiver)
    background = set()

    def spawn(coroutine):
        task = asyncio.ensure_future(coroutine)
        background.add(task)
        task.add_done_callback(background.discard)

    async def answer(reply):
        failpoint("inbox.before_reply_publish")
        spawn(outbox.on_reply(TaskReply.decode(reply)))
        failpoint("inbox.after_reply_publish")

    async def handle(task_id):
        failpoint("handler.before_effect")
        device = folder / "device"
        if f"{task_id}\n" not in (device.read_text() if device.exists() else ""):
            handle_ = os.open(device, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
            os.write(handle_, f"{task_id}\n".encode())
            os.fsync(handle_)
            os.close(handle_)
        failpoint("handler.after_effect")
        row = await inbox.finish(task_id, TaskState.DONE, reply_bytes(task_id, "done"))
        await answer(row.reply)

    async def receive(row):
        verdict = await inbox.accept(
            task_id=row.task_id, action="set", sender="main", body=row.body, deadline_at=row.deadline_at,
            reply_topic="back", correlation=None, trace_id="",
        )  # fmt: skip
        if verdict.is_new:
            await handle(row.task_id)
        elif verdict.reply is not None:
            await answer(verdict.reply)

    def send(row):
        if row.topic == "to":
            spawn(receive(row))

    outbox = Outbox(producer, send, settle_seconds=0.02)
    for row in await inbox.start():
        spawn(handle(row.task_id))
    await outbox.start()
    wall = time.time()
    waits = [
        outbox.submit(task_id=f"t{number}", topic="to", body=b"%d" % number, deadline_at=wall + 60)
        for number in range(COUNT)
    ]
    waits.append(outbox.submit(task_id="nobody", topic="nowhere", body=b"", deadline_at=wall))
    ends = await asyncio.gather(*waits)
    assert [end.state.value for end in ends] == ["done"] * COUNT + ["unknown"]
    await outbox.stop()
    await producer.close()
    await receiver.close()


def play_forked(folder, spec):
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            configure(spec)
            asyncio.run(play(folder))
            code = 0
        except BaseException:
            (folder / "trouble").write_text(traceback.format_exc())
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.mark.parametrize("hit", [1, 4])
@pytest.mark.parametrize("name", FAILPOINTS)
def test_a_kill_at_any_edge_loses_nothing_and_doubles_nothing(tmp_path, name, hit):
    hit = 1 if name == "outbox.before_end_commit" else hit
    assert play_forked(tmp_path, f"{name}:{hit}") == -signal.SIGKILL
    assert play_forked(tmp_path, f"{name}:{hit}") in (0, -signal.SIGKILL)
    assert play_forked(tmp_path, "") == 0
    assert sorted((tmp_path / "device").read_text().split()) == sorted(f"t{number}" for number in range(COUNT))
    for file in ("producer.db", "receiver.db"):
        connection = sqlite3.connect(tmp_path / file)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
    connection = sqlite3.connect(tmp_path / "producer.db")
    states = dict(connection.execute("SELECT task_id, state FROM outbox"))
    connection.close()
    assert states == {**{f"t{number}": "done" for number in range(COUNT)}, "nobody": "unknown"}


@pytest.mark.parametrize("storm", range(4))
def test_random_kills_at_all_edges_lose_nothing_and_double_nothing(tmp_path, storm):
    """Fewer kills in a storm than it takes for a task to be given up as their cause."""
    spec = ",".join(f"{name}:0.02" for name in FAILPOINTS)
    kills = 0
    for _ in range(60):
        code = play_forked(tmp_path, spec if kills < MOST_RUNS - 1 else "")
        kills += code == -signal.SIGKILL
        assert code in (0, -signal.SIGKILL), (tmp_path / "trouble").read_text()
        if code == 0:
            break
    assert code == 0
    device = (tmp_path / "device").read_text().split()
    assert sorted(device) == sorted(f"t{number}" for number in range(COUNT))
