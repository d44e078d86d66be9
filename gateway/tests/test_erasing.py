"""Deleted people are forgotten, also by what was on its way to being remembered when they were deleted."""

import asyncio

from wactorz_common.contracts.chat import ChatMessage, ChatReply
from wactorz_common.contracts.memory import Erased
from wactorz_common.tasks import TaskEnd, TaskState
from wactorz_gateway import erasing
from wactorz_gateway.conversation import Conversations
from wactorz_gateway.erasing import Erasing
from wactorz_gateway.transcripts import Transcripts


class World:
    """A gateway in which ann waits for an answer; it comes when she is told to stop, if `stops`."""

    def __init__(self, *, stops: bool) -> None:
        self.stops, self.told, self.answered = stops, asyncio.Event(), list[str]()
        self.transcripts, self.conversations = Transcripts(), Conversations(self._say, self._nothing)
        self.backend = self.blobs = self
        self.erasures = [("ann", "gateway"), ("ann", "main")]
        self.accounts = self

    async def _say(self, message: ChatMessage) -> ChatReply:
        self.transcripts.said(message, 1.0)
        await self.told.wait()
        reply = ChatReply(sender="main", content="Stopped.", timestamp=2.0, id=message.id)
        self.transcripts.told(message, reply)
        self.answered.append(message.id)
        return reply

    async def _nothing(self) -> None:
        return None

    async def stop(self, *, chat_id: str) -> None:
        if self.stops:
            self.told.set()

    async def listed(self, _name: str) -> list[str]:
        return []

    async def submit(self, _operation, _request, *, to, task_id):
        self.answered.append(to)
        return TaskEnd(task_id, TaskState.DONE, {}, None, Erased(text="Forgotten."))

    async def erased(self, name: str, place: str) -> None:
        self.erasures = [one for one in self.erasures if one != (name, place)]


async def asking(world):
    task = asyncio.create_task(world.conversations.ask(ChatMessage(content="hi", id="m1", person="ann")))
    while not world.transcripts.of("ann", 1):
        await asyncio.sleep(0)
    return task


async def test_what_is_being_answered_ends_before_anybody_forgets():
    world = World(stops=True)
    waiting = await asking(world)
    await asyncio.wait_for(Erasing(world).round(), 5)
    await waiting
    assert world.answered == ["m1", "main"]
    assert (world.transcripts.of("ann", 10), world.erasures) == ([], [])


async def test_what_does_not_end_is_waited_for_in_a_later_round(monkeypatch):
    monkeypatch.setattr(erasing, "_PATIENCE", 0.01)
    world = World(stops=False)
    waiting = await asking(world)
    await asyncio.wait_for(Erasing(world).round(), 5)
    assert (world.answered, len(world.erasures)) == ([], 2)
    world.stops = True
    await asyncio.wait_for(Erasing(world).round(), 5)
    await waiting
    assert (world.transcripts.of("ann", 10), world.erasures) == ([], [])
