"""Sentences that go on from the last one: "and the bedroom too", "now to 30 %", "again"."""

import dataclasses
from typing import Any

from wactorz_understanding.changes import can_change, change
from wactorz_understanding.commands import interpret
from wactorz_understanding.compounds import pronouns_mean, read_commands
from wactorz_understanding.context import Mention
from wactorz_understanding.grammar import Match
from wactorz_understanding.meaning import Ambiguous, Calls, Undo
from wactorz_understanding.naming import STRIPPED
from wactorz_understanding.questions import interpret_question
from wactorz_understanding.targets import Place
from wactorz_understanding.turn import Outcome, Turn
from wactorz_understanding.wording import join_names

_LAST = "\x00last"
"""Stands for the devices of the last sentence; no person can type it."""

_PLACED = frozenset({
    "name", "area", "area_too", "floor", "label", "kind", "area_kind", "room", "room_floor", "all", "except",
    "except_too", "except_area", "except_area_too", "except_kind", "measure",
})  # fmt: skip
_TAKING_NUMBERS = frozenset(
    {"set_percent", "set_position", "set_temperature", "set_volume", "set_humidity", "set_tilt"}
)
_NUMBERS = {"climate": "set_temperature", "water_heater": "set_temperature", "media_player": "set_volume"}
_VALUES = {"value": "set_percent", "degrees": "set_temperature", "opposite": "turn_on", "opposite_off": "turn_off"}


def with_pronouns(turn: Turn) -> Turn:
    """The sentence with "it" and "them" standing for what was last named."""
    last = turn.context.last
    if last is None or not last.entity_ids:
        return turn
    place = pronouns_mean(turn.place, turn.text, last.entity_ids)
    if place is turn.place:
        return turn
    return turn.within(dataclasses.replace(place, said={**place.said, **turn.place.said}))


def read_pronouns(turn: Turn) -> Outcome | None:
    """Read the sentence as commands for what was last named; what it opens must have been named just before."""
    last, said = turn.context.last, with_pronouns(turn)
    if last is None or said is turn:
        return None
    reading = read_commands(turn.text, turn.grammar, said.place)
    return said.do(reading, named=False, sure=last.named and last.fresh) if reading is not None else None


def read_followup(turn: Turn) -> Outcome | None:
    """Read the sentence as going on from the last one; None when it does not."""
    last = turn.context.last
    matches = turn.grammar.read("followups", turn.text)
    if any(match.intent == "undo" for match in matches) and not turn.asked:
        return _undo(last, turn)
    if last is None:
        return None
    for match in matches:
        outcome = _go_on(match, last, turn)
        if outcome is not None:
            return outcome
    return None


def _go_on(match: Match, last: Mention, turn: Turn) -> Outcome | None:
    if last.kind == "question":
        return _ask_of(match, last, turn) if match.intent in {"question", "also"} else None
    if turn.asked:
        return None
    if match.intent in {"also", "instead"}:
        return _same(match, last, turn) if match.intent == "also" else _instead(match, last, turn)
    if match.intent == "repeat":
        return _with_value(Match(last.verb, last.slots), last.verb, last, turn) if last.kind == "calls" else None
    verb = _value_verb(match, last)
    return _with_value(match, verb, last, turn) if verb else None


def _value_verb(match: Match, last: Mention) -> str:
    """What a value that is said alone sets; empty when none is said, and a bare number goes on from nothing older."""
    if match.intent == "number" and not last.fresh:
        return ""
    if match.intent == "number":
        domain = last.entity_ids[0].partition(".")[0] if last.entity_ids else ""
        return last.verb if last.verb in _TAKING_NUMBERS else _NUMBERS.get(domain, "set_percent")
    if match.intent == "color":
        return "set_color" if "color" in match.slots else "set_white"
    return _VALUES.get(match.intent, "")


def _with_value(match: Match, verb: str, last: Mention, turn: Turn) -> Outcome | None:
    """The last devices with another value, or once more."""
    place = dataclasses.replace(turn.place, said={_LAST: last.entity_ids})
    values = {key: value for key, value in match.slots.items() if key not in _PLACED}
    reading = interpret(Match(verb, {**values, "name": _LAST}), verb, place)
    if reading is None and verb == "set_percent":
        verb = "set_volume"
        reading = interpret(Match(verb, {**values, "name": _LAST}), verb, place)
    return turn.do(reading, named=False, sure=False) if reading is not None else None


