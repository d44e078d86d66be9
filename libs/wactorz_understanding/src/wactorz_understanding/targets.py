"""Which devices a match speaks of."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wactorz_common.contracts.home import Entity
from wactorz_understanding.grammar import Match
from wactorz_understanding.language import Language
from wactorz_understanding.naming import EXACT, KIND, Names, fold, words_of

Fits = Callable[[Entity], bool]
"""Whether a device can be meant at all, by its domain and what is asked of it."""

_REPORTING = frozenset({"sensor", "binary_sensor", "person", "device_tracker", "sun", "weather"})
_EXCEPTIONS = frozenset({"except", "except_too", "except_area", "except_area_too"})
_PLACES = frozenset({"area", "area_too", "floor", "label", "area_kind", "room", "room_floor"})


@dataclass(frozen=True)
class Target:
    """Devices that are meant. `unclear` is "one" when a single one of them is meant, "many" when a room is missing."""

    entity_ids: tuple[str, ...]
    how: int
    unclear: str = ""


@dataclass(frozen=True)
class Place:
    """Where a sentence is said, and the names and words that hold there.

    `said` are words that stand for devices in this sentence only; `settled` are choices that the person made when
    asked back, by what was to choose from. `literals` are what words of the sentence stand for letter by letter,
    `typed` how its words were typed.
    """

    names: Names
    language: Language
    area_id: str | None = None
    said: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    settled: Mapping[frozenset[str], tuple[str, ...]] = field(default_factory=dict)
    literals: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)

    def meant(self, name: str) -> Mapping[str, int]:
        """Entity ids that a name may mean, each with how it was said."""
        return dict.fromkeys(self.said[name], EXACT) if name in self.said else self.names.meant(name)

    def settle(self, target: Target | None) -> Target | None:
        """The target as the person chose it, if that was asked before."""
        if target is None or not target.unclear:
            return target
        chosen = self.settled.get(frozenset(target.entity_ids))
        return Target(chosen, target.how) if chosen else target

    def find(self, match: Match, fits: Fits) -> Target | None:
        """The devices of a match that fit; None when there are none."""
        return self.settle(self._find(match, fits))

    def _find(self, match: Match, fits: Fits) -> Target | None:
        slots = match.slots
        if "name" in slots:
            if "area_too" in slots:
                return self._in_each(slots, fits)
            within = self.areas_of({"floor": slots["floor"]}) if "floor" in slots else None
            return self._by_name(
                slots["name"], slots.get("area"), lambda e: fits(e) and (within is None or e.area_id in within)
            )
        if "kind" in slots or "area_kind" in slots:
            return self._by_kind(match, fits)
        if _PLACES & slots.keys():
            return self._only(self._within(self.areas_of(slots), fits), KIND)
        return self._only(self._within({self.area_id} if self.area_id else None, fits), KIND)

    def areas_of(self, slots: Mapping[str, Any]) -> set[str] | None:
        """Areas that a match names; None when it names none."""
        areas = {slots[key] for key in ("area", "area_too", "room") if key in slots}
        if "area_kind" in slots:
            areas.add(slots["area_kind"][0])
        for key in ("floor", "room_floor"):
            areas |= {a.area_id for a in self.names.house.areas if a.floor_id in slots.get(key, ())}
        return areas if _PLACES - {"label"} & slots.keys() else None

    def _by_name(self, name: str, area_id: str | None, fits: Fits) -> Target | None:
        entities = self.names.entities
        if name in self.said:
            return self._by_said(name, fits)
        meant = {
            entity_id: how
            for entity_id, how in self.names.meant(name).items()
            if fits(entities[entity_id]) and (area_id is None or entities[entity_id].area_id == area_id)
        }
        if not meant:
            return None
        closest = min(meant.values())
        chosen = self._only([entity_id for entity_id, how in meant.items() if how == closest], closest)
        if chosen is None or chosen.unclear or closest == EXACT or not self._names_another(name, area_id, chosen):
            return chosen
        return Target(chosen.entity_ids, closest, "one")

    def _in_each(self, slots: Mapping[str, Any], fits: Fits) -> Target | None:
        """The devices of one name in each of two areas; None unless there is just one in each."""
        found = [self._by_name(slots["name"], slots[key], fits) for key in ("area", "area_too")]
        if any(target is None or target.unclear for target in found):
            return None
        entity_ids = dict.fromkeys(e for target in found if target for e in target.entity_ids)
        return Target(tuple(entity_ids), max(target.how for target in found if target))

    def _by_said(self, name: str, fits: Fits) -> Target | None:
        """Every device that the word stands for, or none when one of them cannot be meant."""
        entity_ids = self.said[name]
        if any(e not in self.names.entities or not fits(self.names.entities[e]) for e in entity_ids):
            return None
        return Target(entity_ids, EXACT)

    def _names_another(self, name: str, area_id: str | None, chosen: Target) -> bool:
        """Whether the name is the very name of another device, which was passed over: it cannot do what is asked."""
        meant = self.names.meant(name).items()
        exact = [self.names.entities[e] for e, how in meant if how == EXACT and e not in chosen.entity_ids]
        return any(e.domain not in _REPORTING and area_id in {None, e.area_id} for e in exact)

    def _only(self, entity_ids: list[str], how: int) -> Target | None:
        if not entity_ids:
            return None
        if len(entity_ids) > 1:
            here = [e for e in entity_ids if self.area_id and self.names.entities[e].area_id == self.area_id]
            entity_ids = here or entity_ids
        return Target(tuple(entity_ids), how, "one" if len(entity_ids) > 1 else "")

    def _by_kind(self, match: Match, fits: Fits) -> Target | None:
        said = match.slots["area_kind"][1] if "area_kind" in match.slots else match.slots["kind"]
        kind, number = said.split("/")
        areas, label = self.areas_of(match.slots), match.slots.get("label")
        every = "all" in match.slots or kind == "everything"
        found = [e for e in self._within(areas, fits, label) if self.is_kind(self.names.entities[e], kind)]
        if every or (number == "many" and (areas is not None or label)):
            return self._without_exceptions(match, found)
        if number == "one":
            return None if _EXCEPTIONS & match.slots.keys() else self._the_only(found, kind, areas)
        here = [e for e in found if self.area_id and self.names.entities[e].area_id == self.area_id]
        chosen = self._without_exceptions(match, here or found)
        if chosen is None or here or len(chosen.entity_ids) == 1:
            return chosen
        return Target(chosen.entity_ids, KIND, "many")

    def _the_only(self, found: list[str], kind: str, areas: set[str] | None) -> Target | None:
        """The one device of a kind; unclear when others of the kind are there that cannot do what is asked."""
        chosen = self._only(found, KIND)
        if chosen is None or chosen.unclear:
            return chosen
        its_area = self.names.entities[chosen.entity_ids[0]].area_id
        if areas is None and self.area_id and its_area:
            areas = {its_area}
        every = self._within(areas, lambda entity: self.is_kind(entity, kind))
        own = fold(self.names.entities[chosen.entity_ids[0]].name)
        others = {fold(self.names.entities[e].name) for e in every} - {own}
        said = words_of(self.language.data["kinds"][kind])
        area_id = next(iter(areas)) if areas and len(areas) == 1 else None
        named = any(self._names_another(word, area_id, chosen) for word in said)
        return Target(chosen.entity_ids, KIND, "one") if others or named else chosen

    def _without_exceptions(self, match: Match, found: list[str]) -> Target | None:
        left = list(found)
        for key in ("except", "except_too"):
            if key in match.slots:
                name = match.slots[key]
                spared = self._by_name(name, None, lambda entity: entity.entity_id in found)
                spared = spared or self._by_name(name, None, lambda entity: entity.domain not in _REPORTING)
                if spared is None or spared.unclear:
                    return None
                left = [entity_id for entity_id in left if entity_id not in spared.entity_ids]
        for key in ("except_area", "except_area_too"):
            if key in match.slots:
                before, left = left, [e for e in left if self.names.entities[e].area_id != match.slots[key]]
                if len(left) == len(before):
                    return None
        return Target(tuple(left), KIND) if left else None

    def _within(self, areas: set[str] | None, fits: Fits, label: str | None = None) -> list[str]:
        """Devices that people use, in areas or anywhere; hidden and auxiliary ones are found by their names only."""
        everything: Iterable[Entity] = self.names.house.entities
        return [
            e.entity_id
            for e in everything
            if (areas is None or e.area_id in areas)
            and not e.hidden
            and e.category is None
            and (label is None or label in self.names.labels_of(e))
            and fits(e)
        ]

    def is_kind(self, entity: Entity, kind: str) -> bool:
        """Whether a device is of a kind that people name, for example a light or a door."""
        for member in self.language.data["kinds"][kind]["members"]:
            domain, _, detail = member.partition(":")
            if entity.domain != domain:
                continue
            modes = entity.attributes.get("hvac_modes") or ()
            if not detail or entity.device_class == detail or detail in modes:
                return True
        return False
