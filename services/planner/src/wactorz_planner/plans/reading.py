"""A model's answer read as steps, with patience; pure."""

import json
import re
from typing import Any

from pydantic import ValidationError

from wactorz_common.contracts._channel import first_problem
from wactorz_common.contracts.llm import CompletionResult, ToolCall
from wactorz_common.contracts.plans import PlanStep
from wactorz_planner.german import phrase

TOOL = "plan"
MOST_STEPS = 20

_BAD_BACKSLASH = re.compile(r"\\(?![\"\\/bfnrt]|u[0-9a-fA-F]{4})")
_FIELDS = frozenset({"step", "agent", "task", "parallel", "depends_on", "spawn_config"})


def read_steps(answer: CompletionResult) -> tuple[ToolCall | None, tuple[PlanStep, ...], str]:
    """The tool call, if there was one, its steps, and what is wrong when there are none."""
    call = next((call for call in answer.tool_calls if call.name == TOOL), None)
    given = call.arguments.get("steps", call.arguments.get("plan")) if call is not None else answer.text
    if isinstance(given, str):
        given = read_array(given)
    if not isinstance(given, list) or not given:
        return call, (), phrase("'steps' must be a list with at least one step")
    if len(given) > MOST_STEPS:
        return (
            call,
            (),
            phrase("there are {given} steps: use at most {MOST_STEPS}", given=len(given), MOST_STEPS=MOST_STEPS),
        )
    return (call, *_steps(given))


def read_array(text: str) -> Any:
    """The JSON array in a text that may be fenced or padded; None when there is none."""
    begin, end = text.find("["), text.rfind("]")
    if begin < 0 or end < begin:
        return None
    cut = text[begin : end + 1]
    for attempt in (cut, _BAD_BACKSLASH.sub(r"\\\\", cut)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _steps(given: list[Any]) -> tuple[tuple[PlanStep, ...], str]:
    steps: dict[int, PlanStep] = {}
    for place, item in enumerate(given, 1):
        if not isinstance(item, dict):
            return (), phrase("step {place} is no object", place=place)
        try:
            step = PlanStep.model_validate(_tidy(item, place))
        except ValidationError as error:
            return (), phrase("step {place}: {first_problem}", place=place, first_problem=first_problem(error))
        if not step.agent or not step.task.strip():
            return (), phrase("step {place} needs an agent and a task", place=place)
        if step.step in steps:
            return (), phrase("there are two steps with the number {step}", step=step.step)
        steps[step.step] = step
    return tuple(steps[number] for number in sorted(steps)), ""


def _tidy(item: dict[str, Any], place: int) -> dict[str, Any]:
    """Repair what models often get wrong in form; states and results are not theirs to give."""
    kept = {key: value for key, value in item.items() if key in _FIELDS and value is not None}
    task = kept.get("task", item.get("payload", ""))
    needed = kept.get("depends_on", ())
    spawn = kept.get("spawn_config")
    return {
        **kept,
        "step": _number(kept.get("step", place)),
        "agent": str(kept.get("agent", "")).strip().removeprefix("@"),
        "task": task if isinstance(task, str) else json.dumps(task, ensure_ascii=False),
        "depends_on": tuple(_number(one) for one in (needed if isinstance(needed, list | tuple) else (needed,))),
        "parallel": kept.get("parallel", True) not in (False, "false", 0),
        "spawn_config": spawn if isinstance(spawn, dict) and spawn else None,
    }


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.strip().isdigit() else value
