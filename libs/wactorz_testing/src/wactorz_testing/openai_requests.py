"""Requests of OpenAI's Chat Completions: in the common shape, and what the real API refuses about them."""

import json
import re
from typing import Any

from wactorz_testing.model_replies import Failure

_MODELS = {
    "openai": re.compile(r"(gpt-|chatgpt-|o\d)"),
    "nim": re.compile(r"[\w.-]+/[\w.-]+"),
    "compatible": re.compile(r"(?!no-such)"),
}
_REASONS = re.compile(r"(gpt-[5-9]|o\d)")


def refusal(raw: Any, style: str) -> Failure | None:
    """The error the API would answer, or None for a good request."""
    if not isinstance(raw, dict) or not isinstance(raw.get("messages"), list) or not raw["messages"]:
        return Failure(400, "invalid_request_error", "Missing required parameter: 'messages'.")
    if not _MODELS[style].match(str(raw.get("model"))):
        return Failure(404, "invalid_request_error", f"The model `{raw.get('model')}` does not exist")
    if style == "openai" and "max_tokens" in raw and _REASONS.match(raw["model"]):
        reason = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'."
        return Failure(400, "invalid_request_error", reason)
    problem = _messages_problem(raw["messages"]) or _tools_problem(raw)
    return Failure(400, "invalid_request_error", problem) if problem else None


def common_shape(raw: dict[str, Any]) -> dict[str, Any]:
    """The request as Anthropic's Messages would put it."""
    turns: list[dict[str, Any]] = []
    for message in raw["messages"]:
        role = "assistant" if message["role"] == "assistant" else "user"
        blocks = _blocks(message)
        if message["role"] not in ("system", "developer") and blocks:
            if turns and turns[-1]["role"] == role:
                turns[-1]["content"].extend(blocks)
            else:
                turns.append({"role": role, "content": blocks})
    body: dict[str, Any] = {
        "model": raw["model"],
        "max_tokens": raw.get("max_completion_tokens") or raw.get("max_tokens"),
        "messages": turns,
        "stream": bool(raw.get("stream")),
        "include_usage": bool((raw.get("stream_options") or {}).get("include_usage")),
        "system": "\n".join(m["content"] for m in raw["messages"] if m["role"] in ("system", "developer")),
        "tools": [common_tool(tool["function"]) for tool in raw.get("tools") or ()],
    }
    choice = raw.get("tool_choice")
    if isinstance(choice, dict):
        body["tool_choice"] = {"type": "tool", "name": choice["function"]["name"]}
    return body


def common_tool(function: dict[str, Any]) -> dict[str, Any]:
    """A function as a tool of the common shape."""
    return {
        "name": function["name"],
        "description": function.get("description", ""),
        "input_schema": function.get("parameters") or {"type": "object"},
    }


def _blocks(message: dict[str, Any]) -> list[dict[str, Any]]:
    if message["role"] == "tool":
        return [{"type": "tool_result", "tool_use_id": message["tool_call_id"], "content": message["content"]}]
    content = message.get("content")
    parts = content if isinstance(content, list) else [{"type": "text", "text": content}] if content else []
    blocks: list[dict[str, Any]] = [_part(part) for part in parts]
    for call in message.get("tool_calls") or ():
        arguments = json.loads(call["function"]["arguments"])
        blocks.append({"type": "tool_use", "id": call["id"], "name": call["function"]["name"], "input": arguments})
    return blocks


def _part(part: dict[str, Any]) -> dict[str, Any]:
    """A part of a message, with files as the common shape has them."""
    if part["type"] == "text":
        return part
    url = part["image_url"]["url"] if part["type"] == "image_url" else part["file"]["file_data"]
    head, _, data = url.partition(";base64,")
    return file_block(head.removeprefix("data:"), data)


def file_block(media_type: str, data: str) -> dict[str, Any]:
    """A picture or document in the common shape."""
    kind = "image" if media_type.startswith("image/") else "document"
    return {"type": kind, "source": {"type": "base64", "media_type": media_type, "data": data}}


def _messages_problem(messages: list[dict[str, Any]]) -> str:
    open_calls: set[str] = set()
    for index, message in enumerate(messages):
        if message["role"] == "tool":
            if message.get("tool_call_id") not in open_calls:
                return f"messages[{index}]: messages with role 'tool' must be a response to a preceding 'tool_calls'."
            open_calls.discard(message["tool_call_id"])
            continue
        if open_calls:
            return "An assistant message with 'tool_calls' must be followed by tool messages for each 'tool_call_id'."
        if message["role"] == "user" and not message.get("content"):
            return f"messages[{index}].content: content is required"
        open_calls = {call["id"] for call in message.get("tool_calls") or ()}
    return ""


def _tools_problem(raw: dict[str, Any]) -> str:
    names = [tool["function"]["name"] for tool in raw.get("tools") or ()]
    for tool in raw.get("tools") or ():
        schema = tool["function"].get("parameters") or {}
        if schema.get("type") != "object" or not isinstance(schema.get("properties"), dict):
            return f"Invalid schema for function '{tool['function']['name']}': object schema missing properties."
    choice = raw.get("tool_choice")
    if isinstance(choice, dict) and choice.get("function", {}).get("name") not in names:
        return "Invalid value for 'tool_choice': no function of that name in 'tools'."
    return ""
