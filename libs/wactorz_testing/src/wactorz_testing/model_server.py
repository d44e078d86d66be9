"""What the local servers of the model providers' wire formats share: scripts, faults, and a count of what they billed.

    async with OpenAIServer() as server:
        server.script([rate_limited(1), Answer("Hello", rate=30)])
        client = AsyncOpenAI(base_url=server.url, api_key=server.key)

A script holds `Answer`, `Failure`, `Junk`, `Dropped` (all from `model_replies`) or functions that take the request and
return one of them. When it is used up, the `brain` answers: by default `anthropic_brain.think`. Scripts and brains see
every request in one shape, that of Anthropic's Messages, so that the same script runs on each provider;
`server.requests` holds these, and `server.wire` the bodies as they came. What main asks beside an answer
(`model_asides`) uses up no script and is in `server.asides`. `server.attempts` counts all requests, refused
ones included. `server.bills` says what each answer cost, whole or cut, and whether the client was told.
"""

import argparse
import asyncio
import json
import sys
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web

from wactorz_testing import anthropic_brain
from wactorz_testing.model_asides import aside
from wactorz_testing.model_replies import Answer, Dropped, Failure, Junk, Reply, Spent, spent, tokens_of

Brain = Callable[[dict[str, Any]], Reply]

_LARGEST_REQUEST = 32 * 1024 * 1024


@dataclass(frozen=True)
class Frame:
    """One event on the wire: its bytes, how many bytes of the answer it carries, whether it tells the final tokens."""

    data: bytes
    written: int = 0
    tells: bool = False


@dataclass(frozen=True)
class Bill:
    """What one answer cost; `told`: the client has been sent all its tokens; `whole`: it was sent to its end."""

    model: str
    spent: Spent
    told: bool
    whole: bool


class ModelServer(ABC):
    """The server; an empty `key` accepts any. Use it as an async context manager."""

    path = ""
    stream_type = "text/event-stream; charset=utf-8"
    junk = b"data: {{{{\n\n"

    def __init__(
        self, *, key: str = "", brain: Brain = anthropic_brain.think, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.key = key
        self.brain = brain
        self.requests: list[dict[str, Any]] = []
        self.wire: list[dict[str, Any]] = []
        self.asides: list[dict[str, Any]] = []
        self.bills: list[Bill] = []
        self.attempts = 0
        self.running = 0
        self.most_running = 0
        self.left = 0
        """Clients that went away before the end of their answer."""
        self._script: deque[Reply | Brain] = deque()
        self._address = (host, port)
        self._runner: web.AppRunner | None = None

    @property
    def root(self) -> str:
        """The server's own address."""
        return f"http://{self._address[0]}:{self._address[1]}"

    @property
    def url(self) -> str:
        """Base address for the SDK."""
        return self.root

    def script(self, replies: Iterable[Reply | Brain | str]) -> None:
        """Answer the next requests with these, one each; a string is a plain answer."""
        self._script.extend(Answer(reply) if isinstance(reply, str) else reply for reply in replies)

    @abstractmethod
    def read(self, request: web.Request, raw: Any) -> dict[str, Any] | Failure:
        """The request in the common shape, or what the real API would refuse it with."""

    @abstractmethod
    def failed(self, failure: Failure) -> web.Response:
        """A failure as the real API sends it."""

    @abstractmethod
    def whole(self, answer: Answer, body: dict[str, Any]) -> dict[str, Any]:
        """The answer without streaming."""

    @abstractmethod
    def frames(self, answer: Answer, body: dict[str, Any]) -> Iterator[Frame]:
        """The answer as a stream."""

    @abstractmethod
    def error_frame(self, failure: Failure) -> bytes:
        """A failure in the middle of a stream."""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=_LARGEST_REQUEST)
        app.router.add_post(self.path, self._on_post)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, *self._address)
        await site.start()
        self._address = self._runner.addresses[0][:2]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _on_post(self, request: web.Request) -> web.StreamResponse:
        self.attempts += 1
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            return await self._answer(request)
        finally:
            self.running -= 1

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        raw = _parse(await request.text())
        body = self.read(request, raw)
        if isinstance(body, Failure):
            return self.failed(body)
        self.wire.append(raw)
        beside = aside(body)
        if beside is not None:
            self.asides.append(body)
            return await self._send(request, body, beside)
        self.requests.append(body)
        planned = self._script.popleft() if self._script else self.brain
        return await self._send(request, body, planned(body) if callable(planned) else planned)

    async def _send(self, request: web.Request, body: dict[str, Any], reply: Reply) -> web.StreamResponse:
        if isinstance(reply, Failure):
            return self.failed(reply)
        if isinstance(reply, Junk):
            return web.Response(text=reply.body, content_type=reply.content_type)
        if isinstance(reply, Dropped):
            _reset(request)
            return web.Response()
        await asyncio.sleep(reply.wait)
        if not body.get("stream"):
            await asyncio.sleep(reply.pause)
            self.bills.append(Bill(body["model"], spent(reply, body), told=True, whole=True))
            return web.json_response(self.whole(reply, body))
        return await self._stream(request, body, reply)

    async def _stream(self, request: web.Request, body: dict[str, Any], reply: Answer) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": self.stream_type})
        sending = _Sending(self, request, response, reply)
        try:
            await response.prepare(request)
            await sending.send(self.frames(reply, body))
            if sending.whole or not sending.reset:
                await response.write_eof()
        except ConnectionError:
            self.left += 1
        except asyncio.CancelledError:
            self.left += 1
            raise
        finally:
            self.bills.append(sending.bill(body))
        return response


