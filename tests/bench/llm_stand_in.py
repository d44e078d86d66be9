"""A stand-in for Anthropic whose every token is the moment at which it was sent, as a process of its own."""

import asyncio
import json
import sys
import time
from typing import Any

from aiohttp import web

TOKENS = 500
RATE = 30.0
SHORT = "short"
"""A system prompt that asks for one token at once."""


async def answer(request: web.Request) -> web.StreamResponse:
    """500 tokens, 30 in a second; or one at once."""
    body = await request.json()
    response = web.StreamResponse(headers={"content-type": "text/event-stream; charset=utf-8"})
    await response.prepare(request)
    count = 1 if SHORT in json.dumps(body.get("system", "")) else TOKENS
    usage = {"input_tokens": 20, "output_tokens": 1}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": body["model"], "content": [],
               "stop_reason": None, "stop_sequence": None, "usage": usage}  # fmt: skip
    await _write(response, {"type": "message_start", "message": message})
    await _write(response, {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})
    began = time.monotonic()
    for number in range(count):
        if count > 1:
            await asyncio.sleep(max(0.0, began + (number + 1) / RATE - time.monotonic()))
        delta = {"type": "text_delta", "text": f"{time.monotonic_ns()} "}
        await _write(response, {"type": "content_block_delta", "index": 0, "delta": delta})
    await _write(response, {"type": "content_block_stop", "index": 0})
    ending = {"stop_reason": "end_turn", "stop_sequence": None}
    await _write(response, {"type": "message_delta", "delta": ending, "usage": {"output_tokens": count}})
    await _write(response, {"type": "message_stop"})
    await response.write_eof()
    return response


async def _write(response: web.StreamResponse, event: dict[str, Any]) -> None:
    await response.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())


def main() -> None:
    """Serve on the port that is given until terminated."""
    app = web.Application()
    app.router.add_post("/v1/messages", answer)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)


if __name__ == "__main__":
    main()
