"""Sentences that ask for something to be done now."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from wactorz_common.contracts.home import Entity, ServiceCall
from wactorz_understanding.grammar import Grammar, Match
from wactorz_understanding.naming import spellings
from wactorz_understanding.services import choose_service
from wactorz_understanding.targets import Place, Target

_MOST_PARTS = 8
_MOST_JOINED = 3
_STOCK_VERBS = {
    "HassTurnOn": {"cover": "open", "valve": "open", "lock": "lock", "button": "press", "input_button": "press"},
    "HassTurnOff": {"cover": "close", "valve": "close", "lock": "unlock"},
}
_STOCK_SLOTS = (("brightness", "value"), ("percentage", "value"), ("position", "value"), ("temperature", "value"))


@dataclass(frozen=True)
class Reading:
    """What a command sentence asks for: calls, or a target that is not clear."""

    calls: tuple[ServiceCall, ...] = ()
    unclear: Target | None = None
    how: int = 0
    literal: int = 0
    head: str = ""
    tail: str = ""


def read_commands(text: str, grammar: Grammar, place: Place) -> Reading | None:
    """Read a text as one or several commands; None unless every part of it is one."""
    single = read_command(text, grammar, place)
    if single is not None:
        return single
    parts = _split(text, place)
    if not 1 < len(parts) <= _MOST_PARTS:
        return None
    readings = _read_parts(parts, grammar, place, Reading())
    if readings is None:
        return None
    unclear = next((reading for reading in readings if reading.unclear), None)
    return unclear or Reading(calls=tuple(call for reading in readings for call in reading.calls))


def read_command(text: str, grammar: Grammar, place: Place) -> Reading | None:
    """Read a text as one command, by our own templates first and by the shared pack second."""
    readings = [r for match in grammar.read("commands", text) if (r := _interpret(match, match.intent, place))]
    if not readings:
        stock = grammar.read_stock(text, place.area_id)
        readings = [r for match in stock if (r := _interpret_stock(match, text, place))]
    if not readings:
        return None
    closest = min(reading.how for reading in readings)
    best = [reading for reading in readings if reading.how == closest]
    longest = max(reading.literal for reading in best)
    return _agree([reading for reading in best if reading.literal == longest])


def _agree(readings: list[Reading]) -> Reading:
    meant = dict.fromkeys(e for r in readings for call in r.calls for e in call.entity_id)
    same = all(reading.calls == readings[0].calls for reading in readings)
    if same or readings[0].unclear or {e for call in readings[0].calls for e in call.entity_id} == set(meant):
        return readings[0]
    return Reading(unclear=Target(tuple(meant), readings[0].how, "one"))


def _interpret(match: Match, verb: str, place: Place, slots: dict[str, Any] | None = None) -> Reading | None:
    values = match.slots if slots is None else slots

    def fits(entity: Entity) -> bool:
        chosen = choose_service(verb, entity, values)
        offered = place.names.house.services.get(entity.domain)
        return chosen is not None and (offered is None or chosen[0] in offered)

    target = place.find(match, fits)
    if target is None:
        return None
    if target.unclear:
        return Reading((), target, target.how, match.literal, match.head, match.tail)
    calls = _calls(verb, target, values, place)
    return Reading(calls, None, target.how, match.literal, match.head, match.tail)


def _calls(verb: str, target: Target, slots: dict[str, Any], place: Place) -> tuple[ServiceCall, ...]:
    grouped: dict[str, ServiceCall] = {}
    for entity_id in target.entity_ids:
        entity = place.names.entities[entity_id]
        chosen = choose_service(verb, entity, slots)
        if chosen is None:
            continue
        service, data = chosen
        key = f"{entity.domain}.{service} {data}"
        before = grouped[key].entity_id if key in grouped else ()
        grouped[key] = ServiceCall(domain=entity.domain, service=service, entity_id=(*before, entity_id), data=data)
    return tuple(grouped.values())


def _interpret_stock(match: Match, text: str, place: Place) -> Reading | None:
    slots = dict(match.slots)
    if "name" not in slots and "domain" not in slots:
        return None
    values = {**slots, **{ours: slots[theirs] for theirs, ours in _STOCK_SLOTS if theirs in slots}}
    verb = _stock_verb(match.intent, slots)
    if verb == "set_white":
        values["kelvin"] = values["temperature"]
    if "name" in slots:
        entity_domains = {place.names.entities[e].domain for e in place.names.meant(slots["name"])}
        verbs = {_STOCK_VERBS.get(match.intent, {}).get(domain, verb) for domain in entity_domains}
        readings = [r for v in sorted(verbs) if v and (r := _interpret(match, v, place, values))]
        return readings[0] if len(readings) == 1 else None
    return _stock_group(match, text, verb, values, place)


def _stock_verb(intent: str, slots: dict[str, Any]) -> str:
    if intent == "HassLightSet":
        return "set_color" if "color" in slots else "set_white" if "temperature" in slots else "set_percent"
    return {
        "HassTurnOn": "turn_on", "HassTurnOff": "turn_off", "HassSetPosition": "set_position",
        "HassClimateSetTemperature": "set_temperature", "HassFanSetSpeed": "set_percent", "HassVacuumStart": "start",
        "HassVacuumReturnToBase": "dock", "HassMediaPause": "pause", "HassMediaUnpause": "play",
    }.get(intent, "")  # fmt: skip


def _stock_group(match: Match, text: str, verb: str, values: dict[str, Any], place: Place) -> Reading | None:
    domain, classes = values["domain"], values.get("device_class")
    verb = _STOCK_VERBS.get(match.intent, {}).get(domain, verb)
    meant = tuple(
        entity.entity_id
        for entity in place.names.house.entities
        if entity.domain == domain
        and (classes is None or entity.device_class == classes)
        and entity.area_id == values.get("area")
        and not entity.hidden
        and entity.category is None
        and choose_service(verb, entity, values)
    )
    if not meant:
        return None
    target = Target(meant, how=5, unclear="one" if len(meant) > 1 else "")
    if target.unclear and not _says_many(text, place):
        return Reading(unclear=target, how=target.how, literal=match.literal)
    return Reading(_calls(verb, target, values, place), None, target.how, match.literal, match.head, match.tail)


def _says_many(text: str, place: Place) -> bool:
    words = f" {text.casefold()} "
    return any(
        f" {said} " in words for kind in place.language.data["kinds"].values() for said in spellings(kind["many"])
    )


def _split(text: str, place: Place) -> list[tuple[str, str]]:
    """Parts of a text with what stands before each: [("", first), (", ", second), ...]."""
    parts, start, joint = [], 0, ""
    for match in place.language.join.finditer(text):
        parts.append((joint, text[start : match.start()].strip()))
        joint, start = match[0], match.end()
    parts.append((joint, text[start:].strip()))
    return parts


def _read_parts(parts: list[tuple[str, str]], grammar: Grammar, place: Place, before: Reading) -> list[Reading] | None:
    """Read all parts; a name may contain a joining word, so parts are put together again where that helps."""
    if not parts:
        return []
    for size in range(1, min(len(parts), _MOST_JOINED) + 1):
        text = parts[0][1] + "".join(joint + part for joint, part in parts[1:size])
        for candidate in _completions(text, before, parts[size:], place.language.article):
            reading = read_command(candidate, grammar, place)
            if reading is None:
                continue
            rest = _read_parts(parts[size:], grammar, place, reading)
            if rest is not None:
                return [reading, *rest]
    return None


def _completions(text: str, before: Reading, rest: list[tuple[str, str]], article: re.Pattern[str]) -> Iterator[str]:
    yield text
    if before.calls or before.unclear:
        head = article.sub("", before.head)
        yield f"{head} {text}"
        yield f"{head} {text} {before.tail}"
    elif rest and before.head == before.tail == "":
        last = rest[-1][1].rsplit(" ", 1)
        if len(last) > 1:
            yield f"{text} {last[-1]}"
