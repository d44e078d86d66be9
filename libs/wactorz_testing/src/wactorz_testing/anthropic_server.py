"""A local server that speaks Anthropic's Messages wire format, for tests and demonstrations with the real SDK.

In tests:

    async with AnthropicServer() as server:
        server.script([rate_limited(1), Answer("Hello")])
        client = AsyncAnthropic(base_url=server.url, api_key=server.key)

A script holds `Answer`, `Failure`, `Junk`, `Dropped` (all from `anthropic_replies`) or functions that take the body of
the request and return one of them. When the script is used up, the `brain` answers: by default `anthropic_brain.think`,
which documents the simple rules by which it calls the tools of this project. `server.requests` holds every accepted
body, `server.attempts` counts all requests, refused ones included.

On its own, with any key:

    python -m wactorz_testing.anthropic_server --port 8765
    ANTHROPIC_API_KEY=anything ANTHROPIC_BASE_URL=http://127.0.0.1:8765 wactorz up
"""

import argparse
import asyncio
import json
import sys
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Self

from aiohttp import web

from wactorz_testing import anthropic_brain
from wactorz_testing.anthropic_replies import Answer, Dropped, Failure, Junk, Reply, events, message
from wactorz_testing.anthropic_rules import refusal

Brain = Callable[[dict[str, Any]], Reply]

TEST_KEY = "sk-ant-test-key"
_NO_KEY = Failure(401, "authentication_error", "invalid x-api-key")


class AnthropicServer:
    """The server; an empty `key` accepts any key. Use it as an async context manager."""

    def __init__(
        self, *, key: str = TEST_KEY, brain: Brain = anthropic_brain.think, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.key = key
        self.brain = brain
        self.requests: list[dict[str, Any]] = []
        self.attempts = 0
        self.running = 0
        self.most_running = 0
        self._script: deque[Reply | Brain] = deque()
        self._address = (host, port)
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Base address for the SDK."""
        return f"http://{self._address[0]}:{self._address[1]}"

    def script(self, replies: Iterable[Reply | Brain | str]) -> None:
        """Answer the next requests with these, one each; a string is a plain answer."""
        self._script.extend(Answer(reply) if isinstance(reply, str) else reply for reply in replies)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_post("/v1/messages", self._on_messages)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, *self._address)
        await site.start()
        self._address = self._runner.addresses[0][:2]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _on_messages(self, request: web.Request) -> web.StreamResponse:
        self.attempts += 1
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            return await self._answer(request)
        finally:
            self.running -= 1

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        given = _key_of(request)
        if not given or (self.key and given != self.key):
            return _failed(_NO_KEY)
        if "anthropic-version" not in request.headers:
            return _failed(Failure(400, "invalid_request_error", "anthropic-version: header is required"))
        body = _parse(await request.text())
        refused = refusal(body)
        if refused:
            return _failed(refused)
        self.requests.append(body)
        return await self._send(request, body, self._next(body))

    def _next(self, body: dict[str, Any]) -> Reply:
        planned = self._script.popleft() if self._script else self.brain
        return planned(body) if callable(planned) else planned

    async def _send(self, request: web.Request, body: dict[str, Any], reply: Reply) -> web.StreamResponse:
        if isinstance(reply, Failure):
            return _failed(reply)
        if isinstance(reply, Junk):
            return web.Response(text=reply.body, content_type=reply.content_type)
        if isinstance(reply, Dropped):
            _reset(request)
            return web.Response()
        if not body.get("stream"):
            await asyncio.sleep(reply.pause)
            return web.json_response(message(reply, body))
        return await _stream(request, body, reply)


async def _stream(request: web.Request, body: dict[str, Any], reply: Answer) -> web.StreamResponse:
    response = web.StreamResponse(headers={"content-type": "text/event-stream; charset=utf-8"})
    await response.prepare(request)
    for number, event in enumerate(events(reply, body)):
        if number == reply.cut_after:
            _reset(request)
            return response
        if number == reply.end_after:
            break
        if number == reply.error_after:
            await _write(response, Failure(200, "overloaded_error", "Overloaded").body())
            break
        if reply.pause:
            await asyncio.sleep(reply.pause)
        await _write(response, event)
    await response.write_eof()
    return response


async def _write(response: web.StreamResponse, event: dict[str, Any]) -> None:
    await response.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())


def _key_of(request: web.Request) -> str:
    """The key as the SDK sends it since version 2, or in the header that other clients use."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")


def _failed(failure: Failure) -> web.Response:
    return web.json_response(failure.body(), status=failure.status, headers=failure.headers)


def _reset(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


async def _serve(host: str, port: int, key: str) -> None:
    async with AnthropicServer(key=key, host=host, port=port) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    """Serve until interrupted; the address is the first line of output."""
    parser = argparse.ArgumentParser(description="A stand-in for Anthropic's Messages API with a simple brain")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--key", default="", help="the only key that is accepted; any when empty")
    options = parser.parse_args()
    try:
        asyncio.run(_serve(options.host, options.port, options.key))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