def _same(match: Match, last: Mention, turn: Turn) -> Outcome | None:
    """The last command for other devices."""
    values = {key: value for key, value in last.slots.items() if key not in _PLACED}
    for slots in _other_targets(match, last, turn.place):
        merged = Match(last.verb, {**values, **slots}, match.literal)
        if last.kind == "adjust":
            quantity = last.verb.rpartition("_")[0]
            target = turn.place.find(merged, lambda entity, quantity=quantity: can_change(quantity, entity))  # type: ignore[misc]
            outcome = change(last.verb, merged.slots, target, turn) if target else None
        else:
            reading = interpret(merged, last.verb, turn.place)
            outcome = turn.do(reading, sure=False) if reading is not None else None
        if outcome is not None:
            return outcome
    return None


def _undo(last: Mention | None, turn: Turn) -> Outcome:
    """The last command taken back; the undoing is what a further "undo" takes back."""
    answers, code = turn.place.language.answers, turn.place.language.code
    if last is None or last.kind == "question" or not last.entity_ids:
        return Outcome(Undo(entity_ids=(), text=answers["undo_nothing"], language=code), last)
    names = join_names([turn.place.names.label(e) for e in last.entity_ids], turn.place.language)
    summary = answers["undo_say"].format(names=names)
    if not last.fresh and not turn.confirmed:
        asked = Ambiguous(question=answers["do_you_mean_said"].format(text=summary), choices=())
        return Outcome(asked, None, turn.wait_for(asked).model_copy(update={"reread": True}))
    meaning = Undo(entity_ids=last.entity_ids, at=last.at, summary=summary, language=code)
    return Outcome(meaning, last.model_copy(update={"text": turn.text, "named": False, "fresh": True, "undone": True}))


def _instead(match: Match, last: Mention, turn: Turn) -> Outcome | None:
    """Another device was meant: the last command is taken back and done there."""
    outcome = _same(match, last, turn) if last.fresh else None
    if outcome is None or not isinstance(outcome.meaning, Calls) or last.undone:
        return outcome
    others = tuple(e for e in last.entity_ids if not any(e in call.entity_id for call in outcome.meaning.calls))
    if not others:
        return outcome
    then = outcome.meaning
    meaning = Undo(
        entity_ids=others, at=last.at, then=then.calls, summary=then.summary, language=turn.place.language.code
    )
    return Outcome(meaning, outcome.mention)


def _other_targets(match: Match, last: Mention, place: Place) -> list[dict[str, Any]]:
    """What the other target may be, as slots; the first that fits is meant."""
    slots = {key: value for key, value in match.slots.items() if key in _PLACED}
    if "room" not in slots:
        return [slots]
    room = slots["room"]
    ways: list[dict[str, Any]] = []
    if "kind" in last.slots:
        ways.append({k: v for k, v in last.slots.items() if k in {"kind", "all"}} | {"area": room})
    for entity_id in last.entity_ids[:1]:
        ways += [{"name": name, "area": room} for name in _short_names(entity_id, place)]
        ways += [{"kind": f"{kind}/one", "area": room} for kind in place.language.data["kinds"]
                 if "kind" not in last.slots and place.is_kind(place.names.entities[entity_id], kind)]  # fmt: skip
    return [*ways, slots]


def _short_names(entity_id: str, place: Place) -> list[str]:
    """Names of a device without its area, which may name its twin in another area."""
    return [name for name, meant in place.names.variants.items() if meant.get(entity_id, STRIPPED + 1) <= STRIPPED]


def _ask_of(match: Match, last: Mention, turn: Turn) -> Outcome | None:
    """The last question of something else."""
    values = {key: value for key, value in last.slots.items() if key not in _PLACED}
    slots = {key: value for key, value in match.slots.items() if key in _PLACED}
    if "room" in slots:
        kept = {k: v for k, v in last.slots.items() if k in {"kind", "all"}}
        slots = {**kept, "area": slots["room"]}
    return interpret_question(Match(last.verb, {**values, **slots}), turn)
