"""Agents that a plan would have spawned: what is taken from a model, and what they are; pure."""

import ast
import json
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

from wactorz_common.briefing import specification_fields
from wactorz_common.contracts.plans import PlanStep
from wactorz_common.contracts.spawning import Grants, SpawnSpec
from wactorz_common.errors import ContractError
from wactorz_common.standing import suffices
from wactorz_planner.german import phrase

PROPOSER = "planner"
"""Who asks: a model wants it, so what needs more than is free needs a person's yes."""

HOUSE = "home-assistant-agent"
"""As a worker: the planner itself looks devices up and has them moved, with the rights of a model."""

MODEL = ("main", "llm", "model")
"""As workers: the model answers the step itself."""

_FIELDS = (
    "type", "description", "code", "system_prompt", "poll_interval", "install", "grants", "node", "capabilities",
    "input_schema", "output_schema", "publishes", "subscribes", "triggers_when", "produces_schema", "consumes_schema",
)  # fmt: skip
_LASTING = frozenset({"subscribe", "window", "run_in_background"})


def read_spec(name: str, wanted: dict[str, Any]) -> tuple[SpawnSpec | None, str]:
    """The agent that a step brings along, or what is wrong with it in words a model can mend; never both."""
    taken = specification_fields(wanted, _FIELDS)
    if isinstance(wanted.get("config"), dict) and not taken:
        return read_spec(name, wanted["config"])
    try:
        spec = SpawnSpec.decode(json.dumps({**taken, "name": name, "_proposed_by": PROPOSER}))
    except (ContractError, ValueError, RecursionError) as error:
        return None, str(error).removeprefix(phrase("not a valid SpawnSpec: "))
    if spec.kind not in ("dynamic", "llm"):
        return (
            None,
            f"type '{spec.kind[:40]}' is not possible here: use 'dynamic' with code or 'llm' with a system_prompt",
        )
    if not spec.code.strip() and not spec.system_prompt.strip():
        return None, "give Python source as 'code', or a 'system_prompt'"
    problem = "" if spec.kind == "llm" else _problem_of_code(spec.code)
    return (None, problem) if problem else (spec, "")


def asks_for_more(spec: SpawnSpec) -> bool:
    """Whether an admin has to allow it: it needs grants or packages, or is for somebody who may start no agents."""
    return bool(spec.install) or spec.grants != Grants() or not suffices(spec.asked_by, "admin")


def is_continuous(spec: SpawnSpec) -> bool:
    """Whether the agent works by itself and takes no tasks, so that having it run is the whole step."""
    if spec.kind == "llm":
        return False
    names, calls = _outline(spec.code)
    return "handle_task" not in names and ("process" in names or bool(calls & _LASTING))


def missing(steps: Sequence[PlanStep], present: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Agents of a plan that are not here, by name, with what they would be; empty when nobody said."""
    here = {*present, *MODEL, HOUSE}
    wanted: dict[str, dict[str, Any]] = {}
    for step in steps:
        if step.agent not in here and step.status == "waiting":
            wanted[step.agent] = wanted.get(step.agent) or step.spawn_config or {}
    return wanted


def problems(steps: Sequence[PlanStep], present: Iterable[str]) -> list[str]:
    """What a model should mend about the agents of its plan, each a sentence."""
    found = []
    for name, wanted in missing(steps, present).items():
        if not wanted:
            found.append(f"There is no agent {name}: choose one that is listed, or give its spawn_config.")
            continue
        _, problem = read_spec(name, wanted)
        if problem:
            found.append(f"The spawn_config of {name} cannot be used: {problem}.")
    return found


def is_usable(steps: Sequence[PlanStep], present: Iterable[str]) -> bool:
    """Whether every agent of a kept plan lives, or could be spawned again."""
    return all(wanted for wanted in missing(steps, present).values())


def _problem_of_code(code: str) -> str:
    try:
        _parsed(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return f"'code' is no valid Python: {error}"
    return ""


def _parsed(code: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code)


def _outline(code: str) -> tuple[set[str], set[str]]:
    """Names of its functions, and of the methods of `agent` that it calls; both empty when it cannot be parsed."""
    if _problem_of_code(code):
        return set(), set()
    tree = _parsed(code)
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    calls = {node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call)
             and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)
             and node.func.value.id == "agent"}  # fmt: skip
    return names, calls
