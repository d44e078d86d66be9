"""Sentences that ask for something to be done now, one command each."""

from dataclasses import dataclass, field
from typing import Any

from wactorz_common.contracts.home import Entity, ServiceCall
from wactorz_understanding.grammar import Grammar, Match
from wactorz_understanding.naming import spellings
from wactorz_understanding.services import choose_service
from wactorz_understanding.targets import Place, Target
from wactorz_understanding.values import is_able

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
    verb: str = ""
    slots: dict[str, Any] = field(default_factory=dict)

    @property
    def entity_ids(self) -> tuple[str, ...]:
        """Devices of all calls."""
        return tuple(dict.fromkeys(e for call in self.calls for e in call.entity_id))


def read_command(text: str, grammar: Grammar, place: Place) -> Reading | None:
    """Read a text as one command by our own templates."""
    matches = grammar.read("commands", text, place.said)
    return _best([r for match in matches if (r := interpret(match, match.intent, place))], place)


def read_stock_command(text: str, grammar: Grammar, place: Place) -> Reading | None:
    """Read a text as one command by the shared pack."""
    matches = grammar.read_stock(text, place.area_id, place.said)
    return _best([r for match in matches if (r := _interpret_stock(match, text, place))], place)


def _best(readings: list[Reading], place: Place) -> Reading | None:
    if not readings:
        return None
    closest = min(reading.how for reading in readings)
    best = [reading for reading in readings if reading.how == closest]
    longest = max(reading.literal for reading in best)
    return _agree([reading for reading in best if reading.literal == longest], place)


def _agree(readings: list[Reading], place: Place) -> Reading:
    meant = dict.fromkeys(e for r in readings for e in r.entity_ids)
    same = all(reading.calls == readings[0].calls for reading in readings)
    if same or readings[0].unclear or set(readings[0].entity_ids) == set(meant):
        return readings[0]
    chosen = place.settled.get(frozenset(meant))
    settled = next((r for r in readings if chosen and set(r.entity_ids) == set(chosen)), None)
    return settled or Reading(unclear=Target(tuple(meant), readings[0].how, "one"))


def interpret(match: Match, verb: str, place: Place, slots: dict[str, Any] | None = None) -> Reading | None:
    """What a match asks for with a verb; None when no device of the house can do that."""
    values = match.slots if slots is None else slots

    def fits(entity: Entity) -> bool:
        chosen = choose_service(verb, entity, values)
        offered = place.names.house.services.get(entity.domain)
        return chosen is not None and (offered is None or chosen[0] in offered)

    target = place.find(match, fits)
    if target is None:
        return None
    calls = () if target.unclear else _calls(verb, target, values, place)
    unclear = target if target.unclear else None
    return Reading(calls, unclear, target.how, match.literal, match.head, match.tail, verb, dict(values))


def _calls(verb: str, target: Target, slots: dict[str, Any], place: Place) -> tuple[ServiceCall, ...]:
    grouped: dict[str, ServiceCall] = {}
    chosen = [(place.names.entities[e], s) for e in target.entity_ids
              if (s := choose_service(verb, place.names.entities[e], slots))]  # fmt: skip
    able = [(entity, service) for entity, service in chosen if is_able(entity, service[1])]
    for entity, (service, data) in able or chosen:
        entity_id, key = entity.entity_id, f"{entity.domain}.{service} {data}"
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
        entity_domains = {place.names.entities[e].domain for e in place.meant(slots["name"])}
        verbs = {_STOCK_VERBS.get(match.intent, {}).get(domain, verb) for domain in entity_domains}
        readings = [r for v in sorted(verbs) if v and (r := interpret(match, v, place, values))]
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
    target = place.settle(Target(meant, how=5, unclear="one" if len(meant) > 1 else "")) or Target(meant, 5)
    if target.unclear and not _says_many(text, place):
        return Reading(unclear=target, how=target.how, literal=match.literal)
    calls = _calls(verb, target, values, place)
    return Reading(calls, None, target.how, match.literal, match.head, match.tail, verb, values)


def _says_many(text: str, place: Place) -> bool:
    if not place.language.data["templates"]["commands"]:
        return True
    words = f" {text.casefold()} "
    kinds = place.language.data["kinds"].values()
    return any(f" {said} " in words for kind in kinds for said in spellings(kind["many"]))
