"""How answers look in Anthropic's Messages format; what can be answered is in `model_replies`."""

import json
import secrets
from collections.abc import Iterator
from typing import Any

from wactorz_testing.model_replies import (
    BYTES_PER_TOKEN,
    Answer,
    Dropped,
    Failure,
    Junk,
    Reply,
    ToolUse,
    argument_text,
    call,
    count_input,
    overloaded,
    pieces,
    rate_limited,
    server_error,
    spent,
)

__all__ = [
    "BYTES_PER_TOKEN", "Answer", "Dropped", "Failure", "Junk", "Reply", "ToolUse", "call", "count_input", "events",
    "message", "overloaded", "rate_limited", "server_error",
]  # fmt: skip


def message(answer: Answer, body: dict[str, Any]) -> dict[str, Any]:
    """The answer as one object, as it is sent without streaming."""
    blocks: list[dict[str, Any]] = [{"type": "text", "text": answer.text}] if answer.text else []
    blocks += [{"type": "tool_use", "id": tool.id, "name": tool.name, "input": tool.arguments} for tool in answer.tools]
    cost = spent(answer, body)
    return {
        "id": f"msg_{secrets.token_hex(8)}",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "content": blocks,
        "stop_reason": answer.stop_reason or ("tool_use" if answer.tools else "end_turn"),
        "stop_sequence": None,
        "usage": {
            "input_tokens": cost.input_tokens,
            "cache_creation_input_tokens": cost.cache_write,
            "cache_read_input_tokens": cost.cache_read,
            "output_tokens": cost.output_tokens,
        },
    }


def events(answer: Answer, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The answer as the events of a stream, in the order of the real API."""
    whole = message(answer, body)
    begun = {**whole, "content": [], "stop_reason": None, "usage": {**whole["usage"], "output_tokens": 1}}
    yield {"type": "message_start", "message": begun}
    raw = {tool.id: argument_text(tool) for tool in answer.tools}
    for index, block in enumerate(whole["content"]):
        yield from _block_events(index, block, answer, raw.get(block.get("id", ""), ""))
        if index == 0:
            yield {"type": "ping"}
    ending = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    yield {"type": "message_delta", "delta": ending, "usage": {"output_tokens": whole["usage"]["output_tokens"]}}
    yield {"type": "message_stop"}


def written(event: dict[str, Any]) -> int:
    """Bytes of the answer that an event carries."""
    delta = event.get("delta") or {}
    return len((delta.get("text") or delta.get("partial_json") or "").encode())


def as_sse(event: dict[str, Any]) -> bytes:
    """An event as it is sent."""
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def _block_events(index: int, block: dict[str, Any], answer: Answer, arguments: str) -> Iterator[dict[str, Any]]:
    if block["type"] == "text":
        empty: dict[str, Any] = {"type": "text", "text": ""}
        deltas = [{"type": "text_delta", "text": piece} for piece in pieces(block["text"], answer)]
    else:
        empty = {**block, "input": {}}
        deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in ["", *pieces(arguments, answer)]]
    yield {"type": "content_block_start", "index": index, "content_block": empty}
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}
