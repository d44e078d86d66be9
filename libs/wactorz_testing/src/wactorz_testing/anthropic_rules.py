"""What the real Messages API refuses about a request, as far as clients of this project can get it wrong."""

from typing import Any

from wactorz_testing.anthropic_replies import Failure


def refusal(body: Any) -> Failure | None:
    """The error the API would answer, or None for a good request."""
    problem = _problem(body)
    return Failure(400, "invalid_request_error", problem) if problem else _unknown_model(body)


def _unknown_model(body: dict[str, Any]) -> Failure | None:
    model = str(body["model"])
    return None if model.startswith("claude-") else Failure(404, "not_found_error", f"model: {model}")


def _problem(body: Any) -> str:
    if not isinstance(body, dict):
        return "The request body is not valid JSON"
    for name, kind in (("model", str), ("max_tokens", int), ("messages", list)):
        if not isinstance(body.get(name), kind) or not body[name]:
            return f"{name}: Field required"
    return _tools_problem(body) or _messages_problem(body["messages"])


def _tools_problem(body: dict[str, Any]) -> str:
    names = [tool.get("name") for tool in body.get("tools") or []]
    for index, tool in enumerate(body.get("tools") or []):
        if (tool.get("input_schema") or {}).get("type") != "object":
            return f"tools.{index}.custom.input_schema.type: Field required"
    choice = body.get("tool_choice") or {}
    if choice.get("type") == "tool" and choice.get("name") not in names:
        return f"Tool '{choice.get('name')}' not found in provided tools"
    return ""


def _messages_problem(messages: list[dict[str, Any]]) -> str:
    if messages[0].get("role") != "user":
        return "messages: first message must use the user role"
    expected: set[str] = set()
    for index, turn in enumerate(messages):
        blocks = turn.get("content")
        blocks = [{"type": "text", "text": blocks}] if isinstance(blocks, str) else blocks
        if not blocks:
            return f"messages.{index}: all messages must have non-empty content"
        if any(block.get("type") == "text" and not block["text"].strip() for block in blocks):
            return "messages: text content blocks must be non-empty"
        answered = {block["tool_use_id"] for block in blocks if block.get("type") == "tool_result"}
        if answered - expected:
            return f"messages.{index}: unexpected `tool_use_id` found in `tool_result` blocks"
        if expected - answered:
            return f"messages.{index - 1}: `tool_use` ids were found without `tool_result` blocks immediately after"
        expected = {block["id"] for block in blocks if block.get("type") == "tool_use"}
    return "" if not expected else "messages: the last `tool_use` has no `tool_result`"
