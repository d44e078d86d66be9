"""Plain questions about the home, answered from its registry and states; pure."""

import re
from collections.abc import Callable, Iterable, Sequence

from wactorz_common.contracts.automations import EntityList, EntityQuery
from wactorz_common.contracts.home import Area, Entity, House
from wactorz_home_assistant import is_or_are
from wactorz_home_assistant_agent.german import is_german, phrase

ABILITIES = (
    "I can answer: list areas, list devices, list entities, list lights (or another kind), list lights in the "
    "kitchen, what is in the kitchen, state of the kitchen light, is the front door locked."
)

_LIMIT = 60
_KINDS = {
    "ac": "climate", "thermostat": "climate", "heater": "climate", "blind": "cover", "shutter": "cover",
    "curtain": "cover", "door lock": "lock", "lamp": "light", "speaker": "media_player", "tv": "media_player",
    "motion sensor": "binary_sensor", "robot": "vacuum", "socket": "switch", "plug": "switch",
}  # fmt: skip
_LIST = re.compile(r"^(?:please )?(?:list|show|which|what)(?: me)?(?: are)?(?: all| the| my)* (?P<what>.+?)$")
_IN = re.compile(
    r"^(?P<what>.*?)\s*(?:\b(?:do i have|are there|are|is)\b\s*)?(?:in|of|from|at) (?:the |my )?(?P<area>.+)$"
)
_STATE = re.compile(
    r"^(?:please )?(?:(?:what(?:'s| is| are)?|tell me|show|get)? ?(?:the )?(?:state|status|value) of|"
    r"what(?:'s| is| are)|how (?:is|are|warm is|cold is|hot is)|is|are|state|status) (?:the |my )?(?P<name>.+)$"
)
_STATE_WORDS = re.compile(
    r"\s+(?:(?:turned|switched|still|so|not|being)\s+)*"
    r"(?:on|off|open|opened|closed|locked|unlocked|running|playing|warm|cold|hot|dark|bright|high|low|set|moving|wet|dry|"
    r"turn(?:ed)? on|turn(?:ed)? off|go(?:ne)? on|go(?:ne)? off|open|close|change|move|unlock|lock)$"
)
_ARTICLE = re.compile(r"^(?:the|my|all|a|an) ")
_MEANT = {
    "locked": frozenset({"lock"}), "unlocked": frozenset({"lock"}),
    "open": frozenset({"binary_sensor", "cover", "valve"}), "closed": frozenset({"binary_sensor", "cover", "valve"}),
}  # fmt: skip
_BINARY = {
    "door": ("closed", "open"), "window": ("closed", "open"), "garage_door": ("closed", "open"),
    "opening": ("closed", "open"), "motion": ("clear", "detected"), "occupancy": ("clear", "detected"),
    "moisture": ("dry", "wet"), "smoke": ("clear", "detected"), "lock": ("locked", "unlocked"),
}  # fmt: skip


def answer(text: str, house: House) -> str | None:
    """The answer to a question, or None when it is not understood."""
    asked = re.sub(r"\s+", " ", text.casefold().strip().rstrip("?!. "))
    tries: tuple[Callable[[str, House], str | None], ...] = (_listed, _contents, _told)
    return next((found for attempt in tries if (found := attempt(asked, house)) is not None), None)


def describe(entity: Entity, house: House) -> str:
    """One entity and its state in a sentence without its period."""
    shown = _shown(entity, house)
    detail = _detail(entity, house)
    return f"{entity.name} {is_or_are([entity.name])} {shown}" + (f" ({detail})" if detail else "")


def _listed(asked: str, house: House) -> str | None:
    match = _LIST.match(asked)
    what, area = _split_area(match["what"] if match else asked, house)
    if match is None and area is None:
        return None
    what = _ARTICLE.sub("", what)
    if what in {"areas", "rooms", "area", "room"}:
        return _sentence(phrase("Areas"), [area.name for area in house.areas], phrase("There are no areas yet."))
    if what in {"entities", "entity", "devices", "device", "things", "everything", "device list"}:
        found = [entity for entity in house.entities if _is_in(entity, area)]
        if what.startswith("device"):
            found = [entity for entity in found if entity.domain not in {"zone", "person", "sun", "conversation"}]
        return _entity_list(found, house, area, what if what.endswith("s") else "entities")
    domain = _domain_of(what, house)
    if domain is None:
        return None
    found = [entity for entity in house.entities if entity.domain == domain and _is_in(entity, area)]
    return _entity_list(found, house, area, what)


def _contents(asked: str, house: House) -> str | None:
    match = re.match(r"^what(?:'s| is| are)? (?:there )?in (?:the |my )?(?P<area>.+)$", asked)
    area = _area_named(match["area"], house) if match else None
    if area is None:
        return None
    return _entity_list([entity for entity in house.entities if _is_in(entity, area)], house, area, "entities")


def _told(asked: str, house: House) -> str | None:
    match = _STATE.match(asked)
    name = _ARTICLE.sub("", match["name"] if match else asked)
    found = entities_named(name, house)
    if not found:
        return None
    meant = _MEANT.get(name.rsplit(" ", 1)[-1], frozenset())
    found = [entity for entity in found if entity.domain in meant] or found
    return "; ".join(describe(entity, house) for entity in found) + "."


