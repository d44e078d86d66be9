"""Messages under way."""

import asyncio
import contextlib

import pytest

from wactorz_common.contracts.chat import ChatMessage, ChatPiece, ChatReply
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import ContractError
from wactorz_gateway.conversation import Accepted, Answer, Conversations, closing_reply, id_from_key


def make_message(chat_id="m1"):
    return ChatMessage(content="hi", id=chat_id)


def make_reply(chat_id="m1"):
    return ChatReply(sender="main", content="hello", timestamp=0, id=chat_id)


async def committed():
    return None


async def test_pieces_come_in_order_before_the_answer_and_repeats_are_dropped():
    async def say(message):
        await asyncio.sleep(0)
        for index in (0, 0, 1, 3):
            talk.on_piece(ChatPiece(id=message.id, sender="main", content=str(index), index=index))
        await asyncio.sleep(0.01)
        return make_reply()

    talk = Conversations(say, committed)
    heard = [event async for event in talk.stream(make_message())]
    assert heard[0] == Accepted("m1")
    assert [event.index for event in heard if isinstance(event, ChatPiece)] == [0, 1]
    assert heard[-1] == Answer(make_reply(), streamed=True)
    assert talk._following == {}


async def test_pieces_of_other_messages_are_not_mixed_in():
    async def say(message):
        talk.on_piece(ChatPiece(id="other", sender="main", content="x", index=0))
        return make_reply()

    talk = Conversations(say, committed)
    heard = [event async for event in talk.stream(make_message())]
    assert [type(event) for event in heard] == [Accepted, Answer]
    assert talk.owns("m1")
    assert not talk.owns("other")


async def test_a_caller_that_goes_away_does_not_end_the_task():
    release, ended = asyncio.Event(), asyncio.Event()

    async def say(message):
        await release.wait()
        ended.set()
        return make_reply()

    talk = Conversations(say, committed)
    caller = asyncio.create_task(talk.ask(make_message()))
    await asyncio.sleep(0.01)
    caller.cancel()
    await asyncio.sleep(0)
    assert talk.in_flight == 1
    release.set()
    await asyncio.wait_for(ended.wait(), 1)
    await asyncio.sleep(0)
    assert talk.in_flight == 0


async def test_a_reader_that_goes_away_leaves_nothing_pending():
    release = asyncio.Event()

    async def say(message):
        await release.wait()
        return make_reply()

    async def read():
        async with contextlib.aclosing(talk.stream(make_message())) as events:
            async for _ in events:
                pass

    talk = Conversations(say, committed)
    before = asyncio.all_tasks()
    reader = asyncio.create_task(read())
    await asyncio.sleep(0.01)
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)
    await asyncio.sleep(0)
    left = [task.get_coro().__qualname__ for task in asyncio.all_tasks() - before]
    assert [name.rpartition(".")[2] for name in left] == ["say"]
    release.set()


async def test_a_refused_message_is_not_called_accepted():
    async def say(message):
        raise ContractError("used already")

    talk = Conversations(say, committed)
    with pytest.raises(ContractError):
        await anext(aiter(talk.stream(make_message())))


def test_same_key_same_id():
    assert id_from_key("a", "ann") == id_from_key("a", "ann") != id_from_key("b", "ann")
    assert id_from_key("a", "ann") != id_from_key("a", "ben")


@pytest.mark.parametrize("state", [TaskState.FAILED, TaskState.EXPIRED, TaskState.UNKNOWN])
def test_every_end_has_a_sentence(state):
    reply = closing_reply(make_message(), state, None, 5.0)
    assert reply.status == state.value
    assert reply.content.endswith(".")
    assert closing_reply(make_message(), state, "The lamp is broken.", 5.0).content == "The lamp is broken."
