"""Requests of Gemini's format: in the common shape, and what the real API refuses about them."""

from collections.abc import Iterator
from typing import Any

from wactorz_testing.model_replies import Failure
from wactorz_testing.openai_requests import file_block

_PLAIN_BASE64 = str.maketrans("-_", "+/")
"""The API takes both alphabets, and Google's SDK sends the one of addresses."""

_METHODS = ("streamGenerateContent", "generateContent")


def refusal(raw: Any, model: str, method: str) -> Failure | None:
    """The error the API would answer, or None for a good request."""
    if method not in _METHODS or not model.startswith("gemini-"):
        return Failure(404, "", f"models/{model} is not found for API this version, or is not supported.")
    contents = raw.get("contents") if isinstance(raw, dict) else None
    if not contents:
        return Failure(400, "", "GenerateContentRequest.contents: contents is not specified")
    problem = _contents_problem(contents, model) or _tools_problem(raw)
    return Failure(400, "", problem) if problem else None


def common_shape(raw: dict[str, Any], model: str, *, stream: bool) -> dict[str, Any]:
    """The request as Anthropic's Messages would put it."""
    numbers = iter(range(10_000))
    open_ids: list[str] = []
    turns = [
        {
            "role": "assistant" if content.get("role") == "model" else "user",
            "content": [_block(part, numbers, open_ids) for part in content["parts"]],
        }
        for content in raw["contents"]
    ]
    declared = [one for tool in raw.get("tools") or () for one in tool.get("functionDeclarations") or ()]
    body: dict[str, Any] = {
        "model": model,
        "max_tokens": (raw.get("generationConfig") or {}).get("maxOutputTokens"),
        "messages": turns,
        "stream": stream,
        "system": "\n".join(part.get("text", "") for part in (raw.get("systemInstruction") or {}).get("parts") or ()),
        "tools": [
            {
                "name": one["name"],
                "description": one.get("description", ""),
                "input_schema": _schema(one),
            }
            for one in declared
        ],
    }
    forced: list[str] = list(_calling(raw).get("allowedFunctionNames") or ())
    if _calling(raw).get("mode") == "ANY" and len(forced) == 1:
        body["tool_choice"] = {"type": "tool", "name": forced[0]}
    return body


def _schema(declared: dict[str, Any]) -> dict[str, Any]:
    """The API takes both spellings of a field, and Google's SDK sends both."""
    names = ("parametersJsonSchema", "parameters_json_schema", "parameters")
    return dict(next((declared[name] for name in names if declared.get(name)), {"type": "object"}))


def _calling(raw: dict[str, Any]) -> dict[str, Any]:
    return dict((raw.get("toolConfig") or {}).get("functionCallingConfig") or {})


def _block(part: dict[str, Any], numbers: Iterator[int], open_ids: list[str]) -> dict[str, Any]:
    """A block of a part; calls have no ids here, so results belong to calls in their order."""
    if "functionCall" in part:
        open_ids.append(f"call_{next(numbers)}")
        call = part["functionCall"]
        return {"type": "tool_use", "id": open_ids[-1], "name": call["name"], "input": call.get("args") or {}}
    if "functionResponse" in part:
        call_id = open_ids.pop(0) if open_ids else ""
        result = part["functionResponse"].get("response") or {}
        return {"type": "tool_result", "tool_use_id": call_id, "content": str(result.get("result", result))}
    if "inlineData" in part:
        blob = part["inlineData"]
        data = blob["data"].translate(_PLAIN_BASE64)
        return file_block(blob.get("mimeType") or blob["mime_type"], data)
    return {"type": "text", "text": part.get("text", "")}


def _contents_problem(contents: list[dict[str, Any]], model: str) -> str:
    calls = 0
    for index, content in enumerate(contents):
        parts = content.get("parts") or []
        if not parts:
            return f"GenerateContentRequest.contents[{index}].parts: must not be empty"
        answered = sum("functionResponse" in part for part in parts)
        if answered != calls:
            return "Please ensure that the number of function response parts is equal to the number of function calls."
        calls = sum("functionCall" in part for part in parts)
        first = next((part for part in parts if "functionCall" in part), None)
        if first is not None and model.startswith("gemini-3") and not first.get("thoughtSignature"):
            return "Function call is missing a thought_signature in functionCall parts."
    return "" if not calls else "Please ensure that function call turn comes before a function response turn."


def _tools_problem(raw: dict[str, Any]) -> str:
    declared = [one["name"] for tool in raw.get("tools") or () for one in tool.get("functionDeclarations") or ()]
    allowed = _calling(raw).get("allowedFunctionNames") or ()
    unknown = [name for name in allowed if name not in declared]
    return f"allowed_function_names contains the unknown function {unknown[0]}" if unknown else ""
