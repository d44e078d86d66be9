"""Statements about messages on a topic, which is said literally."""

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

from wactorz_common.contracts.rules import Condition, MqttTrigger, Window
from wactorz_understanding.clauses import seconds_of
from wactorz_understanding.grammar import Grammar, Match
from wactorz_understanding.literals import QUOTE, TOPIC
from wactorz_understanding.statements import LONGEST_SECONDS, Statement
from wactorz_understanding.targets import Place

_SIDES: dict[str, Literal["gt", "lt", "gte", "lte"]] = {
    "above": "gt", "below": "lt", "reach_up": "gte", "reach_down": "lte",
}  # fmt: skip
_OPPOSITES = {"gt": "lte", "lte": "gt", "lt": "gte", "gte": "lt", "eq": "ne", "ne": "eq"}
_SCALED = frozenset({"kW"})
"""Units of which a message may as well hold the smaller one."""


@dataclass(frozen=True)
class Report(Statement):
    """A message on a topic, or a comparison of what it says."""

    topic: str = ""
    field: str = ""
    operator: str = "any"
    value: str | float | bool | None = None
    window: Window | None = None

    def as_trigger(self) -> MqttTrigger | None:
        """A message begins to meet the comparison."""
        if self.negated:
            return None
        return MqttTrigger.model_validate({
            "topic": self.topic, "field": self.field, "operator": self.operator, "value": self.value,
            "window": self.window, "for_seconds": self.hold,
        })  # fmt: skip

    def as_condition(self) -> Condition | None:
        """The last message meets the comparison, or does not when negated."""
        if self.operator == "any" or self.window or not isinstance(self.value, str | float):
            return None
        operator = _OPPOSITES[self.operator] if self.negated else self.operator
        return Condition.model_validate({
            "topic": self.topic, "field": self.field, "operator": operator, "value": self.value,
        })  # fmt: skip


def read_report(text: str, grammar: Grammar, place: Place) -> Report | None:
    """Read a text that names a topic; None when it can be read in several ways."""
    if TOPIC not in text:
        return None
    found: list[Report] = []
    for match in grammar.read("reports", text):
        report = _interpret(match, place)
        if report is not None and report not in found:
            found.append(report)
    return found[0] if len(found) == 1 else None


def _interpret(match: Match, place: Place) -> Report | None:
    slots = match.slots
    hold = seconds_of(slots, "hold_count", "hold_unit", "hold_seconds")
    field = slots.get("field", "")
    if hold > LONGEST_SECONDS or field.startswith((TOPIC, QUOTE)) or place.language.no_field.match(field):
        return None
    report = Report(topic=place.literals[slots["topic"]], field=place.typed.get(field, field), hold=hold)
    if match.intent == "any_message":
        return replace(report, event=True, sudden=True)
    if match.intent == "average":
        window = Window(function="mean", seconds=seconds_of(slots, "count", "time_unit", "fixed_time"))
        report = replace(report, window=window, event=True)
    return _compared(report, slots, place)


def _compared(report: Report, slots: dict[str, Any], place: Place) -> Report | None:
    if "bound" in slots:
        if slots.get("unit") in _SCALED or not math.isfinite(float(slots["value"])):
            return None
        return replace(report, operator=_SIDES[slots["bound"]], value=float(slots["value"]))
    value = _value(slots, place)
    return None if value is None else replace(report, operator="eq", value=value)


def _value(slots: dict[str, Any], place: Place) -> str | float | bool | None:
    """What a message is compared with, as it was typed; None for a word that is none of a message."""
    if "truth" in slots:
        return bool(slots["truth"] == "true")
    if "value" in slots:
        return float(slots["value"])
    if "payload" in slots:
        return str(slots["payload"])
    said = str(slots["word"])
    if said.startswith(QUOTE):
        return place.literals[said]
    refused = place.language.no_field.match(said) or said.startswith(TOPIC)
    return None if refused else place.typed.get(said, said)
