"""Translation between the common language and Ollama's chat format; pure."""

from typing import Any

from wactorz_common.contracts.llm import Completion, ModelMessage, ToolCall
from wactorz_llm.providers.draft import AnswerDraft, estimated_input
from wactorz_llm.providers.openai_wire import functions
from wactorz_llm.question import File, files_of

_STOP_REASONS = {"stop": "end_turn", "length": "max_tokens"}
_LARGEST_CONTEXT = 131_072


def parameters(request: Completion, context: int) -> dict[str, Any]:
    """The body of a request; a forced tool becomes a form, which models without tools fill in as well."""
    body: dict[str, Any] = {
        "model": request.model,
        "messages": _messages(request),
        "stream": True,
        "think": False,
        "options": {"num_predict": request.max_tokens, "num_ctx": _context(request, context)},
    }
    forced = next((tool for tool in request.tools if tool.name == request.force_tool), None)
    if forced is not None:
        body["format"] = {"type": "object", **forced.parameters, "title": forced.name}
        if forced.description:
            about = f"Answer with the arguments of '{forced.name}' as JSON. {forced.description}"
            body["messages"].insert(1 if request.system else 0, {"role": "system", "content": about})
    elif request.tools:
        body["tools"] = functions(request.tools)
    return body


def _context(request: Completion, usual: int) -> int:
    """Room for question and answer: Ollama cuts silently what does not fit, and loads the model again on a change."""
    needed, room = estimated_input(request) + request.max_tokens, usual
    while room < needed and room < _LARGEST_CONTEXT:
        room *= 2
    return room


def _messages(request: Completion) -> list[dict[str, Any]]:
    names = {call.id: call.name for message in request.messages for call in message.tool_calls}
    system = [{"role": "system", "content": request.system}] if request.system else []
    return [
        *system,
        *(turn for message in request.messages if (turn := _turn(message, names, files_of(request, message)))),
    ]


def _turn(message: ModelMessage, names: dict[str, str], files: list[File]) -> dict[str, Any] | None:
    if message.role == "tool":
        return {"role": "tool", "tool_name": names.get(message.tool_call_id, ""), "content": message.content}
    if message.tool_calls:
        return {"role": message.role, "content": message.content, "tool_calls": [_call(c) for c in message.tool_calls]}
    if files:
        return {"role": message.role, "content": message.content, "images": [file.base64 for file in files]}
    return {"role": message.role, "content": message.content} if message.content.strip() else None


def _call(call: ToolCall) -> dict[str, Any]:
    return {"function": {"name": call.name, "arguments": call.arguments}}


class OllamaReader:
    """Feeds a draft from lines; any line of the wrong shape raises ValueError or a cousin of it."""

    def __init__(self, draft: AnswerDraft) -> None:
        self._draft = draft

    def feed(self, line: dict[str, Any]) -> None:
        """Take one line; the last one says `done` and carries the tokens."""
        draft, message = self._draft, line["message"]
        draft.begun = True
        draft.model = str(line.get("model") or draft.model)
        draft.say(message.get("content") or "")
        for call in message.get("tool_calls") or ():
            draft.whole_call(str(call["function"]["name"]), dict(call["function"].get("arguments") or {}))
        if line.get("done"):
            reason = str(line.get("done_reason") or "stop")
            draft.stop_reason = _STOP_REASONS.get(reason, reason)
            draft.tell(input_tokens=line.get("prompt_eval_count"), output_tokens=line.get("eval_count"))
            draft.complete = True
