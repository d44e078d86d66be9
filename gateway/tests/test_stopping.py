"""Answers that nobody wants any more."""

import asyncio

import pytest

from wactorz_common.contracts.chat import ChatMessage, ChatReply
from wactorz_gateway.conversation import KEYED, Conversations

from .test_app import FakeBus, client_of, make_app


class Talk:
    """Messages that are answered when the test says so."""

    def __init__(self, stop_when_gone=True, return_seconds=0.01):
        self.end, self.stopped = asyncio.Event(), []
        stop = self.stop if stop_when_gone else None
        self.conversations = Conversations(self.say, self.committed, stop, return_seconds)

    async def say(self, message):
        await self.end.wait()
        return ChatReply(sender="main", content="hello", timestamp=0, id=message.id)

    async def committed(self):
        return None

    async def stop(self, chat_id):
        self.stopped.append(chat_id)

    async def left(self, chat_id="m1"):
        """Follow a message until it is accepted, go away, and give what follows some time."""
        events = self.conversations.stream(ChatMessage(content="hi", id=chat_id))
        await anext(events)
        await events.aclose()
        await asyncio.sleep(0.05)


async def test_an_answer_that_nobody_reads_is_stopped_and_its_message_ends():
    talk = Talk()
    await talk.left()
    assert talk.stopped == ["m1"]
    assert talk.conversations.in_flight == 1
    talk.end.set()
    await asyncio.sleep(0.01)
    assert talk.conversations.in_flight == 0


async def test_it_goes_on_when_that_is_set_or_the_gateway_ends_or_the_answer_is_there():
    kept = Talk(stop_when_gone=False)
    await kept.left()
    ending = Talk()
    ending.conversations.close()
    await ending.left()
    whole = Talk()
    whole.end.set()
    assert [event async for event in whole.conversations.stream(ChatMessage(content="hi", id="m1"))]
    assert (kept.stopped, ending.stopped, whole.stopped) == ([], [], [])


async def test_whoever_has_a_key_may_come_back_for_the_answer():
    talk = Talk(return_seconds=0.1)
    chat_id = f"{KEYED}1"
    await talk.left(chat_id)
    assert talk.stopped == []
    again = talk.conversations.stream(ChatMessage(content="hi", id=chat_id))
    await anext(again)
    await asyncio.sleep(0.15)
    assert talk.stopped == []
    await again.aclose()
    await asyncio.sleep(0.15)
    assert talk.stopped == [chat_id]


async def test_two_who_follow_the_same_answer():
    talk = Talk()
    first = talk.conversations.stream(ChatMessage(content="hi", id="m1"))
    await anext(first)
    await talk.left()
    assert talk.stopped == []
    await first.aclose()
    await asyncio.sleep(0.01)
    assert talk.stopped == ["m1"]


@pytest.mark.parametrize(
    ("body", "orders", "cancelled"),
    [({"chat_id": "m1"}, [("m1", "")], 1), ({"session": "s"}, [("", "s")], 1), ({"chat_id": "other"}, [("other", "")], 0),
     (None, [("m1", "")], 1), ({"session": "other"}, [("", "other")], 0)],
)  # fmt: skip
async def test_stop_over_rest(tmp_path, body, orders, cancelled):
    bus = FakeBus()
    app = make_app(tmp_path, bus)
    ended = asyncio.Event()

    async def say(message):
        await ended.wait()
        return await FakeBus.say(bus, message)

    bus.say = say
    said = ChatMessage(content="hi", id="m1", conversation_id="s", person="owner")
    waiting = asyncio.ensure_future(app.state.parts.conversations.ask(said))
    await asyncio.sleep(0)
    async with client_of(app) as client:
        for path in ("/api/chat/stop", "/chat/stop"):
            answer = await (client.post(path, json=body) if body is not None else client.post(path))
            assert answer.json().items() >= {"status": "stopped", "cancelled": cancelled}.items()
    assert bus.stopped == orders * 2
    ended.set()
    await waiting


async def test_a_session_of_another_person_with_the_same_name_is_not_stopped(tmp_path):
    bus = FakeBus()
    app = make_app(tmp_path, bus)
    ended, persons = asyncio.Event(), []

    async def say(message):
        await ended.wait()
        return await FakeBus.say(bus, message)

    async def stop(chat_id="", conversation_id="", person=None):
        persons.append(person)

    bus.say, bus.stop = say, stop
    said = ChatMessage(content="hi", id="m1", conversation_id="s", person="bob")
    waiting = asyncio.ensure_future(app.state.parts.conversations.ask(said))
    await asyncio.sleep(0)
    async with client_of(app) as client:
        answer = await client.post("/api/chat/stop", json={"session": "s"})
    assert (answer.json()["cancelled"], persons) == (0, ["owner"])
    ended.set()
    await waiting


@pytest.mark.parametrize("kept", [False, True])
async def test_the_message_of_another_person_is_not_stopped_by_its_id(tmp_path, kept):
    bus = FakeBus()
    app = make_app(tmp_path, bus)
    ended = asyncio.Event()

    async def say(message):
        await ended.wait()
        return await FakeBus.say(bus, message)

    bus.say = say
    said = ChatMessage(content="hi", id="m1", conversation_id="s", person="bob")
    if kept:
        app.state.parts.transcripts.said(said, 0.0)
    waiting = None if kept else asyncio.ensure_future(app.state.parts.conversations.ask(said))
    await asyncio.sleep(0)
    async with client_of(app) as client:
        answer = await client.post("/api/chat/stop", json={"chat_id": "m1"})
    assert (answer.json()["cancelled"], bus.stopped) == (0, [])
    ended.set()
    if waiting is not None:
        await waiting