class _Sending:
    """One stream on its way."""

    def __init__(self, server: ModelServer, request: web.Request, response: web.StreamResponse, reply: Answer) -> None:
        self.whole = self.told = self.reset = False
        self._server, self._request, self._response, self._reply = server, request, response, reply
        self._written = self._tokens = 0
        self._began = asyncio.get_running_loop().time()

    async def send(self, frames: Iterator[Frame]) -> None:
        """Send frames until the end, or until the answer misbehaves."""
        for number, frame in enumerate(frames):
            if await self._misbehave(number):
                return
            await self._pace(frame)
            if self._request.transport is None or self._request.transport.is_closing():
                raise ConnectionResetError
            await self._response.write(frame.data)
            self._written += frame.written
            self.told = self.told or frame.tells
        self.whole = True

    def bill(self, body: dict[str, Any]) -> Bill:
        """What the answer cost: all of it, or what was written."""
        cost = spent(self._reply, body)
        if not self.told:
            cost = Spent(cost.input_tokens, tokens_of(self._written), cost.cache_read, cost.cache_write)
        return Bill(str(body["model"]), cost, self.told, self.whole)

    async def _misbehave(self, number: int) -> bool:
        """Whether the stream ends here."""
        reply = self._reply
        if number == reply.cut_after:
            self.reset = True
            _reset(self._request)
        elif number == reply.error_after:
            await self._response.write(self._server.error_frame(Failure(200, "overloaded_error", "Overloaded")))
        elif number == reply.junk_after:
            await self._response.write(self._server.junk)
        return number in (reply.cut_after, reply.end_after, reply.error_after, reply.junk_after)

    async def _pace(self, frame: Frame) -> None:
        if self._reply.pause:
            await asyncio.sleep(self._reply.pause)
        if self._reply.rate and frame.written:
            self._tokens += 1
            due = self._began + self._tokens / self._reply.rate
            await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))


def sse(data: dict[str, Any]) -> bytes:
    """A server-sent event without a name."""
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def bearer(request: web.Request) -> str:
    """The key of an `Authorization: Bearer` header."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def serve(make: Callable[[str, str, int], ModelServer], about: str) -> None:
    """Serve until interrupted; the address is the first line of output."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--key", default="", help="the only key that is accepted; any when empty")
    options = parser.parse_args()
    try:
        asyncio.run(_serve(make(options.key, options.host, options.port)))
    except KeyboardInterrupt:
        sys.exit(130)


async def _serve(server: ModelServer) -> None:
    async with server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def _reset(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
