"""Notices and tasks of a firing: placeholders filled in from what triggered it, once and safely; pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wactorz_common.comparisons import reach
from wactorz_common.contracts.chat import ChatRequest
from wactorz_common.contracts.notices import Notice
from wactorz_common.contracts.rules import NoticeAction, Rule, RuleDraft, TaskAction
from wactorz_planner.phrases import Phrases
from wactorz_planner.readings import Reading, value_of
from wactorz_planner.written import json_object

_PLACE = re.compile(r"\$(?:(\$)|(name|state)(?!\w)|payload((?:\.[\w-]+)*)(?!\w))")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")
_LONGEST_VALUE = 300
_LONGEST_TEXT = 4_000
_UNKNOWN = "unknown"


@dataclass(frozen=True)
class Cause:
    """What triggered a firing: its name, its value in words, and the message or state object."""

    name: str = ""
    state: str = ""
    payload: Any = None
    said: str = ""
    """The same as a clause: the front door is open."""


@dataclass(frozen=True)
class Handover:
    """A task for an agent, filled in."""

    agent: str
    request: ChatRequest = field(default_factory=lambda: ChatRequest(text=""))

    def to_wire(self) -> dict[str, Any]:
        """As it is kept."""
        return {"agent": self.agent, "request": self.request.to_wire()}

    @classmethod
    def from_wire(cls, kept: Mapping[str, Any]) -> "Handover":
        """Read what is kept."""
        return cls(str(kept["agent"]), ChatRequest.accept(kept["request"]))


def cause(draft: RuleDraft, topic: str, reading: Reading | None, said: Phrases) -> Cause:
    """What triggered a rule, in the words of a house; nothing where the clock did."""
    subject = topic or draft.watched
    if reading is None:
        return Cause(subject)
    trigger = draft.trigger
    name = said.name(draft.watched) if draft.watched else topic
    part = getattr(trigger, "attribute", None) or getattr(trigger, "field", None) or None
    state = value_of(reading, part)
    if topic:
        payload: Any = reading.attributes or reading.state
    else:
        payload = {"entity_id": subject, "state": reading.state, "attributes": dict(reading.attributes)}
    return Cause(name, "" if state is None else str(state), payload, said.now(draft, topic, reading))


def notices_of(rule: Rule, cause: Cause) -> tuple[Notice, ...]:
    """What people are told at a firing, in the order of the rule."""
    return tuple(_notice(rule, action, number, cause) for number, action in enumerate(rule.draft.notices, 1))


def handovers_of(rule: Rule, cause: Cause) -> tuple[Handover, ...]:
    """What agents are asked at a firing, in the order of the rule."""
    return tuple(_handover(rule, action, cause) for action in rule.draft.tasks)


def fill(text: str, cause: Cause) -> str:
    """A text with its placeholders filled in; what comes in is shortened and never read as a placeholder itself."""
    return _PLACE.sub(lambda found: "$" if found[1] else _words(_value(found, cause)), text)


def has_places(text: str) -> bool:
    """Whether anything from outside would be filled into a text."""
    return any(not found[1] for found in _PLACE.finditer(text))


def _notice(rule: Rule, action: NoticeAction, number: int, cause: Cause) -> Notice:
    text = fill(action.text, cause) if action.text else _default(rule, cause)
    return Notice(
        text=text[:_LONGEST_TEXT].strip() or rule.task[:_LONGEST_TEXT], target=action.target,
        key=rule.rule_id if number == 1 else f"{rule.rule_id}/{number}", severity=action.severity,
        cooldown_seconds=action.cooldown_seconds, quiet_hours=action.quiet_hours, edit=action.edit,
        rule_id=rule.rule_id,
    )  # fmt: skip


def _default(rule: Rule, cause: Cause) -> str:
    words = rule.summary or rule.task
    if not cause.said:
        return words
    said = _words(cause.said)
    return f"{said[:1].upper()}{said[1:]}. {words}"


def _handover(rule: Rule, action: TaskAction, cause: Cause) -> Handover:
    template = json_object(action.task)
    if template is None:
        text = fill(action.task, cause)
        payload: Any = text
    else:
        payload = _fill_object(template, cause)
        text = json.dumps(payload, ensure_ascii=False)
    request = ChatRequest(text=text, payload=payload, conversation_id=f"rule/{rule.rule_id}", user="rule")
    return Handover(action.agent, request)


def _fill_object(value: Any, cause: Cause) -> Any:
    if isinstance(value, dict):
        return {key: _fill_object(part, cause) for key, part in value.items()}
    if isinstance(value, list):
        return [_fill_object(part, cause) for part in value]
    if not isinstance(value, str):
        return value
    whole = _PLACE.fullmatch(value)
    return _value(whole, cause) if whole and not whole[1] else fill(value, cause)


def _value(found: re.Match[str], cause: Cause) -> Any:
    if found[2]:
        return cause.name if found[2] == "name" else cause.state
    path = (found[3] or "").removeprefix(".")
    return reach(cause.payload, path) if path else cause.payload


def _words(value: Any) -> str:
    if value is None:
        return _UNKNOWN
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, float):
        text = f"{value:.6g}"
    elif isinstance(value, str | int):
        text = str(value)
    else:
        text = json.dumps(value, ensure_ascii=False, default=str)
    text = _CONTROL.sub(" ", text).strip()
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."
