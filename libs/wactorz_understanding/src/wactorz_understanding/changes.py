"""Sentences that ask for a change from the present value: "a bit warmer", "turn the volume up by 10"."""

import dataclasses
from typing import Any

from wactorz_common.contracts.home import Entity
from wactorz_understanding.context import Mention
from wactorz_understanding.grammar import Match
from wactorz_understanding.meaning import Adjust
from wactorz_understanding.targets import Target
from wactorz_understanding.turn import Outcome, Turn
from wactorz_understanding.wording import join_names

_STEPS: dict[str, tuple[float, float, float]] = {
    "brightness": (10, 20, 40), "temperature": (0.5, 1, 2), "volume": (5, 10, 20), "speed": (10, 20, 40),
    "position": (10, 20, 40), "humidity": (5, 5, 10), "whiteness": (300, 500, 1000),
}  # fmt: skip
"""A bit, unsaid, a lot; in the unit of `Adjust.delta`."""

_DOMAINS = {
    "brightness": {"light"}, "temperature": {"climate", "water_heater"}, "volume": {"media_player"}, "speed": {"fan"},
    "position": {"cover", "valve"}, "humidity": {"humidifier"}, "whiteness": {"light"},
}  # fmt: skip
_DIMMED = frozenset({"brightness", "color_temp", "hs", "xy", "rgb", "rgbw", "rgbww", "white"})
_QUANTITIES = {"whiteness": "color_temp"}
_WIDEST = {"temperature": 10.0}
_TARGETS = frozenset({"name", "kind", "area_kind", "room", "room_floor", "area", "floor"})


def read_adjust(turn: Turn) -> Outcome | None:
    """Read the sentence as a relative change; None when it is none."""
    found = [
        (target.how, -match.literal, index, match, target)
        for index, match in enumerate(turn.grammar.read("adjust", turn.text, turn.place.said))
        if (target := _target(match, turn)) is not None
    ]
    if not found:
        return None
    *_, match, target = min(found, key=lambda item: item[:3])
    return change(match.intent, match.slots, target, turn)


def change(verb: str, slots: dict[str, Any], target: Target, turn: Turn) -> Outcome | None:
    """The outcome of a relative change of devices."""
    if target.unclear:
        return turn.ask(target)
    quantity, _, way = verb.rpartition("_")
    if way == "up" and not turn.is_named and any(turn.can_open(entity_id) for entity_id in target.entity_ids):
        return None
    size = _size(quantity, slots)
    if size is None:
        return None
    names, language = turn.place.names, turn.place.language
    labels = join_names([names.label(entity_id) for entity_id in target.entity_ids], language)
    adjust = Adjust.model_validate({
        "entity_ids": target.entity_ids, "quantity": _QUANTITIES.get(quantity, quantity),
        "delta": size if way == "up" else -size,
        "summary": language.data["adjust_say"][verb].format(names=labels), "language": language.code,
    })  # fmt: skip
    return Outcome(adjust, Mention(text=turn.text, kind="adjust", verb=verb, slots=slots, entity_ids=target.entity_ids))


def _size(quantity: str, slots: dict[str, Any]) -> float | None:
    small, medium, large = _STEPS[quantity]
    if "value" in slots:
        value = float(slots["value"])
        return value if 0 < value <= _WIDEST.get(quantity, 100.0 if quantity != "whiteness" else 5000.0) else None
    return {"small": small, "large": large}.get(slots.get("step", ""), medium)


def can_change(quantity: str, entity: Entity) -> bool:
    """Whether a device has the quantity at all."""
    if entity.domain not in _DOMAINS[quantity]:
        return False
    modes = entity.attributes.get("supported_color_modes")
    if quantity == "brightness" and modes is not None:
        return bool(_DIMMED & set(modes))
    return quantity != "whiteness" or modes is None or "color_temp" in modes


def _target(match: Match, turn: Turn) -> Target | None:
    quantity = match.intent.rpartition("_")[0]

    def fits(entity: Entity) -> bool:
        return can_change(quantity, entity)

    if _TARGETS & match.slots.keys():
        found = turn.place.find(match, fits)
        rooms = {"room", "room_floor"} & match.slots.keys()
        if found and rooms and found.unclear and quantity != "temperature":
            return dataclasses.replace(found, unclear="")
        return found
    last = turn.context.last
    entities = turn.place.names.entities
    if last and last.entity_ids and all(e in entities and fits(entities[e]) for e in last.entity_ids):
        return Target(last.entity_ids, 1)
    return turn.place.find(match, fits)
