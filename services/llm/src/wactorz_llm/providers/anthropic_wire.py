"""Translation between the common language and Anthropic's Messages format; pure."""

from typing import Any

from wactorz_common.contracts.llm import Completion, ModelMessage
from wactorz_llm.providers.draft import BYTES_PER_TOKEN, AnswerDraft, estimated_input
from wactorz_llm.question import File, file_tokens, files_of

_CACHED_FROM = 1024
"""Tokens from which the provider keeps a prefix."""
_CACHE = {"type": "ephemeral"}


def parameters(request: Completion) -> dict[str, Any]:
    """The body of a request; instructions and tools that are long enough are marked to be kept by the provider."""
    body: dict[str, Any] = {
        "model": request.model,
        "max_tokens": request.max_tokens,
        "messages": _turns(request),
        "stream": True,
    }
    said = sum(len(message.content.encode()) for message in request.messages) // BYTES_PER_TOKEN
    fixed = estimated_input(request) - file_tokens(request) - said
    kept = {"cache_control": _CACHE} if fixed >= _CACHED_FROM else {}
    if request.system:
        body["system"] = [{"type": "text", "text": request.system, **kept}] if kept else request.system
    if request.tools:
        body["tools"] = [
            {
                "name": tool.name,
                "description": tool.description,
                "input_schema": {"type": "object", **tool.parameters},
            }
            for tool in request.tools
        ]
        body["tools"][-1].update(kept)
    if request.force_tool:
        body["tool_choice"] = {"type": "tool", "name": request.force_tool}
    return body


def _turns(request: Completion) -> list[dict[str, Any]]:
    """Turns that alternate: tool results belong to the user, and neighbors of one role are joined."""
    turns: list[dict[str, Any]] = []
    for message in request.messages:
        blocks = [*map(_file, files_of(request, message)), *_blocks(message)]
        role = "assistant" if message.role == "assistant" else "user"
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"].extend(blocks)
        elif blocks:
            turns.append({"role": role, "content": blocks})
    return turns


def _blocks(message: ModelMessage) -> list[dict[str, Any]]:
    if message.role == "tool":
        return [{"type": "tool_result", "tool_use_id": message.tool_call_id, "content": message.content}]
    text = [{"type": "text", "text": message.content}] if message.content.strip() else []
    calls = [
        {"type": "tool_use", "id": call.id, "name": call.name, "input": call.arguments} for call in message.tool_calls
    ]
    return [*text, *calls]


def _file(file: File) -> dict[str, Any]:
    source = {"type": "base64", "media_type": file.media_type, "data": file.base64}
    if file.is_document:
        return {"type": "document", "source": source, "title": file.name}
    return {"type": "image", "source": source}


class AnthropicReader:
    """Feeds a draft from stream events; any event of the wrong shape raises ValueError or a cousin of it."""

    def __init__(self, draft: AnswerDraft) -> None:
        self._draft = draft
        self._usage: dict[str, int] = {}

    def feed(self, event: dict[str, Any]) -> None:
        """Take one event; kinds that are not known are skipped."""
        kind, draft = event["type"], self._draft
        draft.begun = True
        if kind == "message_start":
            draft.model = str(event["message"]["model"])
            self._count(event["message"]["usage"], final=False)
        elif kind == "content_block_start":
            self._start(int(event["index"]), event["content_block"])
        elif kind == "content_block_delta":
            self._delta(int(event["index"]), event["delta"])
        elif kind == "message_delta":
            draft.stop_reason = str(event["delta"].get("stop_reason") or "")
            self._count(event["usage"], final=True)
        elif kind == "message_stop":
            draft.complete = True

    def _start(self, index: int, block: dict[str, Any]) -> None:
        if block["type"] == "tool_use":
            self._draft.call(index, id=str(block["id"]), name=str(block["name"]))
        elif block["type"] == "text":
            self._draft.say(block.get("text") or "")

    def _delta(self, index: int, delta: dict[str, Any]) -> None:
        if delta["type"] == "text_delta":
            self._draft.say(delta["text"])
        elif delta["type"] == "input_json_delta":
            self._draft.call(index, text=delta["partial_json"])

    def _count(self, usage: dict[str, Any], *, final: bool) -> None:
        """The provider counts cached input apart, we do not."""
        for name, value in usage.items():
            if isinstance(value, int) and value >= 0:
                self._usage[name] = value
        read, write = self._usage.get("cache_read_input_tokens", 0), self._usage.get("cache_creation_input_tokens", 0)
        self._draft.tell(
            input_tokens=self._usage.get("input_tokens", 0) + read + write,
            output_tokens=self._usage.get("output_tokens", 0),
            read=read,
            write=write,
            final=final,
        )
