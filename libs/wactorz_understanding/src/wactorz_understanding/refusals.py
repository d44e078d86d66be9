"""Why a command cannot be done: not by this device, or not with this value; and what can be done instead."""

from typing import Any

from wactorz_common.contracts.home import Entity
from wactorz_understanding.grammar import Match
from wactorz_understanding.naming import spellings
from wactorz_understanding.services import choose_service
from wactorz_understanding.targets import Place
from wactorz_understanding.turn import Turn

_RANGES = {
    "set_temperature": ("min_temp", "max_temp", "°"), "set_humidity": ("min_humidity", "max_humidity", "%"),
    "set_value": ("min", "max", ""),
}  # fmt: skip
_PERCENT = frozenset({"set_percent", "set_position", "set_volume", "set_tilt"})
_DEVICES = frozenset({"name", "kind", "area_kind"})


def why_unable(turn: Turn) -> str:
    """What a person is told about a command that its devices cannot do; empty when that is not the trouble."""
    found = []
    for index, match in enumerate(turn.grammar.read("commands", turn.text, turn.place.said)):
        if not _DEVICES & match.slots.keys():
            continue
        target = turn.place.find(match, lambda entity: entity.domain in turn.place.language.answers["abilities"])
        if target is not None:
            said = _refusal(match, turn.place.names.entities[target.entity_ids[0]], turn.place)
            said = said if len(target.entity_ids) == 1 or said[0] else (False, "")
            found += [(not said[0], target.how, -match.literal, index, said[1])] if said[1] else []
    return min(found)[-1] if found else _none_here(turn)


def _none_here(turn: Turn) -> str:
    """What is said when the house has nothing of the kind that is named."""
    place, entities = turn.place, turn.place.names.house.entities
    for match in turn.grammar.read("commands", turn.text, place.said):
        kind = str(match.slots.get("kind", "")).partition("/")[0]
        if kind and "name" not in match.slots and not any(place.is_kind(entity, kind) for entity in entities):
            said = spellings(place.language.data["kinds"][kind]["many"])
            return str(place.language.answers["none_here"].format(kind=said[0])) if said else ""
    return ""


def _refusal(match: Match, entity: Entity, place: Place) -> tuple[bool, str]:
    """Whether it is the value that is wrong, and what is said about it."""
    answers, name = place.language.answers, place.names.label(entity.entity_id)
    limits = _limits(match, entity)
    if limits is not None:
        lowest, highest, unit = limits
        text = answers["out_of_range"].format(name=name, lowest=f"{lowest:g}", highest=f"{highest:g}", unit=unit)
        return True, str(text).replace(" .", ".")
    can, example = answers["abilities"][entity.domain]
    return False, str(answers["unable"].format(name=name, can=can, example=example.format(name=name)))


def _limits(match: Match, entity: Entity) -> tuple[float, float, str] | None:
    """Lowest and highest value and unit, when only the value that was said is beyond the device."""
    slots: dict[str, Any] = match.slots
    if slots.get("value") is None:
        return None
    if match.intent in _PERCENT:
        lowest, highest, unit = 0.0, 100.0, "%"
    elif match.intent in _RANGES and all(key in entity.attributes for key in _RANGES[match.intent][:2]):
        least, most, unit = _RANGES[match.intent]
        lowest, highest = float(entity.attributes[least]), float(entity.attributes[most])
    else:
        return None
    middle = (lowest + highest) / 2
    able = choose_service(match.intent, entity, {**slots, "value": middle}) is not None
    return (lowest, highest, unit or entity.unit or "") if able and not lowest <= slots["value"] <= highest else None
