"""What the model is told and may ask for, and the check of what it asks for; pure."""

import re
from typing import Any

from pydantic import ValidationError

from wactorz_common.briefing import DATA_RULE, data_block, relevant, words
from wactorz_common.contracts._channel import first_problem
from wactorz_common.contracts.home import House, ServiceCall
from wactorz_common.contracts.llm import Completion, ModelMessage, Tool
from wactorz_main import spawning
from wactorz_main.conversation import RECORD_RULE
from wactorz_main.intent import Intent
from wactorz_main.words import FILLER

CALL_SERVICES = "call_services"
CREATE_RULE = "create_rule"
LOOK_UP = "look_up_states"
LIST_AUTOMATIONS = "list_automations"
LOOK_UP_LIMIT = 60
MOST_CALLS = 20

_WORD_LENGTH = 3
_UNSAFE = re.compile(r"[<>]+")

_PERSONA = (
    "You are Wactorz, the assistant of a home. Answer briefly, in the language of the person. "
    "Act only through the tools, and only when the person asks for an action: a question is never a reason to act. "
    "Never say that something was done unless a tool reported it as done. "
)
_DEVICES = (
    f"Use {CALL_SERVICES} for what shall happen now, {LOOK_UP} for devices that are not listed or for fresh states. "
    "Use only entity ids that you were shown. When no device fits, say so instead of choosing a similar one. "
)
_RULES = f"Use {CREATE_RULE} for what shall happen whenever something occurs. "
_AUTOMATIONS = (
    f"Use {LIST_AUTOMATIONS} for automations that Home Assistant keeps itself. To make, change or delete one, the "
    "person types automation: with a sentence, or /automations. "
)
_CLAIM = re.compile(
    r"\b(?:i(?:'ve|'ll| have| will| am|'m)?(?: now| just)? "
    r"(?:turn|switch|set|open|clos|lock|unlock|dim|start|stopp|activat|creat|spawn|delet)(?:ed|ing)?\b|"
    r"(?:is|are) now (?:on|off|open|closed|locked|unlocked|set)\b|^done\b)",
    re.IGNORECASE,
)
_ENTITY_LIST = {"type": "array", "items": {"type": "string"}, "minItems": 1}
_CALL = {
    "type": "object",
    "properties": {
        "domain": {"type": "string"}, "service": {"type": "string"}, "entity_id": _ENTITY_LIST,
        "data": {"type": "object"},
    },
    "required": ["domain", "service", "entity_id"],
}  # fmt: skip
_CALL_TOOL = Tool(
    name=CALL_SERVICES,
    description="Make service calls of Home Assistant now, in order. Absolute services only, never toggle.",
    parameters={
        "type": "object", "required": ["calls"],
        "properties": {"calls": {"type": "array", "items": _CALL, "minItems": 1, "maxItems": MOST_CALLS}},
    },
)  # fmt: skip
_RULE_TOOL = Tool(
    name=CREATE_RULE,
    description="Propose a rule: one full sentence with trigger and action. The person is asked to approve it.",
    parameters={"type": "object", "required": ["request"], "properties": {"request": {"type": "string"}}},
)
_LOOK_UP_TOOL = Tool(
    name=LOOK_UP,
    description="Find devices by words of their name, area or kind, with their present states.",
    parameters={"type": "object", "required": ["query"], "properties": {"query": {"type": "string"}}},
)
_AUTOMATION_TOOL = Tool(
    name=LIST_AUTOMATIONS,
    description="Find Home Assistant's own automations by words of their name; an empty query lists all.",
    parameters={"type": "object", "properties": {"query": {"type": "string"}}},
)
_ROUTES: dict[Intent, tuple[str, tuple[Tool, ...]]] = {
    "ACTUATE": (_DEVICES, (_CALL_TOOL, _LOOK_UP_TOOL)),
    "HA": (_DEVICES + _AUTOMATIONS, (_CALL_TOOL, _LOOK_UP_TOOL, _AUTOMATION_TOOL)),
    "PIPELINE": (_DEVICES + _RULES, (_CALL_TOOL, _RULE_TOOL, _LOOK_UP_TOOL)),
    "OTHER": (_DEVICES + _RULES + spawning.SECTION, (_CALL_TOOL, _RULE_TOOL, _LOOK_UP_TOOL, spawning.TOOL)),
}
"""What the model is told and may use, by what a sentence is about."""


