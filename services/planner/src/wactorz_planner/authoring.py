"""A rule from a sentence by a model: what it is asked, and what its answer means."""

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from wactorz_common.briefing import DATA_RULE, LIMIT, data_block, relevant, repair_question
from wactorz_common.contracts._channel import first_problem
from wactorz_common.contracts.home import House
from wactorz_common.contracts.llm import Completion, CompletionResult, ModelMessage, Tool, ToolCall
from wactorz_common.contracts.rules import RuleDraft
from wactorz_common.contracts.topics import TopicSeen
from wactorz_planner import topic_brief
from wactorz_planner.german import phrase
from wactorz_planner.validation import problems_of

TOOL = "rule"
ROUNDS = 3
"""How often the model may try: the first answer and its repairs."""

_LONGEST_REASON = 300
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_HOUR_OF_ONE_DIGIT = re.compile(r"\d:\d")
_SYSTEM = (
    "You turn one sentence of a person into one home automation rule by calling the tool `rule`. "
    "Use only entity ids from the list and only services from the list. Never use toggle: choose turn_on or turn_off. "
    "A state trigger waits for a state, a numeric trigger for a threshold, a time trigger for a time of day (HH:MM), "
    "a sun trigger for sunrise or sunset (offset_seconds is negative before it), an interval trigger fires again and "
    "again. An mqtt trigger waits for messages on a topic of the list: `field` is a dotted path into the message, "
    "`operator` and `value` compare it, `any` fires on every message, and a window compares the mean, min, max, count, "
    "rise or fall over some seconds, or waits until nothing came (absent_for). Prefer an entity where both "
    "say the same. A detection trigger waits until a camera sees a target (camera, webcam, person, dog, ...); `camera` "
    "is the entity id of a camera in the list, or the name the person uses, or empty. "
    "`actions` are service calls for devices. To notify, tell, message or alert a person use `notices`: `target` is "
    "discord, slack, telegram or the name they use, empty if they name none; leave `text` empty unless they say what "
    "is to be told. `tasks` hand a text to an agent only when the sentence names that agent. "
    "Put further requirements into conditions, times of day at which it may act into hours. Durations are seconds. "
    "Leave out what the sentence does not ask for. If no such rule can say what the sentence asks for, or what it "
    "needs is not in the lists, give only `impossible`: one short sentence why, for the person. " + DATA_RULE
)


Source = Literal["rules", "local", "cloud"]


@dataclass(frozen=True)
class Written:
    """What a model made of a sentence: a draft that fits the house, or the reason why there is none."""

    draft: RuleDraft | None
    problem: str
    cost_usd: float = 0.0
    source: Source = "cloud"
    """Who wrote it: the grammar, or a model here or elsewhere."""


async def write_draft(
    ask: Callable[[Completion], Awaitable[CompletionResult]], task: str, house: House,
    topics: Iterable[TopicSeen] = (), conversation_id: str = "",
) -> Written:  # fmt: skip
    """Let a model fill in a rule; what does not fit the house goes back to it for repair."""
    question, cost, problem = first_question(task, house, topics, conversation_id), 0.0, ""
    for _ in range(ROUNDS):
        answer = await ask(question)
        cost += answer.cost_usd
        if not answer.available:
            problem = phrase("I could not read that as a rule, and no model is configured that could.")
            return Written(None, problem, cost)
        reason = _impossible(answer)
        if reason:
            return Written(None, phrase("I cannot make a rule of that: {reason}", reason=reason), cost)
        call, draft, problem = read_answer(answer)
        if draft is not None:
            problem = " ".join(problems_of(draft, house))
            if not problem:
                return Written(draft, "", cost, "local" if answer.local else "cloud")
        if call is None:
            break
        question = repair_question(question, answer, call, problem)
    return Written(None, phrase("I could not make a rule of that: {problem}", problem=problem), cost)


def first_question(task: str, house: House, topics: Iterable[TopicSeen] = (), conversation_id: str = "") -> Completion:
    """The question that asks a model for a rule."""
    entities = relevant(house, task, LIMIT)
    domains = {entity.domain for entity in entities} | {"homeassistant"}
    services = "\n".join(
        f"{domain}: {', '.join(names)}" for domain, names in sorted(house.services.items()) if domain in domains
    )
    content = f"Sentence: {task}\n\nServices by domain:\n{services}\n\n{data_block(house, entities)}"
    heard = topic_brief.block(topic_brief.relevant(topics, task))
    if heard:
        content = f"{content}\n\n{topic_brief.RULE}\n{heard}"
    return Completion(
        messages=(ModelMessage(role="user", content=content),), system=_SYSTEM, tools=(_tool(),), force_tool=TOOL,
        max_tokens=1500, tier="smart", agent="planner", purpose="rule", conversation_id=conversation_id,
    )  # fmt: skip


def _impossible(answer: CompletionResult) -> str:
    """Why the model says that there is no such rule; empty when it made one."""
    call = next((call for call in answer.tool_calls if call.name == TOOL), None)
    reason = call.arguments.get("impossible") if call is not None and "trigger" not in call.arguments else None
    return _UNSAFE.sub(" ", reason).strip()[:_LONGEST_REASON] if isinstance(reason, str) else ""


def read_answer(answer: CompletionResult) -> tuple[ToolCall | None, RuleDraft | None, str]:
    """The tool call, the draft in it, and what is wrong when there is no draft."""
    call = next((call for call in answer.tool_calls if call.name == TOOL), None)
    if call is None:
        return None, None, phrase("the model did not fill in a rule")
    try:
        return call, RuleDraft.model_validate(_tidy(call.arguments), extra="ignore"), ""
    except ValidationError as error:
        return call, None, first_problem(error)


def _tidy(arguments: dict[str, Any]) -> dict[str, Any]:
    """Repair what models often get wrong in form: one entity instead of a list of them, 7:00 instead of 07:00."""
    trigger, actions = arguments.get("trigger"), arguments.get("actions")
    if isinstance(trigger, dict) and _HOUR_OF_ONE_DIGIT.match(str(trigger.get("at"))):
        arguments = {**arguments, "trigger": {**trigger, "at": f"0{trigger['at']}"}}
    if not isinstance(actions, list):
        return arguments
    return {**arguments, "actions": [_tidy_action(action) for action in actions]}


def _tidy_action(action: Any) -> Any:
    if isinstance(action, dict) and isinstance(action.get("entity_id"), str):
        return {**action, "entity_id": [action["entity_id"]]}
    return action


def _tool() -> Tool:
    schema = _without_titles(RuleDraft.model_json_schema())
    schema["properties"]["impossible"] = {"type": "string", "description": "Why no rule can say it; then nothing else"}
    schema.pop("required", None)
    return Tool(name=TOOL, description="The rule that the sentence asks for", parameters=schema)


def _without_titles(schema: Any) -> Any:
    """A JSON schema without the titles that repeat its names, which only cost tokens."""
    if isinstance(schema, list):
        return [_without_titles(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _without_titles(part) for key, part in schema.items() if key != "title" or not isinstance(part, str)}
