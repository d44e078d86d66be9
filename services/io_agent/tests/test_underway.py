import asyncio

import pytest

from wactorz_common.contracts.chat import ChatAnswer, ChatStop
from wactorz_io_agent.underway import Underway, unless_stopped


def test_messages_are_known_while_they_are_answered():
    underway = Underway()
    with underway.enter("q1", "s", "ann"), underway.enter("q2", "", ""):
        assert [underway.busy(*place) for place in (("s", "ann"), ("s", ""), ("", ""))] == [True, False, False]
        assert underway.stop("s", "ann") == ("q1",)
    assert not underway.busy("s", "ann")


def test_a_stop_means_one_message_or_a_session_and_nothing_that_came_later():
    underway = Underway(lambda: 10.0)
    with underway.enter("q1", "s", "") as one, underway.enter("q2", "", "") as other:
        for stop in (ChatStop(conversation_id="s", timestamp=9.0), ChatStop(timestamp=11.0)):
            underway.hear(stop)
        assert not one.stopped.is_set()
        underway.hear(ChatStop(conversation_id="s", timestamp=11.0))
        assert (one.stopped.is_set(), other.stopped.is_set()) == (True, False)
        underway.hear(ChatStop(chat_id="q2", timestamp=11.0))
        assert other.stopped.is_set()


def test_a_stop_of_one_person_leaves_a_session_of_the_same_name_of_another_alone():
    underway = Underway(lambda: 10.0)
    with underway.enter("q1", "s", "ann") as one, underway.enter("q2", "s", "bob") as other:
        underway.hear(ChatStop(conversation_id="s", person="", timestamp=11.0))
        underway.hear(ChatStop(conversation_id="s", person="bob", timestamp=11.0))
        assert (one.stopped.is_set(), other.stopped.is_set()) == (False, True)


async def answer_after(event):
    await event.wait()
    return ChatAnswer(text="so")


async def test_work_that_is_stopped_may_tell_what_it_did_if_it_began():
    underway, event = Underway(), asyncio.Event()
    with underway.enter("q", "s", "") as mark:
        mark.handed_over = True
        mark.stopped.set()
        asyncio.get_running_loop().call_later(0.01, event.set)
        assert (await unless_stopped(mark, answer_after(event), 5)).text == "so"
        assert await unless_stopped(mark, answer_after(asyncio.Event()), 0.01) is None
        mark.handed_over = False
        assert await unless_stopped(mark, answer_after(asyncio.Event()), 5) is None


async def test_work_that_fails_says_so():
    async def fail():
        raise ValueError

    with Underway().enter("q", "s", "") as mark, pytest.raises(ValueError):
        await unless_stopped(mark, fail(), 1)
