import asyncio

import pytest

from wactorz_common.contracts.llm import Completion, ModelMessage
from wactorz_common.errors import Refused
from wactorz_llm.running import Running


def make_request(**fields):
    return Completion(messages=(ModelMessage(role="user", content="Hi"),), **fields)


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def running(clock):
    return Running(clock)


async def work(ended):
    try:
        await asyncio.sleep(60)
    finally:
        ended.append(True)


async def begin(running, **fields):
    ended = []
    task = asyncio.create_task(running.run(make_request(**fields), work(ended)))
    await asyncio.sleep(0.01)
    return task, ended


@pytest.mark.parametrize("stop", [{"stream_to": "s1"}, {"conversation_id": "c1"}, {"stream_to": "s1", "agent": "main"}])
async def test_a_call_is_stopped_and_its_asker_told(running, stop):
    task, ended = await begin(running, stream_to="s1", conversation_id="c1", agent="main")
    assert running.stop(**stop) == 1
    with pytest.raises(Refused, match="Stopped"):
        await task
    assert ended == [True]
    assert len(running) == 0


@pytest.mark.parametrize(
    "stop", [{}, {"stream_to": "s2"}, {"conversation_id": "c2"}, {"stream_to": "s1", "agent": "x"}]
)
async def test_other_calls_go_on(running, stop):
    task, _ = await begin(running, stream_to="s1", conversation_id="c1", agent="main")
    assert running.stop(**stop) == 0
    assert len(running) == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_call_that_comes_right_after_the_stop_does_not_begin(running, clock):
    running.stop(stream_to="s1")
    with pytest.raises(Refused, match="Stopped"):
        await running.run(make_request(stream_to="s1"), work([]))
    clock.now += 10
    task, _ = await begin(running, stream_to="s1")
    assert not task.done()
    task.cancel()


async def test_an_asker_that_is_cancelled_ends_the_work(running):
    task, ended = await begin(running, stream_to="s1")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [True]


async def test_calls_without_a_name_are_not_stopped_by_an_empty_one(running):
    task, _ = await begin(running)
    assert running.stop(stream_to="", conversation_id="") == 0
    task.cancel()


async def test_a_stop_of_one_person_leaves_the_session_of_another_alone(running):
    ann, _ = await begin(running, conversation_id="s", person="ann")
    bob, _ = await begin(running, conversation_id="s", person="bob")
    assert running.stop(conversation_id="s", person="bob") == 1
    with pytest.raises(Refused):
        await bob
    assert not ann.done()
    assert running.stop(conversation_id="s") == 1
    with pytest.raises(Refused):
        await ann


async def test_a_call_for_a_message_that_streams_nothing_is_stopped_with_it(running):
    task, ended = await begin(running, for_chat="s1")
    assert running.stop(stream_to="s1") == 1
    with pytest.raises(Refused, match="Stopped"):
        await task
    assert ended == [True]
    with pytest.raises(Refused, match="Stopped"):
        await running.run(make_request(for_chat="s1"), work([]))
