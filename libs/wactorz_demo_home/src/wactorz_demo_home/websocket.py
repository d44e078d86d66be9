"""The WebSocket door: authentication, then commands in and results and events out."""

import asyncio
import hmac
import json
from collections.abc import Callable
from typing import Any

import structlog
from aiohttp import WSMsgType, web

from wactorz_demo_home.command import Message
from wactorz_demo_home.commands import COMMANDS
from wactorz_demo_home.config import HA_VERSION
from wactorz_demo_home.errors import CallError
from wactorz_demo_home.world import World

MAX_PENDING = 4096
"""Messages that may wait for a slow client before it is cut off."""
AUTH_SECONDS = 10.0
_log = structlog.get_logger(__name__)


def compact(message: Any) -> str:
    """Return JSON without needless spaces."""
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False)


def parsed(text: str) -> Any:
    """Return the value of a JSON text; raises ValueError when it is none, NaN and endless nesting included."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


class Connection:
    """One authenticated client."""

    def __init__(self, world: World, cut: Callable[[], None]) -> None:
        self.world = world
        self.subscriptions: dict[int, Callable[[], None]] = {}
        self.batches = False
        self.pending: asyncio.Queue[str] = asyncio.Queue(MAX_PENDING)
        self._cut = cut
        self._last_id = 0

    def send(self, message: Message) -> None:
        """Queue a message; a client that does not read is cut off."""
        if self.world.faults.silent:
            return
        try:
            self.pending.put_nowait(compact(message))
        except asyncio.QueueFull:
            _log.warning("client does not read, connection closed", pending=MAX_PENDING)
            self._cut()

    def answer(self, message_id: int, result: Any = None) -> None:
        """Queue the result of a command."""
        self._send_in_time({"id": message_id, "type": "result", "success": True, "result": result})

    def refuse(self, message_id: Any, error: CallError) -> None:
        """Queue the refusal of a command."""
        self._send_in_time({"id": message_id, "type": "result", "success": False, "error": error.as_dict()})

    def _send_in_time(self, message: Message) -> None:
        if self.world.faults.slow:
            asyncio.get_running_loop().call_later(self.world.faults.slow, self.send, message)
        else:
            self.send(message)

    def handle(self, message: Any) -> None:
        """Carry out one command."""
        if not _well_formed(message):
            message_id = message.get("id") if isinstance(message, dict) else 0
            self.refuse(message_id, CallError("invalid_format", "Message incorrectly formatted."))
            return
        if message["id"] <= self._last_id:
            self.refuse(message["id"], CallError("id_reuse", "Identifier values have to increase."))
            return
        command = COMMANDS.get(message["type"])
        if command is None:
            self.refuse(message["id"], CallError("unknown_command", "Unknown command."))
            return
        self._last_id = message["id"]
        try:
            command.handler(self, command.clean(message))
        except CallError as error:
            self.refuse(message["id"], error)

    def close(self) -> None:
        """End every subscription."""
        for stop in self.subscriptions.values():
            stop()
        self.subscriptions.clear()


def _well_formed(message: Any) -> bool:
    return (
        isinstance(message, dict)
        and type(message.get("id")) is int
        and message["id"] > 0
        and isinstance(message.get("type"), str)
        and bool(message["type"])
    )


class WebSocketDoor:
    """Serves `/api/websocket`."""

    def __init__(self, world: World, token: str) -> None:
        self._world = world
        self._token = token
        self._open: set[web.WebSocketResponse] = set()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one client until it leaves."""
        socket = web.WebSocketResponse(heartbeat=55, max_msg_size=16 * 1024 * 1024)
        await socket.prepare(request)
        self._open.add(socket)
        try:
            await socket.send_str(compact({"type": "auth_required", "ha_version": HA_VERSION}))
            if await self._authenticate(socket):
                await socket.send_str(compact({"type": "auth_ok", "ha_version": HA_VERSION}))
                await self._converse(request, socket)
        except ConnectionError:
            _log.debug("client left in the middle of a message")
        finally:
            self._open.discard(socket)
            await socket.close()
        return socket

    async def close(self) -> None:
        """Say goodbye to every client."""
        for socket in tuple(self._open):
            await socket.close()

    async def _authenticate(self, socket: web.WebSocketResponse) -> bool:
        try:
            first = await socket.receive(timeout=AUTH_SECONDS)
            message = parsed(first.data) if first.type is WSMsgType.TEXT else None
        except (TimeoutError, ValueError):
            return False
        if message is None:
            return False
        problem = _auth_problem(message)
        known = problem is not None or same_secret(message["access_token"], self._token)
        if not known or self._world.faults.lose_token:
            problem = "Invalid access token or password"
        if problem is not None:
            await socket.send_str(compact({"type": "auth_invalid", "message": problem}))
        return problem is None

    async def _converse(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        transport = request.transport
        cut = transport.abort if transport else lambda: None
        connection = Connection(self._world, cut)
        faults = self._world.faults
        faults.cut.append(cut)
        if faults.flap:
            asyncio.get_running_loop().call_later(faults.flap, cut)
        writer = asyncio.create_task(_write(socket, connection), name="websocket writer")
        try:
            await _read(socket, connection)
        finally:
            faults.cut.remove(cut)
            connection.close()
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)


async def _read(socket: web.WebSocketResponse, connection: Connection) -> None:
    async for frame in socket:
        if frame.type is not WSMsgType.TEXT:
            return
        try:
            messages = parsed(frame.data)
        except ValueError:
            return
        for message in messages if isinstance(messages, list) else [messages]:
            connection.handle(message)


async def _write(socket: web.WebSocketResponse, connection: Connection) -> None:
    pending = connection.pending
    while True:
        waiting = [await pending.get()]
        while connection.batches and not pending.empty():
            waiting.append(pending.get_nowait())
        await socket.send_str(waiting[0] if len(waiting) == 1 else f"[{','.join(waiting)}]")


def _auth_problem(message: Any) -> str | None:
    wrong = "Auth message incorrectly formatted: "
    if not isinstance(message, dict):
        return f"{wrong}expected a dictionary"
    if message.get("type") != "auth":
        return f"{wrong}not a valid value for dictionary value @ data['type']. Got {message.get('type')!r}"
    if not isinstance(message.get("access_token"), str):
        return f"{wrong}required key not provided @ data['access_token']. Got None"
    return None


def same_secret(given: str, expected: str) -> bool:
    """Compare secrets without telling by time how much of them is right."""
    return hmac.compare_digest(given.encode(), expected.encode())
