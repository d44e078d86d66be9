"""Code that could not be loaded or set up is offered to the model, at most twice."""

import difflib
import re
from typing import TYPE_CHECKING

from wactorz_common.contracts.llm import ModelMessage
from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.errors import ContractError
from wactorz_dynamic_agent import checks
from wactorz_dynamic_agent.errors import CodeFailed
from wactorz_dynamic_agent.operations import ask_model

if TYPE_CHECKING:
    from wactorz_dynamic_agent.agent import DynamicAgent

MOST_REPAIRS = 2

_SECONDS = 90.0
_FENCE = re.compile(r"```(?:python)?\s*\n(.*?)```", re.DOTALL)
_SYSTEM = (
    "You mend the Python code of an agent. It has the functions setup(agent), process(agent), handle_task(agent, "
    "payload) or cleanup(agent), all async and none required, and reaches the world through `agent` only: publish, "
    "subscribe, window, persist, recall, send_to, mqtt_get, log, alert, http, llm. Change as little as possible. "
    "Answer with the whole code in one fenced block and nothing else."
)


def is_allowed(spec: SpawnSpec, done: int) -> bool:
    """Whether the model may be asked: with the agent's own right to do so, and its creator's leave."""
    wanted = (spec.model_extra or {}).get("repair", bool(spec.proposed_by))
    return bool(wanted) and spec.grants.model and done < MOST_REPAIRS


async def mend(agent: "DynamicAgent", code: str, error: CodeFailed) -> str:
    """Other code from the model; logged as a difference. Raises what keeps it from being used."""
    trouble = str(error.context.get("traceback") or error)
    question = ModelMessage(role="user", content=f"The code:\n```python\n{code}\n```\nIt fails:\n{trouble}")
    answer = await ask_model(agent, (question,), _SYSTEM, "repair", _SECONDS)
    mended = code_of(answer["text"])
    if mended.strip() == code.strip():
        raise ContractError("the model did not change anything")
    problems = checks.problems_of(mended, has_packages=bool(agent.spec.install))
    if problems:
        raise ContractError(f"the model's code is no better: {problems[0]}")
    agent.log.warning("code was repaired", difference=difference(code, mended))
    return mended


def code_of(text: str) -> str:
    """The code in a model's answer."""
    found = _FENCE.search(text)
    return (found[1] if found else text).strip() + "\n"


def difference(before: str, after: str) -> str:
    """What has changed, as a unified diff."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "before", "after", lineterm="")
    return "\n".join(lines)
