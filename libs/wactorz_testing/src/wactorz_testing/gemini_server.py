"""A local server that speaks Gemini's wire format (scripts, brains and counters: `model_server`).

On its own, with any key:

    python -m wactorz_testing.gemini_server --port 8767
    GEMINI_API_KEY=anything GEMINI_BASE_URL=http://127.0.0.1:8767 wactorz up
"""

from collections.abc import Iterator
from typing import Any

from aiohttp import web

from wactorz_testing import anthropic_brain
from wactorz_testing.gemini_requests import common_shape, refusal
from wactorz_testing.model_replies import Answer, Failure, Spent, ToolUse, argument_text, pieces, spent
from wactorz_testing.model_server import Brain, Frame, ModelServer, serve, sse

TEST_KEY = "AIza-test-key"
_STATUSES = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
}  # fmt: skip
_FINISH = {"max_tokens": "MAX_TOKENS", "refusal": "SAFETY"}
_INTERNAL = 500


class GeminiServer(ModelServer):
    """The server; an empty `key` accepts any key. Use it as an async context manager."""

    path = "/{version:v1|v1beta}/models/{call:.+}"

    def __init__(
        self, *, key: str = TEST_KEY, brain: Brain = anthropic_brain.think, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        super().__init__(key=key, brain=brain, host=host, port=port)

    def read(self, request: web.Request, raw: Any) -> dict[str, Any] | Failure:
        """The request in the common shape, or what it is refused with."""
        given = request.headers.get("x-goog-api-key") or request.query.get("key", "")
        if not given or (self.key and given != self.key):
            return Failure(400, "", "API key not valid. Please pass a valid API key.")
        model, _, method = request.match_info["call"].rpartition(":")
        refused = refusal(raw, model, method)
        return refused or common_shape(raw, model, stream=method == "streamGenerateContent")

    def failed(self, failure: Failure) -> web.Response:
        """An error object; the time to wait is in its details, as Google has it."""
        return web.json_response(_error(failure), status=failure.status)

    def whole(self, answer: Answer, body: dict[str, Any]) -> dict[str, Any]:
        """A response object."""
        parts: list[dict[str, Any]] = [{"text": answer.text}] if answer.text else []
        parts += [_call(tool) for tool in answer.tools]
        return _chunk(body, parts, _finish(answer)) | {"usageMetadata": _usage(spent(answer, body))}

    def frames(self, answer: Answer, body: dict[str, Any]) -> Iterator[Frame]:
        """Chunks; each tells the tokens of the input, the last one those of the output."""
        cost = spent(answer, body)
        begun = {"promptTokenCount": cost.prompt_tokens, "totalTokenCount": cost.prompt_tokens}
        for piece in pieces(answer.text, answer):
            yield Frame(sse(_chunk(body, [{"text": piece}]) | {"usageMetadata": begun}), len(piece.encode()))
        for tool in answer.tools:
            if tool.raw is not None:
                chunk = _chunk(body, [], "MALFORMED_FUNCTION_CALL") | {"usageMetadata": _usage(cost)}
                yield Frame(sse(chunk), tells=True)
                return
            size = len(argument_text(tool).encode())
            yield Frame(sse(_chunk(body, [_call(tool)]) | {"usageMetadata": begun}), size)
        last = _chunk(body, [{"text": ""}], _finish(answer)) | {"usageMetadata": _usage(cost)}
        yield Frame(sse(last), tells=True)

    def error_frame(self, failure: Failure) -> bytes:
        """An error object as a chunk."""
        return sse(_error(Failure(503, failure.kind, failure.message)))


def _chunk(body: dict[str, Any], parts: list[dict[str, Any]], finish: str = "") -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    return {"candidates": [candidate], "modelVersion": body["model"], "responseId": "r"}


def _call(tool: ToolUse) -> dict[str, Any]:
    return {"functionCall": {"name": tool.name, "args": tool.arguments}, "thoughtSignature": "c2lnbmVk"}


def _finish(answer: Answer) -> str:
    return _FINISH.get(answer.stop_reason, "STOP")


def _usage(cost: Spent) -> dict[str, Any]:
    usage = {
        "promptTokenCount": cost.prompt_tokens,
        "candidatesTokenCount": cost.output_tokens,
        "totalTokenCount": cost.prompt_tokens + cost.output_tokens,
    }
    return usage | ({"cachedContentTokenCount": cost.cache_read} if cost.cache_read else {})


def _error(failure: Failure) -> dict[str, Any]:
    status = _STATUSES.get(failure.status, _STATUSES[_INTERNAL])
    error: dict[str, Any] = {"code": failure.status, "message": failure.message, "status": status}
    if wait := failure.headers.get("retry-after"):
        error["details"] = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{wait}s"}]
    return {"error": error}


def main() -> None:
    """Serve until interrupted; the address is the first line of output."""
    serve(
        lambda key, host, port: GeminiServer(key=key, host=host, port=port),
        "A stand-in for the Gemini API with a simple brain",
    )


if __name__ == "__main__":
    main()
