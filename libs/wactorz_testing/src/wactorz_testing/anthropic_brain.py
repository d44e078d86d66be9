"""The default brain of the stand-in for Anthropic: simple rules instead of a model.

The house is read from lines `entity_id | name | area | state` anywhere in the request (instructions or messages).
The sentence is the last text of the user, without such lines; where it has a line `Sentence: ...` or
`The person says: ...`, that one.
In this order:

1. The last turn holds tool results: answer with one short text, "Done." or "That did not work: ..." (when a result
   speaks of a failure, a refusal or an error).
2. `tool_choice` forces the tool `rule`: fill it in with a trigger and one action from "when A ..., B" (see `draft`),
   A with a number, with one of `SENSED` ("gets hot"), or with a state; another forced tool gets `{}`.
3. There is a tool `spawn_agent`, and the sentence asks for an agent ("make an agent called tide that counts what comes
   on custom/tide"): call it with the specification that `anthropic_agents.wanted` makes of the sentence. Where there
   are no tools, or the sentence says "as a block", the same goes into a `<spawn>` block of the text.
4. There is a tool `create_rule`, and the sentence begins like a rule (when, whenever, if, every time, as soon as):
   call it with `{"request": sentence}`.
5. There is a tool `call_services` (or `act`), and a wish is recognized: call it with
   `{"calls": [{"domain", "service", "entity_id": [...], "data": {}}]}`. A wish is either one of `VAGUE` ("too dark to
   cook", "freezing", "good night") or a plain verb (on, off, open, close, lock) with words of an entity's name or area.
6. Otherwise a short text that says what this is.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wactorz_testing.anthropic_agents import AS_BLOCK, spawn, wanted
from wactorz_testing.anthropic_replies import Answer, Reply, call

_LINE = re.compile(r"^\W*([a-z_]+\.[a-z0-9_]+)\s*\|(.*)$", re.MULTILINE)
_BLOCK = re.compile(r"<house_data>.*?</house_data>", re.DOTALL)
_MARKED = re.compile(r"^(?:sentence|request|the person says)\s*:\s*(.+)$", re.MULTILINE | re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]+")
RULE = re.compile(r"^\W*(please\s+)?(when(ever)?|if|every\s+time|as\s+soon\s+as|once)\b", re.IGNORECASE)
"""How a rule begins."""

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_FILLER = frozenset(
    {"the", "a", "an", "my", "in", "to", "of", "and", "is", "it", "s", "i", "m", "please", "can", "you", "could"}
    | {"for", "at", "so", "too", "this", "that", "very", "what", "me", "we", "am", "are"}
)
_TROUBLE = re.compile(r"fail|refus|error|not found|expired|unknown|unavailable", re.IGNORECASE)
_ACTS = ("call_services", "act")


@dataclass(frozen=True)
class Entity:
    """One line of the house."""

    entity_id: str
    words: frozenset[str]

    @property
    def domain(self) -> str:
        """The part before the dot."""
        return self.entity_id.partition(".")[0]


@dataclass(frozen=True)
class Wish:
    """What a vague sentence means: a service, the domains it fits, and words that point at the entity."""

    says: str
    service: str
    domains: tuple[str, ...]
    hints: str = ""
    everything: bool = False


VAGUE = (
    Wish(r"good\s*night|going to bed|off to bed", "turn_off", ("light",), everything=True),
    Wish(r"leaving|going out|goodbye|nobody.*home", "turn_off", ("light",), everything=True),
    Wish(r"dark.*cook|cook.*dark|see what i.*(cook|chop)", "turn_on", ("light",), "kitchen light"),
    Wish(r"dark|can.?t see|cannot see|gloomy", "turn_on", ("light",)),
    Wish(r"too bright|blinding|glaring|glare", "turn_off", ("light",)),
    Wish(r"freezing|cold|chilly|shivering", "turn_on", ("climate",), "heater heating thermostat"),
    Wish(r"boiling|hot|stuffy|sweating|warm in", "turn_on", ("climate", "fan"), "air conditioner fan"),
    Wish(r"fresh air|breeze", "turn_on", ("fan",)),
    Wish(r"noisy|quiet|silence", "turn_off", ("media_player", "fan")),
    Wish(r"music|party", "turn_on", ("media_player",)),
)
_VERBS = (
    Wish(r"\block\b", "lock", ("lock",)),
    Wish(r"\bunlock\b", "unlock", ("lock",)),
    Wish(r"\b(close|shut|lower)\b", "close_cover", ("cover",)),
    Wish(r"\b(open|raise)\b", "open_cover", ("cover",)),
    Wish(r"\b(off|stop|deactivate|kill)\b", "turn_off", ()),
    Wish(r"\b(on|start|activate|switch|turn|light)\b", "turn_on", ()),
)
SENSED = (
    (r"\b(hot|warm|boiling|stuffy)", "temperature", {"above": 27.0}),
    (r"\b(cold|freezing|chilly|cool)", "temperature", {"below": 18.0}),
    (r"\b(dark|gloomy)", "illuminance", {"below": 20.0}),
    (r"\b(humid|damp|moist)", "humidity", {"above": 65.0}),
)
"""What vague words of a rule mean: the kind of sensor, and a threshold."""

_ACTUATED = ("light", "switch", "fan", "climate", "media_player", "cover", "lock", "input_boolean", "humidifier")
_WATCHED = ("sensor", "binary_sensor", "person", *_ACTUATED)


def think(body: dict[str, Any]) -> Reply:
    """Answer a request by the rules above."""
    results = list(_tool_results(body["messages"][-1]))
    if results:
        return Answer(_closing(results))
    sentence, house = sentence_of(body), entities(body)
    choice = body.get("tool_choice") or {}
    if choice.get("type") == "tool":
        return call(choice["name"], draft(sentence, house) if choice["name"] == "rule" else {})
    names = [tool["name"] for tool in body.get("tools") or []]
    agent = wanted(sentence) if "spawn_agent" in names or not names else None
    if agent is not None:
        return spawn(agent, as_block=not names or AS_BLOCK in sentence)
    if "create_rule" in names and RULE.match(sentence):
        return call("create_rule", {"request": sentence})
    act = next((name for name in _ACTS if name in names), "")
    service_call = wish(sentence, house) if act else None
    if service_call:
        return call(act, {"calls": [service_call]})
    return Answer(
        "I am a stand-in for a language model and follow a few simple rules; that sentence fits none of them."
    )


def entities(body: dict[str, Any]) -> list[Entity]:
    """The house as the request lists it, each entity once."""
    text = "\n".join([*texts(body.get("system") or ""), *(t for m in body["messages"] for t in texts(m["content"]))])
    found: dict[str, Entity] = {}
    for entity_id, rest in _LINE.findall(text):
        columns = rest.rsplit("|", 1)[0] if "|" in rest else rest
        found.setdefault(entity_id, Entity(entity_id, frozenset(_words(f"{entity_id} {columns}"))))
    return list(found.values())


def wish(sentence: str, house: list[Entity]) -> dict[str, Any] | None:
    """One service call for a sentence, or None when no entity fits."""
    for meant in (*VAGUE, *_VERBS):
        if not re.search(meant.says, sentence, re.IGNORECASE):
            continue
        fitting = [entity for entity in house if entity.domain in (meant.domains or _ACTUATED)]
        chosen = fitting if meant.everything else _best(f"{sentence} {meant.hints}", fitting)
        if chosen:
            domain = "homeassistant" if len({entity.domain for entity in chosen}) > 1 else chosen[0].domain
            ids = [entity.entity_id for entity in chosen]
            return {"domain": domain, "service": meant.service, "entity_id": ids, "data": {}}
    return None


def draft(sentence: str, house: list[Entity]) -> dict[str, Any]:
    """The arguments of the tool `rule` for "when <entity> <goes above N | becomes STATE>, <do something>"."""
    condition, _, action = re.sub(RULE, "", sentence).partition(",")
    if not action:
        condition, _, action = condition.partition(" then ")
    service_call = wish(action, house) or {"domain": "light", "service": "turn_on", "entity_id": ["light.unknown"]}
    trigger = _sensed(condition, house) or _trigger(condition, house)
    return {"trigger": trigger, "actions": [{"data": {}, **service_call}]}


def _sensed(condition: str, house: list[Entity]) -> dict[str, Any] | None:
    for says, kind, threshold in SENSED:
        if _NUMBER.search(condition) or not re.search(says, condition, re.IGNORECASE):
            continue
        watched = _best(condition, [entity for entity in house if entity.domain == "sensor" and kind in entity.words])
        if watched:
            return {"kind": "numeric", "entity_id": watched[0].entity_id, **threshold}
    return None


def _trigger(condition: str, house: list[Entity]) -> dict[str, Any]:
    watched = _best(condition, [entity for entity in house if entity.domain in _WATCHED])
    entity_id = watched[0].entity_id if watched else "sensor.unknown"
    number = _NUMBER.search(condition)
    if number:
        below = re.search(r"below|under|less|colder|drops|falls", condition, re.IGNORECASE)
        return {"kind": "numeric", "entity_id": entity_id, "below" if below else "above": float(number[0])}
    ended = re.search(r"\b(off|closes?d?|leaves?|stops?|clears?)\b", condition, re.IGNORECASE)
    return {"kind": "state", "entity_id": entity_id, "to": "off" if ended else "on"}


def _best(sentence: str, house: list[Entity]) -> list[Entity]:
    """The entity that shares most words with the sentence, its domain not counted; a sole candidate needs none."""
    said = set(_words(sentence)) - _FILLER
    if len(house) == 1:
        return house
    shared = {entity.entity_id: len(said & (entity.words - {entity.domain})) for entity in house}
    ranked = sorted(house, key=lambda entity: (-shared[entity.entity_id], len(entity.words), entity.entity_id))
    return ranked[:1] if ranked and shared[ranked[0].entity_id] else []


def _closing(results: list[str]) -> str:
    trouble = next((result for result in results if _TROUBLE.search(result)), "")
    return f"That did not work: {trouble[:200]}" if trouble else "Done."


def sentence_of(body: dict[str, Any]) -> str:
    """What the person says."""
    users = [turn for turn in body["messages"] if turn["role"] == "user"]
    text = next(reversed(list(texts(users[-1]["content"]))), "") if users else ""
    marked = _MARKED.search(text)
    return marked[1].strip() if marked else _LINE.sub("", _BLOCK.sub("", text)).strip()


def texts(content: Any) -> Iterator[str]:
    """The texts of a system prompt or of the content of a message."""
    if isinstance(content, str):
        yield content
    else:
        yield from (block["text"] for block in content if block.get("type") == "text")


def _tool_results(turn: dict[str, Any]) -> Iterator[str]:
    for block in turn["content"] if isinstance(turn["content"], list) else []:
        if block.get("type") == "tool_result":
            content = block.get("content", "")
            yield content if isinstance(content, str) else json.dumps(content)


def _words(text: str) -> list[str]:
    return [word.removesuffix("s") if len(word) > 3 else word for word in _WORD.findall(text.lower())]  # noqa: PLR2004
