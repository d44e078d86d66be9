"""A local server that speaks Anthropic's Messages wire format, for tests and demonstrations with the real SDK.

In tests (scripts, brains and counters: `model_server`):

    async with AnthropicServer() as server:
        server.script([rate_limited(1), Answer("Hello")])
        client = AsyncAnthropic(base_url=server.url, api_key=server.key)

On its own, with any key:

    python -m wactorz_testing.anthropic_server --port 8765
    ANTHROPIC_API_KEY=anything ANTHROPIC_BASE_URL=http://127.0.0.1:8765 wactorz up
"""

from collections.abc import Iterator
from typing import Any

from aiohttp import web

from wactorz_testing import anthropic_brain
from wactorz_testing.anthropic_replies import as_sse, events, message, written
from wactorz_testing.anthropic_rules import refusal
from wactorz_testing.model_replies import Answer, Failure
from wactorz_testing.model_server import Brain, Frame, ModelServer, bearer, serve

TEST_KEY = "sk-ant-test-key"
_NO_KEY = Failure(401, "authentication_error", "invalid x-api-key")


class AnthropicServer(ModelServer):
    """The server; an empty `key` accepts any key. Use it as an async context manager."""

    path = "/v1/messages"
    junk = b"event: message_start\ndata: {{{{\n\n"

    def __init__(
        self, *, key: str = TEST_KEY, brain: Brain = anthropic_brain.think, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        super().__init__(key=key, brain=brain, host=host, port=port)

    def read(self, request: web.Request, raw: Any) -> dict[str, Any] | Failure:
        """The request itself, or what it is refused with."""
        given = bearer(request) or request.headers.get("x-api-key", "")
        if not given or (self.key and given != self.key):
            return _NO_KEY
        if "anthropic-version" not in request.headers:
            return Failure(400, "invalid_request_error", "anthropic-version: header is required")
        return refusal(raw) or dict(raw)

    def failed(self, failure: Failure) -> web.Response:
        """An error object."""
        return web.json_response(failure.body(), status=failure.status, headers=failure.headers)

    def whole(self, answer: Answer, body: dict[str, Any]) -> dict[str, Any]:
        """A message object."""
        return message(answer, body)

    def frames(self, answer: Answer, body: dict[str, Any]) -> Iterator[Frame]:
        """Named events."""
        for event in events(answer, body):
            yield Frame(as_sse(event), written(event), event["type"] == "message_delta")

    def error_frame(self, failure: Failure) -> bytes:
        """An error event."""
        return as_sse(failure.body())


def main() -> None:
    """Serve until interrupted; the address is the first line of output."""
    serve(
        lambda key, host, port: AnthropicServer(key=key, host=host, port=port),
        "A stand-in for Anthropic's Messages API with a simple brain",
    )


if __name__ == "__main__":
    main()
