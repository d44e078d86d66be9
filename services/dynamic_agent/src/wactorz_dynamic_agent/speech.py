"""Between people's text, tasks and what code returns; pure."""

import json
from typing import Any

_QUESTION_KEYS = ("text", "message", "content", "payload", "task")
_TEXT_KEYS = ("result", "reply", "text", "message", "content")


def payload_of(text: str) -> dict[str, Any]:
    """A person's text as the payload of a task: a JSON object is the payload itself."""
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {"text": text}


def reply_of(result: Any) -> dict[str, Any]:
    """What a task is answered: an object as it is, anything else as text under `result`."""
    if isinstance(result, dict):
        reply = {str(key): value for key, value in result.items() if key not in ("_task_id", "_state")}
        if reply.get("error") is not None and not isinstance(reply["error"], str):
            reply["error"] = json.dumps(reply["error"], ensure_ascii=False)
        return reply
    if result is None:
        return {"result": ""}
    return {"result": result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)}


def text_of(result: Any) -> str:
    """What a person is answered: the first of the usual keys that says something, else the whole."""
    reply = reply_of(result)
    said = next((reply[key] for key in ("error", *_TEXT_KEYS) if reply.get(key) not in (None, "", [], {})), None)
    if said is None:
        return json.dumps(reply, ensure_ascii=False) if set(reply) - set(_TEXT_KEYS) else "Done."
    return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)


def question_of(payload: Any) -> str:
    """What a task asks, as text for a model."""
    if isinstance(payload, dict):
        said = next((payload[key] for key in _QUESTION_KEYS if payload.get(key)), None)
        if isinstance(said, str):
            return said
    return payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
