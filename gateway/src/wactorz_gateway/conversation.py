"""Chat from REST and WebSocket: one durable task for each message, and the pieces of its answer as they come."""

import asyncio
import contextlib
import hashlib
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass

from wactorz_common.contracts.chat import ChatMessage, ChatPiece, ChatReply
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.ids import clock
from wactorz_gateway.veil import Veil

MAX_IN_FLIGHT = 512
"""Conversations that may wait for their answer at once."""

BROKER_PATIENCE = 6.0
"""Seconds in which a killed broker is back; later a message is not accepted at all."""

KEYED = "key-"
"""How the ids of messages with an idempotency key begin: whoever sent one may come back for its answer."""

RETURN_SECONDS = 12.0
"""How long whoever may come back is waited for."""

_REMEMBERED = 2_000
_PIECES = 1_000


@dataclass(frozen=True)
class Accepted:
    """The message is on disk: it will be answered or reported on, whatever happens."""

    id: str


Say = Callable[[ChatMessage], Awaitable[ChatReply]]
"""Has a message answered, durably; its id is the id of the task."""

Stop = Callable[[str], Awaitable[None]]
"""Tells everybody that the answer to a message is not wanted any more."""

_SENTENCES = {
    TaskState.FAILED: "That could not be done.",
    TaskState.EXPIRED: "There was no answer in time, and nothing more will be done about it. Please ask again.",
    TaskState.UNKNOWN: "It is not certain whether that was done. Please look before you ask again.",
}


def new_id() -> str:
    """An id for a message that nobody has named."""
    return clock.mint_message()


def id_from_key(key: str, whose: str) -> str:
    """The id that belongs to an idempotency key of somebody: the same key gives the same task, to them alone."""
    return KEYED + hashlib.sha256(f"{whose}\0{key}".encode()).hexdigest()[:32]


def closing_reply(message: ChatMessage, state: TaskState, error: str | None, now: float) -> ChatReply:
    """What a person is told when no answer came back."""
    return ChatReply(
        sender="io-agent", content=error or _SENTENCES.get(state, "Done."), timestamp=now, id=message.id,
        conversation_id=message.conversation_id, status=state.value, trace_id=message.id,
    )  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """The end of a conversation's turn, after its pieces."""

    reply: ChatReply
    streamed: bool


class Conversations:
    """The messages of people that are under way, and those of late."""

    def __init__(
        self, say: Say, committed: Callable[[], Awaitable[None]], stop: Stop | None = None,
        return_seconds: float = RETURN_SECONDS,
    ) -> None:  # fmt: skip
        """With `stop`, the answer that nobody follows any more is stopped."""
        self._say, self._committed, self._stop, self._return_seconds = say, committed, stop, return_seconds
        self._running: dict[str, ChatMessage] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._closed = False
        self._following: dict[str, list[asyncio.Queue[ChatPiece]]] = {}
        self._known: OrderedDict[str, str] = OrderedDict()
        self._tasks: dict[asyncio.Task[ChatReply], str] = {}

    @property
    def in_flight(self) -> int:
        """How many wait for their answer."""
        return len(self._tasks)

    @property
    def full(self) -> bool:
        """Whether no further message can be taken now."""
        return len(self._tasks) >= MAX_IN_FLIGHT

    def owns(self, chat_id: str) -> bool:
        """Whether the message came through here, so that its sender gets the answer directly."""
        return chat_id in self._known

    def person_of(self, chat_id: str) -> str | None:
        """Who sent a message that came through here lately."""
        return self._known.get(chat_id)

    def under_way(self, chat_id: str = "", conversation_id: str = "", person: str = "") -> list[str]:
        """Ids of a person's messages that wait for their answer: one, or those of one session or of all."""
        return [
            message.id for message in self._running.values()
            if message.person == person
            and (message.id == chat_id if chat_id else conversation_id in ("", message.conversation_id))
        ]  # fmt: skip

    async def ended(self, person: str, seconds: float) -> bool:
        """Whether nothing of a person waits for its answer any more, after waiting for it a while."""
        theirs = [task for task, whose in self._tasks.items() if whose == person]
        return not theirs or not (await asyncio.wait(theirs, timeout=seconds))[1]

    def close(self) -> None:
        """From now on those who go do so because the gateway ends: their messages go on."""
        self._closed = True

    def on_piece(self, piece: ChatPiece) -> None:
        """Hand a piece to those who follow its message."""
        for queue in self._following.get(piece.id, ()):
            if queue.qsize() < _PIECES:
                queue.put_nowait(piece)

    async def ask(self, message: ChatMessage) -> ChatReply:
        """Say it and wait for the answer; the task goes on when the caller does not wait."""
        return await asyncio.shield(self._start(message))

    async def send(self, message: ChatMessage) -> None:
        """Say it without waiting for the answer; it is on disk when this returns."""
        said = self._start(message)
        await asyncio.sleep(0)
        await self._committed()
        if said.done():
            said.result()

    async def stream(self, message: ChatMessage) -> AsyncGenerator[Accepted | ChatPiece | Answer, None]:
        """Say it; yield that it is accepted, the pieces of the answer in order, then the answer."""
        queue: asyncio.Queue[ChatPiece] = asyncio.Queue()
        self._following.setdefault(message.id, []).append(queue)
        said = self._start(message)
        taken, shown, veil = 0, 0, Veil()
        try:
            await asyncio.sleep(0)
            await self._committed()
            if not said.done() or said.exception() is None:
                yield Accepted(message.id)
            async with contextlib.aclosing(_until(said, queue)) as pieces:
                async for piece in pieces:
                    if piece.index != taken:
                        continue
                    taken += 1
                    visible = veil.feed(piece.content)
                    if visible:
                        yield piece.model_copy(update={"content": visible, "index": shown})
                        shown += 1
            yield Answer(await asyncio.shield(said), shown > 0)
        finally:
            self._following[message.id].remove(queue)
            if not self._following[message.id]:
                del self._following[message.id]
            if not said.done():
                self._left(message.id)

    def _left(self, chat_id: str) -> None:
        """Nobody follows a message any more."""
        if self._stop is not None and not self._closed:
            leaving = asyncio.ensure_future(self._stop_unless_back(chat_id, self._stop))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    async def _stop_unless_back(self, chat_id: str, stop: Stop) -> None:
        await asyncio.sleep(self._return_seconds if chat_id.startswith(KEYED) else 0)
        if chat_id in self._running and chat_id not in self._following and not self._closed:
            await stop(chat_id)

    def _start(self, message: ChatMessage) -> "asyncio.Task[ChatReply]":
        self._known[message.id] = message.person
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        task = asyncio.ensure_future(self._say(message))
        self._tasks[task] = message.person
        self._running[message.id] = message
        task.add_done_callback(lambda ended: self._ended(ended, message))
        return task

    def _ended(self, task: "asyncio.Task[ChatReply]", message: ChatMessage) -> None:
        self._tasks.pop(task, None)
        if self._running.get(message.id) is message:
            del self._running[message.id]
        if not task.cancelled():
            task.exception()  # its waiter, if there is one still, gets it as well


async def _until(end: "asyncio.Task[ChatReply]", queue: "asyncio.Queue[ChatPiece]") -> AsyncGenerator[ChatPiece, None]:
    while not end.done() or not queue.empty():
        waiting = asyncio.ensure_future(queue.get())
        try:
            await asyncio.wait({waiting, end}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not waiting.done():
                waiting.cancel()
        if waiting.done():
            yield waiting.result()
