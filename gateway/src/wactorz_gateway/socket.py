"""The dashboard's WebSocket: frames out from the hub, frames in to chat and controls."""

import asyncio
import contextlib
import time
from collections.abc import Coroutine
from typing import Any

from fastapi import APIRouter, WebSocket
from starlette.exceptions import HTTPException
from starlette.websockets import WebSocketDisconnect

from wactorz_common.contracts.chat import ChatMessage, ChatPiece
from wactorz_common.errors import ContractError, WactorzError
from wactorz_gateway import frames
from wactorz_gateway.blobs.handing import attached
from wactorz_gateway.control import Going, control
from wactorz_gateway.conversation import BROKER_PATIENCE, Answer, new_id
from wactorz_gateway.framegate import FrameGate
from wactorz_gateway.guards import Refusal
from wactorz_gateway.hub import Client
from wactorz_gateway.live.pacing import Pace
from wactorz_gateway.live.visible import checked
from wactorz_gateway.live.wire import wire_of
from wactorz_gateway.parts import Parts, parts_of, person_of
from wactorz_gateway.problems import sentence_of
from wactorz_gateway.stopping import stop_all

router = APIRouter()

CHATS_PER_CLIENT = 8
"""Messages of one browser that may wait for their answer at once."""

_TRY_AGAIN, _TOO_SLOW = 1013, 1008


@router.websocket("/ws")
async def dashboard(websocket: WebSocket) -> None:
    """Serve one browser until it goes or cannot keep up."""
    parts = parts_of(websocket)
    await websocket.accept()
    client = parts.hub.join(person_of(websocket))
    if client is None:
        await websocket.close(_TRY_AGAIN, "Too many browsers are connected: close one and try again")
        return
    client.wire = wire_of(websocket.scope)
    parts.hub.send(client, greeting(parts))
    parts.approvals.hint()
    session = Session(parts, client, person_of(websocket), FrameGate(parts, websocket))
    work = [_sender(websocket, client), session.receive(websocket), client.lost.wait()]
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        parts.hub.leave(client)
        if client.follower is not None:
            parts.live.followers.leave(client.follower)
        for task in (*tasks, *session.running):
            task.cancel()
        await asyncio.gather(*tasks, *session.running, return_exceptions=True)
    with contextlib.suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
        await asyncio.wait_for(websocket.close(_TOO_SLOW if client.full_since or client.sending_since else 1001), 1)


def greeting(parts: Parts) -> list[str]:
    """What a new browser is told first: everything, once."""
    return [
        parts.dashboard.snapshot(parts.now()),
        frames.encode("config", chat_mode="direct_ws"),
        frames.encode("mqtt_status", connected=parts.backend.connected()),
        *parts.approvals.greeting(),
    ]


async def _sender(websocket: WebSocket, client: Client) -> None:
    while True:
        for frame in await client.batch():
            client.sending_since = time.monotonic()
            await websocket.send_text(frame)
        client.sending_since = None


class Session:
    """What one browser asks for."""

    def __init__(self, parts: Parts, client: Client, person: str, gate: FrameGate) -> None:
        self._parts, self._client, self._person, self._gate = parts, client, person, gate
        self.running: set[asyncio.Task[None]] = set()
        self._said: dict[str, str] = {}

    async def receive(self, websocket: WebSocket) -> None:
        """Serve frames until the browser goes; a bad frame is answered by a sentence."""
        pace = Pace()
        while True:
            await pace.keep()
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            try:
                frame = frames.parse(message.get("text") or message.get("bytes") or b"")
            except ContractError as error:
                self._send(frames.error(str(error)))
                continue
            self._serve(frame)

    def _serve(self, frame: frames.ClientFrame) -> None:
        refused = self._gate.refuse(frame)
        if refused is not None:
            self._send(frames.error(refused.detail, status=refused.status))
        elif isinstance(frame, frames.PingFrame):
            self._send(frames.encode("pong", timestamp=self._parts.now()))
        elif isinstance(frame, frames.StopFrame):
            self._begin(self._stop(frame))
        elif isinstance(frame, frames.SubscribeFrame):
            self._subscribe(frame)
        elif len(self.running) >= CHATS_PER_CLIENT or self._parts.conversations.full:
            self._send(frames.error("Too many requests wait for their answer: try again in a moment"))
        elif isinstance(frame, frames.ChatFrame):
            self._begin(self._chat(frame))
        else:
            self._begin(self._command(frame))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    def _send(self, frame: str) -> None:
        self._client.offer(frame, time.monotonic())

    def _subscribe(self, frame: frames.SubscribeFrame) -> None:
        followers, client = self._parts.live.followers, self._client
        try:
            topics = checked(frame.topics)
        except ContractError as error:
            self._send(frames.error(str(error)))
            return
        if client.follower is not None:
            followers.leave(client.follower)
        client.follower, gap = followers.join(topics, frame.last_id, client.wake, client)
        self._send(frames.encode("subscribed", topics=topics, last_id=client.follower.last_id, gap=gap))

    async def _chat(self, frame: frames.ChatFrame) -> None:
        to, request = frame.agent_name.removeprefix("@"), {"request": frame.id} if frame.id else {}
        try:
            files = await attached(self._parts.blobs, frame.attachments, self._person)
        except HTTPException as error:
            self._send(frames.error(str(error.detail), **request))
            return
        message = ChatMessage(
            content=frame.content, id=new_id(), conversation_id=frame.session, to=to, person=self._person,
            standing=self._gate.standing, attachments=files,
        )  # fmt: skip
        self._said[frame.id or message.id] = message.id
        try:
            await self._parts.backend.wait_connected(BROKER_PATIENCE)
            async with contextlib.aclosing(self._parts.conversations.stream(message)) as events:
                async for event in events:
                    if isinstance(event, ChatPiece):
                        self._send(frames.stream_chunk(event, self._parts.now()))
                    elif isinstance(event, Answer):
                        self._send((frames.stream_end if event.streamed else frames.chat)(event.reply))
                    else:
                        self._send(frames.encode("accepted", id=message.id, **request))
        except WactorzError as error:
            self._send(frames.error(sentence_of(error), id=message.id, **request))
        finally:
            self._said.pop(frame.id or message.id, None)

    async def _stop(self, frame: frames.StopFrame) -> None:
        """Stop one answer, by either of its ids, those of a session, or all that this browser waits for."""
        named = self._said.get(frame.id, frame.id)
        asked = [named] if named else [] if frame.session else list(self._said.values())
        try:
            stopped = await stop_all(self._parts, asked, frame.session, self._person)
        except WactorzError as error:
            self._send(frames.error(sentence_of(error)))
        else:
            self._send(frames.encode("stopped", cancelled=stopped))

    async def _command(self, frame: frames.CommandFrame) -> None:
        try:
            outcome: Going | Refusal = await control(
                self._parts, frame.agent_id, frame.command, by="a person (dashboard)"
            )
        except WactorzError as error:
            outcome = Refusal(503, sentence_of(error))
        if isinstance(outcome, Refusal):
            self._send(frames.error(outcome.detail, status=outcome.status, agent_id=frame.agent_id))
        else:
            said = {"status": outcome.status, "detail": outcome.text}
            self._send(frames.encode("command_accepted", agent_id=frame.agent_id, **said))