def chosen(house: House, query: EntityQuery) -> EntityList:
    """The entities that a query is for, by entity id."""
    area = _area_named(query.area.casefold(), house) if query.area else None
    if query.area and area is None:
        return EntityList(entities=(), total=0)
    found = sorted(
        (
            entity for entity in house.entities
            if query.domain in ("", entity.domain) and _is_in(entity, area)
            and (not query.entity_ids or entity.entity_id in query.entity_ids)
        ),
        key=lambda entity: entity.entity_id,
    )  # fmt: skip
    return EntityList(entities=tuple(found[: query.limit]), total=len(found))


def without_state(said: str) -> str:
    """The words without the state that they end with: the kitchen light on is about the kitchen light."""
    return _STATE_WORDS.sub("", said)


def entities_named(name: str, house: House) -> list[Entity]:
    """Entities of exactly that name, else those whose name begins the words, the longest name winning."""
    exact = [entity for entity in house.entities if name in _names(entity)]
    if exact:
        return exact
    length, best = 0, list[Entity]()
    for entity in house.entities:
        for known in _names(entity):
            if name.startswith(f"{known} ") and len(known) >= length:
                best = [*best, entity] if len(known) == length else [entity]
                length = len(known)
    return best


def _names(entity: Entity) -> set[str]:
    return {entity.entity_id, entity.name.casefold(), *(alias.casefold() for alias in entity.aliases)}


def _split_area(what: str, house: House) -> tuple[str, Area | None]:
    match = _IN.match(what)
    area = _area_named(match["area"], house) if match else None
    if match is not None and area is not None:
        return match["what"].strip(), area
    for candidate in house.areas:
        for name in (candidate.name, *candidate.aliases):
            if what.startswith(f"{name.casefold()} "):
                return what.removeprefix(f"{name.casefold()} "), candidate
    return what, None


def _area_named(name: str, house: House) -> Area | None:
    named = (
        area for area in house.areas if name in {area.area_id, *(n.casefold() for n in (area.name, *area.aliases))}
    )
    return next(named, None)


def _is_in(entity: Entity, area: Area | None) -> bool:
    return area is None or entity.area_id == area.area_id


def _domain_of(what: str, house: House) -> str | None:
    domains = {entity.domain for entity in house.entities} | set(house.services)
    for word in (what, what.removesuffix("s"), what.removesuffix("es"), what.removesuffix("ies") + "y"):
        candidate = _KINDS.get(word, word.replace(" ", "_"))
        if candidate in domains:
            return candidate
    return None


def _entity_list(entities: Sequence[Entity], house: House, area: Area | None, what: str) -> str:
    place = phrase(" in {area}", area=area.name) if area else ""
    kind = phrase(what)
    lines = [f"{describe(entity, house)} [{entity.entity_id}]" for entity in entities]
    none = phrase("There are no {kind}{place}.", kind=kind, place=place)
    return _sentence(f"{kind[:1].upper()}{kind[1:]}{place}", lines, none)


def _sentence(title: str, lines: Iterable[str], otherwise: str) -> str:
    found = list(lines)
    if not found:
        return otherwise
    more = [phrase("... and {count} more", count=len(found) - _LIMIT)] if len(found) > _LIMIT else []
    return "\n".join([f"{title} ({len(found)}):", *(f"- {line}" for line in [*found[:_LIMIT], *more])])


def _shown(entity: Entity, house: House) -> str:
    state = entity.state or "unknown"
    if entity.domain == "binary_sensor" and state in {"off", "on"}:
        return phrase(_BINARY.get(entity.device_class or "", ("off", "on"))[state == "on"])
    if entity.domain == "climate" and state != "off":
        return phrase("set to {mode}", mode=phrase(state.replace("_", " ")))
    unit = entity.unit or (house.temperature_unit if entity.device_class == "temperature" else "")
    if unit and is_german():
        state = state.replace(".", ",")
    return f"{state} {unit}".strip().replace("_", " ") if unit else phrase(state.replace("_", " "))


def _detail(entity: Entity, house: House) -> str:
    attributes = entity.attributes
    brightness = attributes.get("brightness")
    if entity.domain == "light" and isinstance(brightness, int | float):
        return f"{brightness / 2.55:.0f} %"
    if entity.domain == "cover" and isinstance(attributes.get("current_position"), int | float):
        return phrase("{share:.0f} % open", share=attributes["current_position"])
    if entity.domain == "climate":
        now, wanted, unit = attributes.get("current_temperature"), attributes.get("temperature"), house.temperature_unit
        parts = [
            phrase("now {value} {unit}", value=_told_number(now), unit=unit) if now is not None else "",
            phrase("target {value} {unit}", value=_told_number(wanted), unit=unit) if wanted is not None else "",
        ]
        return ", ".join(part for part in parts if part)
    return ""


def _told_number(value: object) -> str:
    return str(value).replace(".", ",") if is_german() else str(value)
