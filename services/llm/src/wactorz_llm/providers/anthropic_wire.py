"""Translation between the common language and Anthropic's Messages format; pure."""

import json
from typing import Any

from wactorz_common.contracts.llm import Completion, ModelMessage, ToolCall
from wactorz_llm.provider import OnPiece, ProviderAnswer, TokenUsage


def parameters(request: Completion) -> dict[str, Any]:
    """The body of a request."""
    body: dict[str, Any] = {
        "model": request.model,
        "max_tokens": request.max_tokens,
        "messages": _turns(request.messages),
        "stream": True,
    }
    if request.system:
        body["system"] = request.system
    if request.tools:
        body["tools"] = [
            {
                "name": tool.name,
                "description": tool.description,
                "input_schema": {"type": "object", **tool.parameters},
            }
            for tool in request.tools
        ]
    if request.force_tool:
        body["tool_choice"] = {"type": "tool", "name": request.force_tool}
    return body


def _turns(messages: tuple[ModelMessage, ...]) -> list[dict[str, Any]]:
    """Turns that alternate: tool results belong to the user, and neighbors of one role are joined."""
    turns: list[dict[str, Any]] = []
    for message in messages:
        blocks = _blocks(message)
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


class AnswerReader:
    """Puts an answer together from stream events; any event of the wrong shape raises ValueError or a cousin of it."""

    def __init__(self, on_piece: OnPiece) -> None:
        self._on_piece = on_piece
        self._blocks: dict[int, dict[str, Any]] = {}
        self._usage: dict[str, int] = {}
        self._model = ""
        self._stop_reason = ""
        self.complete = False

    @property
    def usage(self) -> TokenUsage:
        """Tokens reported so far; the provider counts cached input apart, we do not."""
        read, write = self._usage.get("cache_read_input_tokens", 0), self._usage.get("cache_creation_input_tokens", 0)
        return TokenUsage(
            input_tokens=self._usage.get("input_tokens", 0) + read + write,
            output_tokens=self._usage.get("output_tokens", 0),
            cache_read_tokens=read,
            cache_write_tokens=write,
        )

    def feed(self, event: dict[str, Any]) -> None:
        """Take one event; kinds that are not known are skipped."""
        kind = event["type"]
        if kind == "message_start":
            self._model = str(event["message"]["model"])
            self._count(event["message"]["usage"])
        elif kind == "content_block_start":
            self._blocks[int(event["index"])] = {**event["content_block"], "text": "", "json": ""}
            self._text(int(event["index"]), event["content_block"].get("text") or "")
        elif kind == "content_block_delta":
            self._delta(int(event["index"]), event["delta"])
        elif kind == "message_delta":
            self._stop_reason = str(event["delta"].get("stop_reason") or "")
            self._count(event["usage"])
        elif kind == "message_stop":
            self.complete = True

    def answer(self) -> ProviderAnswer:
        """The whole answer; ValueError when a tool call's arguments are not a JSON object."""
        blocks = [self._blocks[index] for index in sorted(self._blocks)]
        return ProviderAnswer(
            text="".join(block["text"] for block in blocks),
            model=self._model,
            tool_calls=tuple(_tool_call(block) for block in blocks if block["type"] == "tool_use"),
            usage=self.usage,
            stop_reason=self._stop_reason,
        )

    @property
    def cut_by_length(self) -> bool:
        """Whether the answer reached the longest length that was allowed."""
        return self._stop_reason == "max_tokens"

    def _delta(self, index: int, delta: dict[str, Any]) -> None:
        if delta["type"] == "text_delta":
            self._text(index, delta["text"])
        elif delta["type"] == "input_json_delta":
            self._blocks[index]["json"] += delta["partial_json"]

    def _text(self, index: int, text: str) -> None:
        self._blocks[index]["text"] += text
        if text:
            self._on_piece(text)

    def _count(self, usage: dict[str, Any]) -> None:
        for name, value in usage.items():
            if isinstance(value, int) and value >= 0:
                self._usage[name] = value


def _tool_call(block: dict[str, Any]) -> ToolCall:
    arguments = json.loads(block["json"]) if block["json"] else block.get("input") or {}
    if not isinstance(arguments, dict):
        raise ValueError("the arguments of a tool call are not an object")  # noqa: TRY004  # one kind of junk
    return ToolCall(id=str(block["id"]), name=str(block["name"]), arguments=arguments)
