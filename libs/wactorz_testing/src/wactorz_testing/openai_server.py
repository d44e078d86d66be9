"""A local server that speaks OpenAI's Chat Completions wire format (scripts, brains and counters: `model_server`).

`style` decides what it insists on: "openai" (a key, OpenAI's models), "nim" (a key, models with a vendor's name) or
"compatible" (an endpoint of one's own: any model whose name does not begin with `no-such`).

On its own, with any key:

    python -m wactorz_testing.openai_server --port 8766
    OPENAI_API_KEY=anything OPENAI_URL=http://127.0.0.1:8766/v1 wactorz up
    NIM_API_KEY=anything NIM_URL=http://127.0.0.1:8766/v1 wactorz up
"""

import secrets
from collections.abc import Iterator
from typing import Any, Literal

from aiohttp import web

from wactorz_testing import anthropic_brain
from wactorz_testing.model_replies import Answer, Failure, Spent, argument_text, pieces, spent
from wactorz_testing.model_server import Brain, Frame, ModelServer, bearer, serve, sse
from wactorz_testing.openai_requests import common_shape, refusal

TEST_KEY = "sk-openai-test-key"
Style = Literal["openai", "nim", "compatible"]
_FINISH = {"max_tokens": "length", "refusal": "content_filter", "tool_use": "tool_calls", "end_turn": "stop"}
_CODES = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded", 500: "server_error"}


class OpenAIServer(ModelServer):
    """The server; an empty `key` accepts any key. Use it as an async context manager."""

    path = "/v1/chat/completions"

    def __init__(
        self,
        *,
        key: str = TEST_KEY,
        brain: Brain = anthropic_brain.think,
        host: str = "127.0.0.1",
        port: int = 0,
        style: Style = "openai",
    ) -> None:
        super().__init__(key=key, brain=brain, host=host, port=port)
        self.style = style

    @property
    def url(self) -> str:
        """Base address for the SDK."""
        return f"{self.root}/v1"

    def read(self, request: web.Request, raw: Any) -> dict[str, Any] | Failure:
        """The request in the common shape, or what it is refused with."""
        given = bearer(request)
        if self.style != "compatible" and (not given or (self.key and given != self.key)):
            return Failure(401, "invalid_request_error", "Incorrect API key provided")
        return refusal(raw, self.style) or common_shape(raw)

    def failed(self, failure: Failure) -> web.Response:
        """An error object."""
        return web.json_response(_error(failure), status=failure.status, headers=failure.headers)

    def whole(self, answer: Answer, body: dict[str, Any]) -> dict[str, Any]:
        """A completion object."""
        calls = [_call(index, tool.id, tool.name, argument_text(tool)) for index, tool in enumerate(answer.tools)]
        message = {"role": "assistant", "content": answer.text or None} | ({"tool_calls": calls} if calls else {})
        choice = {"index": 0, "message": message, "finish_reason": _finish(answer)}
        return _envelope(body, "chat.completion") | {"choices": [choice], "usage": _usage(spent(answer, body))}

    def frames(self, answer: Answer, body: dict[str, Any]) -> Iterator[Frame]:
        """Chunks; the tokens come in one of their own, where the request asks for them."""
        envelope = _envelope(body, "chat.completion.chunk")
        yield _chunk(envelope, {"role": "assistant", "content": ""})
        for piece in pieces(answer.text, answer):
            yield _chunk(envelope, {"content": piece}, written=len(piece.encode()))
        for index, tool in enumerate(answer.tools):
            yield _chunk(envelope, {"tool_calls": [_call(index, tool.id, tool.name, "")]})
            for piece in pieces(argument_text(tool), answer):
                delta = {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}
                yield _chunk(envelope, delta, written=len(piece.encode()))
        yield _chunk(envelope, {}, finish=_finish(answer))
        if body["include_usage"]:
            yield Frame(sse({**envelope, "choices": [], "usage": _usage(spent(answer, body))}), tells=True)
        yield Frame(b"data: [DONE]\n\n")

    def error_frame(self, failure: Failure) -> bytes:
        """An error object as a chunk."""
        return sse(_error(failure))


def _error(failure: Failure) -> dict[str, Any]:
    code = _CODES.get(failure.status, failure.kind)
    return {"error": {"message": failure.message, "type": failure.kind, "param": None, "code": code}}


def _envelope(body: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{secrets.token_hex(8)}", "object": kind, "created": 1_790_000_000, "model": body["model"]}


def _chunk(envelope: dict[str, Any], delta: dict[str, Any], *, written: int = 0, finish: str | None = None) -> Frame:
    return Frame(sse({**envelope, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}), written)


def _call(index: int, call_id: str, name: str, arguments: str) -> dict[str, Any]:
    return {"index": index, "id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def _finish(answer: Answer) -> str:
    return _FINISH.get(answer.stop_reason, "") or ("tool_calls" if answer.tools else "stop")


def _usage(cost: Spent) -> dict[str, Any]:
    return {
        "prompt_tokens": cost.prompt_tokens,
        "completion_tokens": cost.output_tokens,
        "total_tokens": cost.prompt_tokens + cost.output_tokens,
        "prompt_tokens_details": {"cached_tokens": cost.cache_read},
    }


def main() -> None:
    """Serve until interrupted; the address is the first line of output."""
    serve(
        lambda key, host, port: OpenAIServer(key=key, host=host, port=port, style="compatible"),
        "A stand-in for OpenAI's Chat Completions with a simple brain",
    )


if __name__ == "__main__":
    main()
