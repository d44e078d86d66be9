"""What the stand-ins for model providers can answer, whatever their wire format; requests have Anthropic's shape."""

import json
import secrets
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

    `wait` is slept before the response begins, `pause` before every event, in seconds; `rate` (tokens per second)
    sends text in pieces of one token at that pace. After `cut_after` events the connection is reset; after `end_after`
    events the response ends as if it were whole; after `error_after` events an error event follows; after `junk_after`
    events one that cannot be read. `usage` replaces counted tokens.
    """

    text: str = ""
    tools: tuple[ToolUse, ...] = ()
    stop_reason: str = ""
    wait: float = 0.0
    pause: float = 0.0
    rate: float = 0.0
    cut_after: int | None = None
    end_after: int | None = None
    error_after: int | None = None
    junk_after: int | None = None
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


@dataclass(frozen=True)
class Spent:
    """Tokens that a reply costs; cached input is counted apart."""

    input_tokens: int
    output_tokens: int
    cache_read: int = 0
    cache_write: int = 0

    @property
    def prompt_tokens(self) -> int:
        """All of the input, cached or not."""
        return self.input_tokens + self.cache_read + self.cache_write


def spent(answer: Answer, body: dict[str, Any]) -> Spent:
    """What a whole answer costs."""
    written = len(answer.text.encode()) + sum(len(argument_text(tool).encode()) for tool in answer.tools)
    told = answer.usage
    return Spent(
        told.get("input_tokens", count_input(body)),
        told.get("output_tokens", max(1, tokens_of(written))),
        told.get("cache_read_input_tokens", 0),
        told.get("cache_creation_input_tokens", 0),
    )


def tokens_of(size: int) -> int:
    """Tokens of that many bytes."""
    return -(-size // BYTES_PER_TOKEN)


def argument_text(tool: ToolUse) -> str:
    """The arguments of a call as the model writes them."""
    return json.dumps(tool.arguments, ensure_ascii=False) if tool.raw is None else tool.raw


def pieces(text: str, answer: Answer) -> list[str]:
    """A text in the pieces in which it is sent: of one token where a rate is asked for."""
    size = BYTES_PER_TOKEN if answer.rate else _PIECE
    return [text[start : start + size] for start in range(0, len(text), size)]
