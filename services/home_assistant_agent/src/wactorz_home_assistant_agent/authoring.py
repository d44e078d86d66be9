"""An automation from a sentence by a model: what it is asked, and what its answer means."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from wactorz_common.briefing import DATA_RULE, LIMIT, data_block, relevant, repair_question
from wactorz_common.contracts.home import House
from wactorz_common.contracts.llm import Completion, CompletionResult, ModelMessage, Tool, ToolCall
from wactorz_common.errors import Refused
from wactorz_home_assistant_agent.configs import SECTIONS, Config, dump, listed, normal
from wactorz_home_assistant_agent.german import phrase

TOOL = "automation"
ROUNDS = 3
"""How often the model may try: the first answer and its repairs."""

LONGEST_CONFIG = 5000
"""Characters of YAML of an automation that is to be changed."""

_KEYS = frozenset({"alias", "description", *SECTIONS, "mode"})
_MODES = frozenset({"single", "restart", "queued", "parallel"})
_MOST_STEPS = 20
_NO_MODEL = (
    "I could not read that as an automation, and no model is configured that could. Say it in plainer words without "
    "@home-assistant-agent, for example: make a Home Assistant automation: every day at 7 turn on the hall light."
)
_SYSTEM = (
    "You turn one sentence of a person into one Home Assistant automation by calling the tool `automation`. "
    "Use only entity ids from the list and only actions from the list. Name entities in target.entity_id, never areas "
    "or devices. Never use toggle. Write triggers as {trigger: state|numeric_state|time|sun|time_pattern, ...}, "
    "conditions as {condition: state|numeric_state|time|sun|and|or|not, ...}, actions as "
    "{action: domain.service, target: {entity_id: [...]}, data: {...}} or {delay: HH:MM:SS}. No templates. "
    "When the sentence cannot be done with the listed entities, call the tool with empty actions and say in "
    "description what is missing. " + DATA_RULE
)

Ask = Callable[[Completion], Awaitable[CompletionResult]]
Check = Callable[[Config], Awaitable[None]]
"""Raises Refused when the house or Home Assistant has something against a configuration."""


@dataclass(frozen=True)
class Written:
    """What a model made of a sentence."""

    config: Config
    source: Literal["local", "cloud"]
    cost_usd: float


async def write_config(ask: Ask, check: Check, task: str, house: House, now: Config | None = None) -> Written:
    """Let a model write an automation, or change `now`; what does not fit goes back to it. Refused when it cannot."""
    question, cost, problem = first_question(task, house, now), 0.0, ""
    for _ in range(ROUNDS):
        answer = await ask(question)
        cost += answer.cost_usd
        if not answer.available:
            raise Refused(phrase(_NO_MODEL))
        call, config, problem = read_answer(answer)
        if config is not None:
            try:
                await check(config)
            except Refused as error:
                problem = str(error)
            else:
                return Written(config, "local" if answer.provider == "ollama" else "cloud", cost)
        if call is None:
            break
        question = repair_question(question, answer, call, problem)
    raise Refused(phrase("I could not make an automation of that: {problem}", problem=problem))


def first_question(task: str, house: House, now: Config | None = None) -> Completion:
    """The question that asks a model for an automation; small, whatever the size of the house."""
    entities = relevant(house, f"{task} {dump(now)}" if now else task, LIMIT)
    domains = sorted({entity.domain for entity in entities} | {"notify"})
    actions = "\n".join(
        f"{domain}: {', '.join(sorted(house.services[domain])[:30])}" for domain in domains if domain in house.services
    )
    present = ""
    if now is not None:
        text = dump(now)
        if len(text) > LONGEST_CONFIG:
            raise Refused(
                phrase("That automation is too long for a model to change; change it in Home Assistant itself.")
            )
        present = f"\n\nThe automation as it is now:\n<house_data>\n{text.replace('<', ' ')}</house_data>"
    content = f"Sentence: {task}{present}\n\nActions by domain:\n{actions}\n\n{data_block(house, entities)}"
    return Completion(
        messages=(ModelMessage(role="user", content=content),), system=_SYSTEM, tools=(_tool(),), force_tool=TOOL,
        max_tokens=1500, agent="home-assistant-agent", purpose="automation",
    )  # fmt: skip


def read_answer(answer: CompletionResult) -> tuple[ToolCall | None, Config | None, str]:
    """The tool call, the configuration in it, and what is wrong when there is none."""
    call = next((call for call in answer.tool_calls if call.name == TOOL), None)
    if call is None:
        return None, None, phrase("the model did not write one")
    said = call.arguments
    problem = _problem(said)
    if problem:
        return call, None, problem
    kept = {key: value for key, value in said.items() if key in _KEYS}
    return call, normal({"mode": "single", **kept}), ""


def _problem(said: dict[str, Any]) -> str:
    unknown = sorted(set(said) - _KEYS)
    if unknown:
        return phrase("there is no {unknown} in an automation", unknown=", ".join(unknown))
    if not isinstance(said.get("alias"), str) or not said["alias"].strip():
        return phrase("alias must be its name")
    if said.get("mode", "single") not in _MODES:
        return phrase("mode must be one of {MODES}", MODES=", ".join(sorted(_MODES)))
    for section in SECTIONS:
        parts = listed(said.get(section))
        if len(parts) > _MOST_STEPS or not all(isinstance(part, dict) for part in parts):
            return phrase(
                "{section} must be a list of at most {MOST_STEPS} objects", section=section, MOST_STEPS=_MOST_STEPS
            )
    if not said.get("actions"):
        return str(said.get("description") or phrase("it does nothing"))
    return phrase("it has a template, which is not allowed") if "{{" in str(said) or "{%" in str(said) else ""


def _tool() -> Tool:
    parts = {"type": "array", "items": {"type": "object"}}
    schema = {
        "type": "object", "required": ["alias", "triggers", "actions"],
        "properties": {
            "alias": {"type": "string", "description": "Short name"}, "description": {"type": "string"},
            "triggers": parts, "conditions": parts, "actions": parts,
            "mode": {"type": "string", "enum": sorted(_MODES)},
        },
    }  # fmt: skip
    return Tool(name=TOOL, description="The automation that the sentence asks for", parameters=schema)
