"""A local receiver that speaks the wire formats of Discord, Slack and Telegram and takes plain webhooks.

In tests:

    async with WebhookServer() as server:
        server.script([Fault(429, retry_after=0.2), Fault(500)])
        ...  # send to server.discord, server.slack, server.telegram or server.webhook
        assert [one.text for one in server.messages] == ["The door is open"]

`server.messages` holds every message that was accepted, with its present text: an edit changes it and is counted in
`edits`. `server.attempts` counts all requests. `Slow` answers late, `Cut` accepts and drops the connection, `Fault`
refuses; `down` and `up` close and open the port. When the script is used up everything is accepted.

On its own, one JSON line per message:

    python -m wactorz_testing.webhook_server --port 8899
"""

import argparse
import asyncio
import itertools
import json
import sys
import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

TEST_TOKEN = "abcDEF123-canary-token-456xyz"  # noqa: S105  # of nobody
_LIMITS = {"discord": 2_000, "telegram": 4_096}


@dataclass(slots=True)
class Received:
    """A message that was accepted."""

    service: str
    text: str
    id: str
    body: Mapping[str, Any]
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    at: float = field(default_factory=time.time)
    edits: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """Refuses with a status; `retry_after` in seconds, as the service tells it."""

    status: int
    retry_after: float | None = None
    text: str = "refused"


