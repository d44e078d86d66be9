"""Rules as files of YAML that people read and write; pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from wactorz_common.contracts._channel import first_problem
from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.rules import (
    Condition,
    DetectionTrigger,
    Hours,
    IntervalTrigger,
    MqttTrigger,
    NoticeAction,
    NumericTrigger,
    Rule,
    RuleDraft,
    StateTrigger,
    SunTrigger,
    TaskAction,
    TimeTrigger,
    Window,
)
from wactorz_planner import yaml_text
from wactorz_planner.german import phrase
from wactorz_planner.yaml_text import Part, YamlProblem

MOST_RULES = 5_000
"""Documents of one file."""

_OPERATORS = {"eq": "is", "ne": "not", "gt": "above", "lt": "below", "gte": "at_least", "lte": "at_most", "any": "any"}
_KEYS = {key: operator for operator, key in _OPERATORS.items()}
_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86_400, "day": 86_400, "days": 86_400}
_SPAN = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*([a-z]+)\s*$")
_WINDOWS = frozenset(Window.model_fields["function"].annotation.__args__)  # type: ignore[union-attr]  # a Literal
_TRIGGERS: dict[str, tuple[type[BaseModel], str, dict[str, str]]] = {
    "state": (StateTrigger, "entity_id", {"to": "to", "for": "for_seconds"}),
    "numeric": (NumericTrigger, "entity_id", {
        "attribute": "attribute", "above": "above", "below": "below", "for": "for_seconds", "hysteresis": "hysteresis",
    }),
    "time": (TimeTrigger, "at", {"days": "weekdays"}),
    "sun": (SunTrigger, "event", {"offset": "offset_seconds"}),
    "every": (IntervalTrigger, "seconds", {}),
    "mqtt": (MqttTrigger, "topic", {"field": "field", "for": "for_seconds"}),
    "detection": (DetectionTrigger, "target", {"camera": "camera", "gone": "gone"}),
}  # fmt: skip
_ACTIONS: dict[str, tuple[type[BaseModel], str, dict[str, str]]] = {
    "call": (ServiceCall, "", {"entities": "entity_id", "data": "data"}),
    "notify": (NoticeAction, "target", {
        "text": "text", "severity": "severity", "cooldown": "cooldown_seconds", "quiet_hours": "quiet_hours",
        "edit": "edit",
    }),
    "ask": (TaskAction, "agent", {"task": "task"}),
}  # fmt: skip
_SECONDS = frozenset({"for_seconds", "offset_seconds", "seconds", "cooldown_seconds"})
_TOP = ("rule", "id", "status", "when", "if", "do", "hours", "cooldown", "keep_for", "missed", "fires_if_already_true")


@dataclass(frozen=True)
class RuleDocument:
    """One rule of a file: the sentence, the id that it had, and what it says."""

    task: str
    rule_id: str
    draft: RuleDraft
    paused: bool = False
    line: int = 1


def write_rules(rules: list[Rule]) -> str:
    """Rules as one file."""
    return yaml_text.write([_document(rule) for rule in rules])


def write_draft(draft: RuleDraft, task: str = "", rule_id: str = "") -> str:
    """One rule as a file."""
    head = {key: value for key, value in (("rule", task), ("id", rule_id)) if value}
    return yaml_text.write([head | _draft(draft)])


def read_rules(text: str) -> Iterator[RuleDocument | YamlProblem]:
    """The rules of a file, in order; each that cannot be taken is a problem that names its line."""
    for number, document in enumerate(yaml_text.documents(text), 1):
        if number > MOST_RULES:
            yield YamlProblem(phrase("A file holds at most {MOST_RULES} rules.", MOST_RULES=MOST_RULES))
            return
        if isinstance(document, YamlProblem):
            yield document
        elif document.value is not None:
            try:
                yield _read(document)
            except YamlProblem as problem:
                yield problem


# -- writing ----------------------------------------------------------------------------------------------------


def _document(rule: Rule) -> dict[str, Any]:
    status = {"status": "paused"} if rule.status == "paused" and rule.paused_by == "person" else {}
    return {"rule": rule.task, "id": rule.rule_id, **status, **_draft(rule.draft)}


def _draft(draft: RuleDraft) -> dict[str, Any]:
    plain = RuleDraft(trigger=draft.trigger)
    document: dict[str, Any] = {"when": _trigger(draft)}
    if draft.conditions:
        document["if"] = [_condition(condition) for condition in draft.conditions]
    document["do"] = [
        *({"call": f"{call.domain}.{call.service}", **_fields(call, "call")} for call in draft.actions),
        *({"notify": notice.target, **_fields(notice, "notify")} for notice in draft.notices),
        *({"ask": task.agent, "task": task.task} for task in draft.tasks),
    ]
    if draft.hours is not None:
        names = (("from", draft.hours.start), ("to", draft.hours.end), ("days", list(draft.hours.weekdays)))
        document["hours"] = {key: value for key, value in names if value}
    if draft.cooldown_seconds != plain.cooldown_seconds:
        document["cooldown"] = _span(draft.cooldown_seconds)
    if draft.min_on_seconds:
        document["keep_for"] = _span(draft.min_on_seconds)
    if draft.missed != plain.missed:
        document["missed"] = draft.missed
    if draft.fires_if_already_true:
        document["fires_if_already_true"] = True
    return document


def _trigger(draft: RuleDraft) -> dict[str, Any]:
    trigger = draft.trigger
    kind = "every" if isinstance(trigger, IntervalTrigger) else trigger.kind
    _, main, _ = _TRIGGERS[kind]
    value = getattr(trigger, main)
    document = {kind: _span(value) if main in _SECONDS else value, **_of(trigger, _TRIGGERS[kind][2])}
    if isinstance(trigger, MqttTrigger):
        if trigger.operator != "any" or trigger.value is not None:
            document[_OPERATORS[trigger.operator]] = _plain(trigger.value)
        if trigger.window is not None:
            window = {trigger.window.function: _span(trigger.window.seconds)}
            more = {"event": trigger.window.event, "tolerance": trigger.window.tolerance}
            document["window"] = window | {key: _plain(value) for key, value in more.items() if value is not None}
    return document


def _condition(condition: Condition) -> dict[str, Any]:
    named = {"entity": condition.entity_id, "topic": condition.topic, "field": condition.field}
    document: dict[str, Any] = {key: value for key, value in named.items() if value}
    if condition.attribute is not None:
        document["attribute"] = condition.attribute
    return document | {_OPERATORS[condition.operator]: _plain(condition.value)}


def _fields(action: BaseModel, kind: str) -> dict[str, Any]:
    return _of(action, _ACTIONS[kind][2])


def _of(model: BaseModel, keys: Mapping[str, str]) -> dict[str, Any]:
    """The fields that are not as usual, under the names that people read."""
    document = {}
    for key, name in keys.items():
        value, usual = getattr(model, name), type(model).model_fields[name]
        if usual.is_required() or value != usual.get_default(call_default_factory=True):
            document[key] = _span(value) if name in _SECONDS else _plain(value)
    return document


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value  # noqa: PLR2004


def _span(seconds: float) -> Any:
    for unit in ("h", "min"):
        if seconds and seconds % _UNITS[unit] == 0 and abs(seconds) < 1e9:  # noqa: PLR2004  # beyond it is no figure
            return f"{int(seconds // _UNITS[unit])} {unit}"
    return f"{_plain(seconds)} s" if float(seconds).is_integer() else seconds


# -- reading ----------------------------------------------------------------------------------------------------


def _read(document: Part) -> RuleDocument:
    body = _mapping(document, _TOP)
    if "when" not in body or "do" not in body:
        raise YamlProblem(phrase("line {line}: a rule needs `when` and `do`", line=document.line))
    do = [_model(*_action(part)) for part in _list(document.parts["do"])]
    values: dict[str, Any] = {
        "trigger": _read_trigger(document.parts["when"]),
        "conditions": tuple(_read_condition(part) for part in _list(document.parts["if"])) if "if" in body else (),
        "actions": tuple(one for one in do if isinstance(one, ServiceCall)),
        "notices": tuple(one for one in do if isinstance(one, NoticeAction)),
        "tasks": tuple(one for one in do if isinstance(one, TaskAction)),
    }
    if "hours" in body:
        values["hours"] = _read_hours(document.parts["hours"])
    for key, name in (("cooldown", "cooldown_seconds"), ("keep_for", "min_on_seconds")):
        if key in body:
            values[name] = _seconds(document.parts[key])
    for key in ("missed", "fires_if_already_true"):
        if key in body:
            values[key] = body[key]
    draft: RuleDraft = _model(RuleDraft, values, document)
    return RuleDocument(
        _text(document, "rule"), _text(document, "id"), draft, _text(document, "status") == "paused", document.line
    )


def _read_trigger(part: Part) -> Any:
    kind = _kind(part, _TRIGGERS, "a trigger")
    model, main, keys = _TRIGGERS[kind]
    compared = tuple(_KEYS) if kind == "mqtt" else ()
    body = _mapping(part, (kind, *keys, *compared, *(("window",) if kind == "mqtt" else ())))
    values = {main: _seconds(part.parts[kind]) if main in _SECONDS else body[kind]}
    values |= {keys[key]: _field(part.parts[key], keys[key]) for key in keys if key in body}
    if kind == "mqtt":
        values |= _comparison(part, optional=True)
        if "window" in body:
            values["window"] = _read_window(part.parts["window"])
    return _model(model, values, part)


def _read_window(part: Part) -> Window:
    function = _kind(part, dict.fromkeys(sorted(_WINDOWS)), "a window")
    body = _mapping(part, (function, "event", "tolerance"))
    values: dict[str, Any] = {key: body[key] for key in ("event", "tolerance") if key in body}
    window: Window = _model(Window, values | {"function": function, "seconds": _seconds(part.parts[function])}, part)
    return window


def _read_condition(part: Part) -> Condition:
    body = _mapping(part, ("entity", "topic", "field", "attribute", *_KEYS))
    names = {"entity": "entity_id", "topic": "topic", "field": "field", "attribute": "attribute"}
    values = {name: body[key] for key, name in names.items() if key in body} | _comparison(part, optional=False)
    if isinstance(values.get("value"), bool):
        values["value"] = str(values["value"]).lower()
    condition: Condition = _model(Condition, values, part)
    return condition


def _read_hours(part: Part) -> Hours:
    body = _mapping(part, ("from", "to", "days"))
    names = {"from": "start", "to": "end", "days": "weekdays"}
    hours: Hours = _model(Hours, {name: body[key] for key, name in names.items() if key in body}, part)
    return hours


def _action(part: Part) -> tuple[type[BaseModel], dict[str, Any], Part]:
    kind = _kind(part, _ACTIONS, "something to do")
    model, main, keys = _ACTIONS[kind]
    body = _mapping(part, (kind, *keys))
    values = {keys[key]: _field(part.parts[key], keys[key]) for key in keys if key in body}
    if kind == "call":
        domain, dot, service = str(body[kind]).partition(".")
        if not dot:
            raise YamlProblem(
                phrase("line {line}: a call is a domain and a service, for example light.turn_on", line=part.line)
            )
        if isinstance(values.get("entity_id"), str):
            values["entity_id"] = (values["entity_id"],)
        return model, {"domain": domain, "service": service, **values}, part
    return model, {main: body[kind] or "", **values}, part


def _comparison(part: Part, *, optional: bool) -> dict[str, Any]:
    said = [key for key in _KEYS if key in part.value]
    if len(said) > 1 or (not said and not optional):
        raise YamlProblem(phrase("line {line}: name one of {KEYS}", line=part.line, KEYS=", ".join(_KEYS)))
    return {"operator": _KEYS[said[0]], "value": part.value[said[0]]} if said else {}


def _field(part: Part, name: str) -> Any:
    return _seconds(part) if name in _SECONDS else part.value


def _seconds(part: Part) -> float:
    value = part.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    found = _SPAN.match(value) if isinstance(value, str) else None
    if found is None or found[2] not in _UNITS:
        raise YamlProblem(phrase("line {line}: write a time as 90 s, 5 min or 2 h", line=part.line))
    return float(found[1]) * _UNITS[found[2]]


def _kind(part: Part, kinds: Mapping[str, Any], what: str) -> str:
    if not isinstance(part.value, dict):
        raise YamlProblem(
            phrase(
                "line {line}: {what} is written as key: value, one of {kinds}",
                line=part.line,
                what=phrase(what),
                kinds=", ".join(kinds),
            )
        )
    found = [kind for kind in kinds if kind in part.value]
    if len(found) != 1:
        raise YamlProblem(
            phrase(
                "line {line}: {what} needs one of {kinds}", line=part.line, what=phrase(what), kinds=", ".join(kinds)
            )
        )
    return found[0]


def _mapping(part: Part, known: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(part.value, dict):
        raise YamlProblem(
            phrase("line {line}: keys and values are expected here: {known}", line=part.line, known=", ".join(known))
        )
    for key in part.value:
        if key not in known:
            raise YamlProblem(
                phrase(
                    "line {line_of}: '{key}' is not known here; there are {known}",
                    line_of=part.line_of(key),
                    key=key[:60],
                    known=", ".join(known),
                )
            )
    return part.value


def _list(part: Part) -> list[Part]:
    if isinstance(part.value, list):
        return list(part.parts.values())
    if isinstance(part.value, dict):
        return [part]
    raise YamlProblem(phrase("line {line}: a list is expected here, each entry with a dash", line=part.line))


def _text(part: Part, key: str) -> str:
    value = part.value.get(key)
    return "" if value is None else str(value)


def _model(model: type[BaseModel], values: dict[str, Any], part: Part) -> Any:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise YamlProblem(
            phrase("line {line}: {first_problem}", line=part.line, first_problem=first_problem(error))
        ) from error