def question(
    text: str, house: House | None, history: tuple[ModelMessage, ...], *, chat_id: str, intent: Intent = "OTHER",
    blocks: tuple[str, ...] = (), show_home: bool = False, max_tokens: int = 3_000,
) -> Completion:  # fmt: skip
    """The first question to the model about a sentence; `blocks` are further data, already fenced off.

    The home is shown when the sentence is about it or names a part of it, or with `show_home`.
    """
    told, tools = _ROUTES[intent]
    about_home = house is not None and (show_home or intent in ("ACTUATE", "HA") or names_device(house, text))
    home = _home(house, text) if house is not None and about_home else ""
    content = "\n\n".join(filter(None, (*blocks, home, f"The person says: {text}")))
    return Completion(
        messages=(*history, ModelMessage(role="user", content=content)), tools=tools, max_tokens=max_tokens,
        system=_PERSONA + told + RECORD_RULE + DATA_RULE, agent="main", purpose="chat", stream_to=chat_id,
    )  # fmt: skip


def fenced(text: str) -> str:
    """A text from elsewhere, fenced off as data."""
    return f"<house_data>\n{_UNSAFE.sub(' ', text)}\n</house_data>"


def names_device(house: House, text: str) -> bool:
    """Whether a text shares a word that means something with the name of a device or area."""
    wanted = {word for word in words(text) if len(word) >= _WORD_LENGTH and word not in FILLER}
    named = [name for entity in house.entities for name in (entity.name, *entity.aliases)]
    named += [name for area in house.areas for name in (area.name, *area.aliases)]
    return any(words(name) & wanted for name in named) or any(one.entity_id in text for one in house.entities)


def _home(house: House, text: str) -> str:
    """The entities that a sentence may be about, with what can be done with them."""
    entities = relevant(house, text)
    domains = sorted({entity.domain for entity in entities} & house.services.keys())
    services = "\n".join(f"{domain}: {', '.join(house.services[domain])}" for domain in domains)
    return f"{data_block(house, entities)}\n\nServices by domain:\n{services}"


def read_calls(arguments: dict[str, Any], house: House) -> tuple[tuple[ServiceCall, ...], str]:
    """The calls that the model wants, and what is wrong with them in words it can mend; never both."""
    wanted = arguments.get("calls")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= MOST_CALLS:
        return (), f"'calls' must be a list of 1 to {MOST_CALLS} calls"
    calls: list[ServiceCall] = []
    for number, item in enumerate(wanted):
        try:
            call = ServiceCall.model_validate(_tidy(item), extra="ignore")
        except ValidationError as error:
            return (), f"call {number}: {first_problem(error)}"
        problem = _problem(call, house)
        if problem:
            return (), f"call {number}: {problem}"
        calls.append(call)
    return tuple(calls), ""


def text_argument(arguments: dict[str, Any], name: str) -> str:
    """A text that the model gave, cut to a sane length."""
    return str(arguments.get(name) or "").strip()[:2000]


def claims_action(text: str) -> bool:
    """Whether a text says that something was done."""
    return _CLAIM.search(text.strip()) is not None


def _tidy(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    tidy = dict(item)
    if isinstance(tidy.get("entity_id"), str):
        tidy["entity_id"] = [tidy["entity_id"]]
    if tidy.get("data") is None:
        tidy.pop("data", None)
    domain, dot, service = str(tidy.get("service", "")).partition(".")
    return {**tidy, "domain": domain, "service": service} if dot else tidy


def _problem(call: ServiceCall, house: House) -> str:
    known = {entity.entity_id for entity in house.entities}
    offered = house.services.get(call.domain, ())
    if call.service not in offered:
        return (
            f"there is no service {call.domain}.{call.service}; {call.domain} offers: {', '.join(offered) or 'nothing'}"
        )
    if call.service == "toggle":
        return "toggle is not allowed; choose turn_on or turn_off"
    for entity_id in call.entity_id:
        if entity_id not in known:
            near = [entity.entity_id for entity in relevant(house, entity_id.replace(".", " "), 5)]
            return f"there is no {entity_id}; nearest: {', '.join(near)}"
        if call.domain not in (entity_id.partition(".")[0], "homeassistant"):
            return f"{call.domain}.{call.service} does not work on {entity_id}"
    return ""