@dataclass(frozen=True, slots=True)
class Slow:
    """Accepts after some seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Cut:
    """Accepts the message and drops the connection instead of answering."""


Trick = Fault | Slow | Cut


class WebhookServer:
    """The receiver; use it as an async context manager."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, token: str = TEST_TOKEN, loud: bool = False) -> None:
        self.messages: list[Received] = []
        self.attempts = 0
        self._token, self._loud = token, loud
        self._script: deque[Trick] = deque()
        self._numbers = itertools.count(1)
        self._address = (host, port)
        self._runner: web.AppRunner | None = None

    @property
    def base(self) -> str:
        """The address of the server."""
        return f"http://{self._address[0]}:{self._address[1]}"

    @property
    def discord(self) -> str:
        """A webhook as Discord gives it."""
        return f"{self.base}/api/webhooks/112233445566/{self._token}"

    @property
    def slack(self) -> str:
        """An incoming webhook as Slack gives it."""
        return f"{self.base}/services/T000/B000/{self._token}"

    @property
    def telegram(self) -> str:
        """The method of a bot of Telegram, with a chat."""
        return f"{self.base}/bot99887766:{self._token}/sendMessage?chat_id=5544"

    @property
    def webhook(self) -> str:
        """An address of nobody's format."""
        return f"{self.base}/hooks/{self._token}"

    @property
    def texts(self) -> list[str]:
        """What was said, in order."""
        return [message.text for message in self.messages]

    def script(self, tricks: Iterable[Trick]) -> None:
        """Do these with the next requests, one each."""
        self._script.extend(tricks)

    async def down(self) -> None:
        """Close the port."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def up(self) -> None:
        """Open the port, the same as before."""
        app = web.Application()
        app.router.add_post("/api/webhooks/{id}/{token}", self._on_discord)
        app.router.add_patch("/api/webhooks/{id}/{token}/messages/{message}", self._on_discord_edit)
        app.router.add_post("/services/{team}/{bot}/{token}", self._on_slack)
        app.router.add_post("/bot{token}/sendMessage", self._on_telegram)
        app.router.add_post("/bot{token}/editMessageText", self._on_telegram_edit)
        app.router.add_route("*", "/{path:.*}", self._on_webhook)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, *self._address, reuse_address=True)
        await site.start()
        self._address = self._runner.addresses[0][:2]

    async def __aenter__(self) -> Self:
        await self.up()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.down()

    async def until(self, count: int, seconds: float = 10.0) -> list[Received]:
        """Wait for so many messages."""
        async with asyncio.timeout(seconds):
            while len(self.messages) < count:
                await asyncio.sleep(0.01)
        return self.messages

    # -- services -----------------------------------------------------------------------------------------------

    async def _on_discord(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        text = str(body.get("content") or "")
        if not text or len(text) > _LIMITS["discord"]:
            return web.json_response({"code": 50035, "message": "Invalid Form Body"}, status=400)

        def answer(message: Received) -> web.Response:
            if request.query.get("wait") != "true":
                return web.Response(status=204)
            return web.json_response({"id": message.id, "type": 0, "content": text})

        return await self._take("discord", text, request, body, answer)

    async def _on_discord_edit(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        gone = web.json_response({"code": 10008, "message": "Unknown Message"}, status=404)
        return await self._edit(request, request.match_info["message"], str(body.get("content") or ""), gone)

    async def _on_slack(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        if not body.get("text"):
            return web.Response(status=400, text="no_text")
        return await self._take("slack", str(body["text"]), request, body, lambda _: web.Response(text="ok"))

    async def _on_telegram(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        text, chat = str(body.get("text") or ""), body.get("chat_id")
        if not chat or not text or len(text) > _LIMITS["telegram"]:
            return _telegram_error(400, "Bad Request: message text is empty or too long, or chat not found")

        def answer(message: Received) -> web.Response:
            return web.json_response({"ok": True, "result": {"message_id": int(message.id), "text": text}})

        return await self._take("telegram", text, request, body, answer)

    async def _on_telegram_edit(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        number, text = str(body.get("message_id")), str(body.get("text") or "")
        if any(message.id == number and message.text == text for message in self.messages):
            return _telegram_error(400, "Bad Request: message is not modified")
        return await self._edit(request, number, text, _telegram_error(400, "Bad Request: message to edit not found"))

    async def _on_webhook(self, request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        text = str(body.get("text") or body.get("message") or "")
        return await self._take("webhook", text, request, body, lambda _: web.json_response({"received": True}))

    # -- what they have in common -------------------------------------------------------------------------------

    async def _take(
        self, service: str, text: str, request: web.Request, body: Mapping[str, Any], answer: Any
    ) -> web.StreamResponse:  # fmt: skip
        trick = self._next()
        if isinstance(trick, Fault):
            return _fault(service, trick)
        message = Received(service, text, str(next(self._numbers)), body, request.path_qs, dict(request.headers))
        self.messages.append(message)
        if self._loud:
            sys.stdout.write(json.dumps({"service": service, "text": text, "id": message.id, "body": body}) + "\n")
            sys.stdout.flush()
        return await _played(trick, request, answer(message))

    async def _edit(
        self, request: web.Request, number: str, text: str, gone: web.StreamResponse
    ) -> web.StreamResponse:  # fmt: skip
        trick = self._next()
        if isinstance(trick, Fault):
            return _fault("discord", trick)
        message = next((one for one in self.messages if one.id == number), None)
        if message is None:
            return gone
        message.text = text
        message.edits += 1
        done = {"ok": True, "id": number, "result": {"message_id": number}}
        return await _played(trick, request, web.json_response(done))

    def _next(self) -> Trick | None:
        self.attempts += 1
        return self._script.popleft() if self._script else None


async def _played(trick: Trick | None, request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    if isinstance(trick, Slow):
        await asyncio.sleep(trick.seconds)
    if isinstance(trick, Cut) and request.transport is not None:
        request.transport.abort()
    return answer


def _fault(service: str, fault: Fault) -> web.StreamResponse:
    after = fault.retry_after
    headers = {} if after is None else {"Retry-After": str(max(1, round(after)))}
    if service == "telegram":
        more = {} if after is None else {"parameters": {"retry_after": after}}
        body = {"ok": False, "error_code": fault.status, "description": fault.text, **more}
        return web.json_response(body, status=fault.status, headers=headers)
    if service == "discord":
        body = {"message": fault.text, "code": 0} | ({} if after is None else {"retry_after": after, "global": False})
        return web.json_response(body, status=fault.status, headers=headers)
    exact = headers if after is None else {"Retry-After": str(after)}
    return web.Response(text=fault.text, status=fault.status, headers=exact)


def _telegram_error(status: int, description: str) -> web.Response:
    return web.json_response({"ok": False, "error_code": status, "description": description}, status=status)


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        return {"text": await request.text()}
    return body if isinstance(body, dict) else {"text": str(body)}


async def _serve(host: str, port: int) -> None:
    async with WebhookServer(host=host, port=port, loud=True) as server:
        addresses = {name: getattr(server, name) for name in ("discord", "slack", "telegram", "webhook")}
        sys.stdout.write(json.dumps(addresses) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    """Serve until interrupted; the first line of output holds the addresses."""
    parser = argparse.ArgumentParser(description="Takes notices as Discord, Slack, Telegram and plain webhooks do")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    options = parser.parse_args()
    try:
        asyncio.run(_serve(options.host, options.port))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
