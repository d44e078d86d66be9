"""Translation between the common language and Gemini's format; pure."""

from collections import OrderedDict
from typing import Any

from wactorz_common.contracts.llm import Completion, ModelMessage
from wactorz_llm.providers.draft import AnswerDraft, new_call_id
from wactorz_llm.question import File, files_of

_STOP_REASONS = {"STOP": "end_turn", "MAX_TOKENS": "max_tokens"}
_REFUSALS = frozenset({"SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR"})
_JUNK = frozenset({"MALFORMED_FUNCTION_CALL", "MALFORMED_RESPONSE", "UNEXPECTED_TOOL_CALL"})
_MOST_SIGNATURES = 512
_NO_SIGNATURE = b"skip_thought_signature_validator"
"""What Google documents for calls whose signature is not at hand."""


_COUNTS = (
    "prompt_token_count", "tool_use_prompt_token_count", "candidates_token_count", "thoughts_token_count",
    "cached_content_token_count",
)  # fmt: skip


class Signatures:
    """What newer models want to see again with their own calls, by call id; the oldest are forgotten."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def keep(self, call_id: str, signature: bytes) -> None:
        """Remember one."""
        self._kept[call_id] = signature
        while len(self._kept) > _MOST_SIGNATURES:
            self._kept.popitem(last=False)

    def of(self, call_id: str) -> bytes | None:
        """The signature of a call, if it is still known."""
        return self._kept.get(call_id)


def parameters(request: Completion, signatures: Signatures) -> dict[str, Any]:
    """The arguments of a request."""
    config: dict[str, Any] = {
        "max_output_tokens": request.max_tokens,
        "automatic_function_calling": {"disable": True},
        "automatic_continuation": False,
    }
    if request.system:
        config["system_instruction"] = request.system
    if request.tools:
        declared = [
            {
                "name": tool.name,
                "description": tool.description,
                "parameters_json_schema": {"type": "object", "properties": {}, **tool.parameters},
            }
            for tool in request.tools
        ]
        config["tools"] = [{"function_declarations": declared}]
    if request.force_tool:
        calling = {"mode": "ANY", "allowed_function_names": [request.force_tool]}
        config["tool_config"] = {"function_calling_config": calling}
    if _thinks_at_will(request.model):
        config["thinking_config"] = {"thinking_budget": 0}
    return {"model": request.model, "contents": _turns(request, signatures), "config": config}


def _thinks_at_will(model: str) -> bool:
    """Whether thinking can be switched off; it is paid for, and would eat up a short answer."""
    return model.removeprefix("models/").startswith("gemini-2.5-flash")


def _turns(request: Completion, signatures: Signatures) -> list[dict[str, Any]]:
    names = {call.id: call.name for message in request.messages for call in message.tool_calls}
    signed = request.model.removeprefix("models/").startswith(("gemini-1", "gemini-2")) is False
    turns: list[dict[str, Any]] = []
    for message in request.messages:
        role = "model" if message.role == "assistant" else "user"
        parts = _result(message, names) if message.role == "tool" else _said(message, signatures, signed=signed)
        parts = [*map(_file, files_of(request, message)), *parts]
        if turns and turns[-1]["role"] == role:
            turns[-1]["parts"].extend(parts)
        elif parts:
            turns.append({"role": role, "parts": parts})
    return turns


def _result(message: ModelMessage, names: dict[str, str]) -> list[dict[str, Any]]:
    name = names.get(message.tool_call_id, "")
    return [{"function_response": {"name": name, "response": {"result": message.content}}}]


def _said(message: ModelMessage, signatures: Signatures, *, signed: bool) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = [{"text": message.content}] if message.content.strip() else []
    for number, call in enumerate(message.tool_calls):
        part: dict[str, Any] = {"function_call": {"name": call.name, "args": call.arguments}}
        signature = signatures.of(call.id) or (_NO_SIGNATURE if signed and number == 0 else None)
        parts.append(part | ({"thought_signature": signature} if signature else {}))
    return parts


def _file(file: File) -> dict[str, Any]:
    return {"inline_data": {"mime_type": file.media_type, "data": file.data}}


def as_dict(chunk: Any) -> dict[str, Any]:
    """What is read of a chunk; the SDK's own dump of all its fields costs more than the rest of a call."""
    candidates = [
        {
            "content": {"parts": [_part_dict(part) for part in (one.content and one.content.parts) or ()]},
            "finish_reason": one.finish_reason,
        }
        for one in (chunk.candidates or ())[:1]
    ]
    feedback, usage = chunk.prompt_feedback, chunk.usage_metadata
    return {
        "model_version": chunk.model_version,
        "candidates": candidates,
        "prompt_feedback": {"block_reason": feedback.block_reason} if feedback else None,
        "usage_metadata": {name: getattr(usage, name) for name in _COUNTS} if usage else None,
    }


def _part_dict(part: Any) -> dict[str, Any]:
    call = part.function_call
    return {
        "text": part.text,
        "thought": part.thought,
        "thought_signature": part.thought_signature,
        "function_call": {"id": call.id, "name": call.name, "args": call.args} if call else None,
    }


class GeminiReader:
    """Feeds a draft from chunks; any chunk of the wrong shape raises ValueError or a cousin of it."""

    def __init__(self, draft: AnswerDraft, signatures: Signatures) -> None:
        self._draft = draft
        self._signatures = signatures

    def feed(self, chunk: dict[str, Any]) -> None:
        """Take one chunk; each carries the tokens so far, the last one all of them."""
        draft = self._draft
        if not any(chunk.get(name) for name in ("candidates", "usage_metadata", "prompt_feedback")):
            raise ValueError("a chunk with nothing in it")
        draft.begun = True
        draft.model = str(chunk.get("model_version") or draft.model)
        for candidate in (chunk.get("candidates") or ())[:1]:
            for part in (candidate.get("content") or {}).get("parts") or ():
                self._part(part)
            self._end(_plain(candidate.get("finish_reason")))
        if (chunk.get("prompt_feedback") or {}).get("block_reason"):
            draft.stop_reason, draft.complete = "refusal", True
        if chunk.get("usage_metadata"):
            self._count(chunk["usage_metadata"])

    def _part(self, part: dict[str, Any]) -> None:
        call = part.get("function_call")
        if call:
            call_id = str(call.get("id") or new_call_id())
            if part.get("thought_signature"):
                self._signatures.keep(call_id, part["thought_signature"])
            self._draft.whole_call(str(call["name"]), dict(call.get("args") or {}), call_id)
        elif not part.get("thought"):
            self._draft.say(part.get("text") or "")

    def _end(self, reason: str) -> None:
        if not reason or reason == "FINISH_REASON_UNSPECIFIED":
            return
        if reason in _JUNK:
            raise ValueError(f"the answer ended with {reason}")
        self._draft.stop_reason = "refusal" if reason in _REFUSALS else _STOP_REASONS.get(reason, reason.lower())
        self._draft.complete = True

    def _count(self, usage: dict[str, Any]) -> None:
        """Thoughts are output: they are paid for as such."""
        self._draft.tell(
            input_tokens=int(usage.get("prompt_token_count") or 0) + int(usage.get("tool_use_prompt_token_count") or 0),
            output_tokens=int(usage.get("candidates_token_count") or 0) + int(usage.get("thoughts_token_count") or 0),
            read=int(usage.get("cached_content_token_count") or 0),
            final=self._draft.complete,
        )


def _plain(reason: Any) -> str:
    return str(getattr(reason, "value", reason) or "")
