"""What the stand-in for Anthropic can answer, and how answers and failures look on the wire."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

BYTES_PER_TOKEN = 4
_PIECE = 12


@dataclass(frozen=True)
class ToolUse:
    """A tool call of the model; `raw` replaces the JSON text of its arguments, to send broken ones."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: f"toolu_{secrets.token_hex(8)}")
    raw: str | None = None


@dataclass(frozen=True)
class Answer:
    """A whole answer, and how it misbehaves.

    `pause` is slept before every event, in seconds. After `cut_after` events the connection is reset; after
    `end_after` events the response ends as if it were whole; after `error_after` events an error event follows.
    `usage` replaces counted tokens.
    """

    text: str = ""
    tools: tuple[ToolUse, ...] = ()
    stop_reason: str = ""
    pause: float = 0.0
    cut_after: int | None = None
    end_after: int | None = None
    error_after: int | None = None
    usage: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Failure:
    """An error response."""

    status: int
    kind: str
    message: str
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """The error object that the API sends."""
        return {
            "type": "error",
            "error": {"type": self.kind, "message": self.message},
            "request_id": f"req_{secrets.token_hex(8)}",
        }


@dataclass(frozen=True)
class Junk:
    """A successful response whose body is not an answer."""

    body: str = "<html><body>502 Bad Gateway</body></html>"
    content_type: str = "text/html"


@dataclass(frozen=True)
class Dropped:
    """The connection is reset before any response."""


Reply = Answer | Failure | Junk | Dropped


def rate_limited(retry_after: float | None = None) -> Failure:
    """429; `retry_after` in seconds."""
    headers = {} if retry_after is None else {"retry-after": f"{retry_after:g}"}
    return Failure(429, "rate_limit_error", "This request would exceed your organization's rate limit", headers)


def overloaded() -> Failure:
    """529."""
    return Failure(529, "overloaded_error", "Overloaded")


def server_error() -> Failure:
    """500."""
    return Failure(500, "api_error", "Internal server error")


def call(name: str, arguments: dict[str, Any], text: str = "") -> Answer:
    """An answer that calls one tool."""
    return Answer(text=text, tools=(ToolUse(name, arguments),))


def count_input(body: dict[str, Any]) -> int:
    """Tokens of a request, roughly as a tokenizer counts them."""
    text = json.dumps([body.get("system", ""), body["messages"]], ensure_ascii=False)
    tools = body.get("tools") or []
    return len(text.encode()) // BYTES_PER_TOKEN + 8 + (346 + len(json.dumps(tools)) // BYTES_PER_TOKEN if tools else 0)


def message(answer: Answer, body: dict[str, Any]) -> dict[str, Any]:
    """The answer as one object, as it is sent without streaming."""
    blocks: list[dict[str, Any]] = [{"type": "text", "text": answer.text}] if answer.text else []
    blocks += [{"type": "tool_use", "id": tool.id, "name": tool.name, "input": tool.arguments} for tool in answer.tools]
    written = sum(len(json.dumps(block, ensure_ascii=False).encode()) for block in blocks)
    usage = {
        "input_tokens": count_input(body),
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": max(1, written // BYTES_PER_TOKEN),
        **answer.usage,
    }
    return {
        "id": f"msg_{secrets.token_hex(8)}",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "content": blocks,
        "stop_reason": answer.stop_reason or ("tool_use" if answer.tools else "end_turn"),
        "stop_sequence": None,
        "usage": usage,
    }


def events(answer: Answer, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The answer as the events of a stream, in the order of the real API."""
    whole = message(answer, body)
    begun = {**whole, "content": [], "stop_reason": None, "usage": {**whole["usage"], "output_tokens": 1}}
    yield {"type": "message_start", "message": begun}
    raw = {tool.id: tool.raw for tool in answer.tools}
    for index, block in enumerate(whole["content"]):
        yield from _block_events(index, block, raw.get(block.get("id", "")))
        if index == 0:
            yield {"type": "ping"}
    ending = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    yield {"type": "message_delta", "delta": ending, "usage": {"output_tokens": whole["usage"]["output_tokens"]}}
    yield {"type": "message_stop"}


def _block_events(index: int, block: dict[str, Any], raw: str | None) -> Iterator[dict[str, Any]]:
    if block["type"] == "text":
        empty: dict[str, Any] = {"type": "text", "text": ""}
        deltas = [{"type": "text_delta", "text": piece} for piece in _pieces(block["text"])]
    else:
        empty = {**block, "input": {}}
        text = json.dumps(block["input"]) if raw is None else raw
        deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in ["", *_pieces(text)]]
    yield {"type": "content_block_start", "index": index, "content_block": empty}
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _pieces(text: str) -> list[str]:
    return [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]
