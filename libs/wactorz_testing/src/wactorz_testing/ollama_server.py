"""A local server that speaks Ollama's wire format (scripts, brains and counters: `model_server`).

A request with a form (`format`) whose schema has a title counts as one that forces the tool of that name: the answer's
first call is sent as JSON text. Models whose names begin with `no-such` are unknown, those with `no-tools` in their
name refuse tools.

On its own:

    python -m wactorz_testing.ollama_server --port 11435
    LLM_PROVIDER=ollama OLLAMA_URL=http://127.0.0.1:11435 wactorz up
"""

import json
from collections.abc import Iterator
from typing import Any

from aiohttp import web

from wactorz_testing.model_replies import Answer, Failure, argument_text, pieces, spent
from wactorz_testing.model_server import Frame, ModelServer, serve
from wactorz_testing.openai_requests import common_tool, file_block

_DONE = {"max_tokens": "length"}


class OllamaServer(ModelServer):
    """The server; it knows no keys. Use it as an async context manager."""

    path = "/api/chat"
    stream_type = "application/x-ndjson"
    junk = b"{{{{\n"

    def read(self, request: web.Request, raw: Any) -> dict[str, Any] | Failure:  # noqa: ARG002
        """The request in the common shape, or what it is refused with."""
        if not isinstance(raw, dict) or not raw.get("model"):
            return Failure(400, "", "missing request body" if raw is None else "model is required")
        if raw["model"].startswith("no-such"):
            return Failure(404, "", f"model '{raw['model']}' not found")
        if raw.get("tools") and "no-tools" in raw["model"]:
            return Failure(400, "", f"registry.ollama.ai/library/{raw['model']} does not support tools")
        return _common_shape(raw)

    def failed(self, failure: Failure) -> web.Response:
        """An error object."""
        return web.json_response({"error": failure.message}, status=failure.status, headers=failure.headers)

    def whole(self, answer: Answer, body: dict[str, Any]) -> dict[str, Any]:
        """The last line with everything in it."""
        text = _form(answer, body)
        calls = [] if body["form"] else [_call(tool.name, tool.arguments) for tool in answer.tools]
        message = {"role": "assistant", "content": text} | ({"tool_calls": calls} if calls else {})
        return _last(answer, body) | {"message": message}

    def frames(self, answer: Answer, body: dict[str, Any]) -> Iterator[Frame]:
        """Lines of JSON; calls come whole, and one that cannot be read is an error of the server."""
        for piece in pieces(_form(answer, body), answer):
            yield _line(body, {"content": piece}, len(piece.encode()))
        for tool in () if body["form"] else answer.tools:
            if tool.raw is not None:
                yield Frame(_as_line({"error": f"error parsing tool call: raw='{tool.raw}', err=unexpected end"}))
                return
            size = len(argument_text(tool).encode())
            yield _line(body, {"content": "", "tool_calls": [_call(tool.name, tool.arguments)]}, size)
        message = {"role": "assistant", "content": ""}
        yield Frame(_as_line(_last(answer, body) | {"message": message}), tells=True)

    def error_frame(self, failure: Failure) -> bytes:
        """An error as a line."""
        return _as_line({"error": failure.message})


def _common_shape(raw: dict[str, Any]) -> dict[str, Any]:
    ids = iter(range(10_000))
    open_ids: list[str] = []
    turns: list[dict[str, Any]] = []
    for message in raw["messages"]:
        if message["role"] == "system":
            continue
        role = "assistant" if message["role"] == "assistant" else "user"
        blocks = _blocks(message, ids, open_ids)
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"].extend(blocks)
        elif blocks:
            turns.append({"role": role, "content": blocks})
    form = raw.get("format") if isinstance(raw.get("format"), dict) else None
    title = str((form or {}).get("title", ""))
    tools = [common_tool(tool["function"]) for tool in raw.get("tools") or ()]
    return {
        "model": raw["model"],
        "max_tokens": (raw.get("options") or {}).get("num_predict"),
        "messages": turns,
        "stream": raw.get("stream", True),
        "system": "\n".join(m["content"] for m in raw["messages"] if m["role"] == "system"),
        "tools": [*tools, {"name": title, "description": "", "input_schema": form}] if title else tools,
        "form": form is not None,
    } | ({"tool_choice": {"type": "tool", "name": title}} if title else {})


def _blocks(message: dict[str, Any], ids: Iterator[int], open_ids: list[str]) -> list[dict[str, Any]]:
    """Blocks of a message; Ollama has no ids of calls, so results belong to calls in their order."""
    if message["role"] == "tool":
        call_id = open_ids.pop(0) if open_ids else ""
        return [{"type": "tool_result", "tool_use_id": call_id, "content": message["content"]}]
    blocks = [file_block("image/*", data) for data in message.get("images") or ()]
    blocks += [{"type": "text", "text": message["content"]}] if message.get("content") else []
    for call in message.get("tool_calls") or ():
        open_ids.append(f"call_{next(ids)}")
        function = call["function"]
        blocks.append(
            {"type": "tool_use", "id": open_ids[-1], "name": function["name"], "input": function["arguments"]}
        )
    return blocks


def _form(answer: Answer, body: dict[str, Any]) -> str:
    return argument_text(answer.tools[0]) if body["form"] and answer.tools else answer.text


def _line(body: dict[str, Any], message: dict[str, Any], written: int) -> Frame:
    line = {"model": body["model"], "created_at": "2026-10-01T12:00:00Z", "done": False}
    return Frame(_as_line(line | {"message": {"role": "assistant", **message}}), written)


def _last(answer: Answer, body: dict[str, Any]) -> dict[str, Any]:
    cost = spent(answer, body)
    return {
        "model": body["model"],
        "created_at": "2026-10-01T12:00:01Z",
        "done": True,
        "done_reason": _DONE.get(answer.stop_reason, "stop"),
        "total_duration": 1_000_000,
        "prompt_eval_count": cost.prompt_tokens,
        "eval_count": cost.output_tokens,
    }


def _call(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"function": {"name": name, "arguments": arguments}}


def _as_line(line: dict[str, Any]) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def main() -> None:
    """Serve until interrupted; the address is the first line of output."""
    serve(
        lambda key, host, port: OllamaServer(key=key, host=host, port=port),
        "A stand-in for Ollama's chat with a simple brain",
    )


if __name__ == "__main__":
    main()
