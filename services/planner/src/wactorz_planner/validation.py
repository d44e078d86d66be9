"""Whether a rule fits the house: entities and services exist, triggers can be met, nothing opens by itself."""

import hashlib
import math
import re
import time
from collections.abc import Iterator, Mapping

from wactorz_common.comparisons import UNKNOWN_STATES, to_number
from wactorz_common.contracts.home import Entity, House, ServiceCall
from wactorz_common.contracts.rules import NumericTrigger, RuleDraft, StateTrigger, SunTrigger, TimeTrigger
from wactorz_common.language import decimal
from wactorz_common.risk import Risk, assess_all
from wactorz_planner import feasibility, registry
from wactorz_planner.clock import Place, next_tick, zone_exists
from wactorz_planner.german import phrase
from wactorz_planner.readings import Reading, value_of

_REACHED = {"%": (0.0, 100.0), "°C": (-100.0, 1000.0), "°F": (-148.0, 1832.0)}
"""What a value in a unit can be; a threshold at or beyond it is a slip of the tongue."""

_NUMERIC_DOMAINS = frozenset({"input_number", "number", "counter"})


def rule_id_of(task: str) -> str:
    """Eight hexadecimal digits; the same sentence in other case, spacing or punctuation gives the same."""
    plain = re.sub(r"\s+", " ", task.casefold()).strip(" .!?,;")
    return hashlib.md5(plain.encode(), usedforsecurity=False).hexdigest()[:8]


def problems_of(draft: RuleDraft, house: House, agents: frozenset[str] | None = None) -> list[str]:
    """Everything that is wrong with a draft, as sentences; empty when it can run. `agents` are known, where any are."""
    entities = registry.entities_of(house)
    return [
        *(feasibility.missing_text(entity_id, house) for entity_id in missing(draft, house)),
        *([] if draft.actions or draft.notices or draft.tasks else [phrase("The rule does not say what to do.")]),
        *_trigger_problems(draft, entities),
        *_clock_problems(draft, house),
        *feasibility.problems_of(draft, house, agents),
        *(problem for call in draft.actions for problem in _call_problems(call, house)),
    ]


def danger_of(draft: RuleDraft, house: House) -> str:
    """Why the actions need a person each time (class C), as a clause; empty when they do not."""
    verdict = assess_all(draft.actions, registry.entities_of(house))
    return verdict.reason if verdict.risk is Risk.OPENING else ""


def missing(draft: RuleDraft, house: House) -> list[str]:
    """Entities that the draft names and the house does not have."""
    known = registry.entities_of(house)
    return [entity_id for entity_id in named(draft) if entity_id not in known]


def named(draft: RuleDraft) -> list[str]:
    """Every entity that a draft names, once, in reading order."""
    found = [draft.watched] if draft.watched else []
    found += [condition.entity_id for condition in draft.conditions if condition.entity_id]
    found += [entity_id for call in draft.actions for entity_id in call.entity_id]
    return list(dict.fromkeys(found))


def _trigger_problems(draft: RuleDraft, entities: Mapping[str, Entity]) -> Iterator[str]:
    trigger = draft.trigger
    entity = entities.get(draft.watched)
    if not isinstance(trigger, NumericTrigger):
        if isinstance(trigger, StateTrigger) and not trigger.to.strip():
            yield phrase("The trigger does not say which state it waits for.")
        return
    if trigger.above is None and trigger.below is None:
        yield phrase("The trigger needs a threshold: above, below, or both.")
    if trigger.above is not None and trigger.below is not None and trigger.above >= trigger.below:
        yield phrase(
            "Nothing is above {above} and below {below} at once.",
            above=decimal(trigger.above),
            below=decimal(trigger.below),
        )
    if entity is not None and not _is_numeric(entity, trigger.attribute):
        what = (
            phrase("{attribute} of {name}", attribute=trigger.attribute, name=entity.name)
            if trigger.attribute
            else entity.name
        )
        yield phrase(
            "{what} ({entity_id}) is not a number, so it cannot cross a threshold.",
            what=what,
            entity_id=entity.entity_id,
        )
    elif entity is not None and trigger.attribute is None:
        yield from _reach_problems(trigger, entity)


def _clock_problems(draft: RuleDraft, house: House) -> Iterator[str]:
    trigger = draft.trigger
    if isinstance(trigger, TimeTrigger | SunTrigger) and not zone_exists(house.time_zone):
        yield phrase(
            "The home's time zone, {time_zone}, is not known here: set it in Home Assistant's settings.",
            time_zone=house.time_zone,
        )
    if not isinstance(trigger, SunTrigger):
        return
    if house.latitude is None or house.longitude is None:
        yield phrase(
            "Home Assistant does not tell where the home is, so its sunrise and sunset are not known: set it there."
        )
    elif next_tick(trigger, Place.of(house), time.time(), None) is None:
        sunrise = trigger.event == "sunrise"
        yield phrase(
            "There is never a sunrise where the home is." if sunrise else "There is never a sunset where the home is."
        )


def _reach_problems(trigger: NumericTrigger, entity: Entity) -> Iterator[str]:
    low, high = _REACHED.get(entity.unit or "", (-math.inf, math.inf))
    if trigger.above is not None and not low <= trigger.above < high:
        yield phrase(
            "{name} cannot cross {plain} {unit}.", name=entity.name, plain=_plain(trigger.above), unit=entity.unit
        )
    if trigger.below is not None and not low < trigger.below <= high:
        yield phrase(
            "{name} cannot cross {plain} {unit}.", name=entity.name, plain=_plain(trigger.below), unit=entity.unit
        )


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else decimal(number)


def _is_numeric(entity: Entity, attribute: str | None) -> bool:
    value = value_of(Reading(entity.state or "", entity.attributes), attribute)
    if to_number(value) is not None:
        return True
    if attribute is not None:
        return value is None and attribute in entity.attributes
    return entity.domain in _NUMERIC_DOMAINS or (bool(entity.unit) and str(value) in UNKNOWN_STATES)


def _call_problems(call: ServiceCall, house: House) -> Iterator[str]:
    known = house.services.get(call.domain)
    if known is None or call.service not in known:
        offered = (
            phrase("; {domain} offers {known}", domain=call.domain, known=", ".join(sorted(known))) if known else ""
        )
        yield phrase(
            "There is no service {domain}.{service}{offered}.",
            domain=call.domain,
            service=call.service,
            offered=offered,
        )
    elif call.service == "toggle":
        yield phrase("A rule must not toggle: say whether it turns on or off.")
    for entity_id in call.entity_id:
        if call.domain not in (entity_id.partition(".")[0], "homeassistant"):
            yield phrase(
                "{domain}.{service} does not work on {entity_id}.",
                domain=call.domain,
                service=call.service,
                entity_id=entity_id,
            )
