"""Translation between the common language and OpenAI's Chat Completions format; pure."""

import json
from collections.abc import Iterable
from typing import Any

from wactorz_common.contracts.llm import Completion, ModelMessage, Tool
from wactorz_llm.providers.draft import AnswerDraft
from wactorz_llm.question import File, files_of

_STOP_REASONS = {
    "stop": "end_turn",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "length": "max_tokens",
    "content_filter": "refusal",
}


def parameters(request: Completion, *, own: bool, ask_tokens: bool = True) -> dict[str, Any]:
    """The body of a request; `own`: for OpenAI itself, which calls the longest answer otherwise than the others do."""
    body: dict[str, Any] = {
        "model": request.model,
        "max_completion_tokens" if own else "max_tokens": request.max_tokens,
        "messages": _messages(request),
        "stream": True,
    }
    if ask_tokens:
        body["stream_options"] = {"include_usage": True}
    if request.tools:
        body["tools"] = functions(request.tools)
    if request.force_tool:
        body["tool_choice"] = {"type": "function", "function": {"name": request.force_tool}}
    return body


def functions(tools: Iterable[Tool]) -> list[dict[str, Any]]:
    """What the model may ask for; Ollama spells it in the same way."""
    return [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": {"type": "object", "properties": {}, **tool.parameters},
            },
        }
        for tool in tools
    ]


def _messages(request: Completion) -> list[dict[str, Any]]:
    system = [{"role": "system", "content": request.system}] if request.system else []
    return [*system, *(turn for message in request.messages if (turn := _turn(message, files_of(request, message))))]


def _turn(message: ModelMessage, files: list[File]) -> dict[str, Any] | None:
    if message.role == "tool":
        return {"role": "tool", "tool_call_id": message.tool_call_id, "content": message.content}
    calls = [
        {
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": json.dumps(call.arguments, ensure_ascii=False)},
        }
        for call in message.tool_calls
    ]
    if calls:
        return {"role": message.role, "content": message.content or None, "tool_calls": calls}
    if files:
        return {"role": message.role, "content": [*map(_file, files), {"type": "text", "text": message.content}]}
    return {"role": message.role, "content": message.content} if message.content.strip() else None


def _file(file: File) -> dict[str, Any]:
    if file.is_document:
        return {"type": "file", "file": {"filename": file.name, "file_data": file.data_url}}
    return {"type": "image_url", "image_url": {"url": file.data_url}}


class OpenAIReader:
    """Feeds a draft from chunks; any chunk of the wrong shape raises ValueError or a cousin of it."""

    def __init__(self, draft: AnswerDraft) -> None:
        self._draft = draft
        self._ids: dict[int, str] = {}
        self._places: dict[int, int] = {}

    def feed(self, chunk: dict[str, Any]) -> None:
        """Take one chunk; the tokens come with the last one, after the end of the text."""
        draft = self._draft
        if not isinstance(chunk.get("choices"), list):
            raise ValueError("a chunk without choices")  # noqa: TRY004  # one kind of junk
        draft.begun = True
        draft.model = str(chunk.get("model") or draft.model)
        for choice in chunk["choices"][:1]:
            self._delta(choice.get("delta") or {})
            if choice.get("finish_reason"):
                draft.stop_reason = _STOP_REASONS.get(choice["finish_reason"], str(choice["finish_reason"]))
                draft.complete = True
        if chunk.get("usage"):
            self._count(chunk["usage"])

    def _delta(self, delta: dict[str, Any]) -> None:
        self._draft.say(delta.get("content") or delta.get("refusal") or "")
        for piece in delta.get("tool_calls") or ():
            function = piece.get("function") or {}
            key = self._place(piece.get("index"), str(piece.get("id") or ""))
            self._draft.call(
                key,
                id=str(piece.get("id") or ""),
                name=str(function.get("name") or ""),
                text=function.get("arguments") or "",
            )

    def _place(self, index: int | None, call_id: str) -> tuple[int, int]:
        """Which call a piece belongs to; some servers give every call the index 0, or none."""
        number = index or 0
        if call_id and self._ids.get(number) not in (None, call_id):
            self._places[number] = self._places.get(number, 0) + 1
        if call_id:
            self._ids[number] = call_id
        return number, self._places.get(number, 0)

    def _count(self, usage: dict[str, Any]) -> None:
        details = usage.get("prompt_tokens_details") or {}
        self._draft.tell(
            input_tokens=int(usage["prompt_tokens"]),
            output_tokens=int(usage.get("completion_tokens") or 0),
            read=int(details.get("cached_tokens") or 0),
            final=self._draft.complete,
        )
