"""Which devices a match speaks of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wactorz_common.contracts.home import Entity
from wactorz_understanding.grammar import Match
from wactorz_understanding.language import Language
from wactorz_understanding.naming import EXACT, KIND, Names, fold, words_of

Fits = Callable[[Entity], bool]
"""Whether a device can be meant at all, by its domain and what is asked of it."""

_REPORTING = frozenset({"sensor", "binary_sensor", "person", "device_tracker", "sun", "weather"})
_EXCEPTIONS = frozenset({"except", "except_too", "except_area"})


@dataclass(frozen=True)
class Target:
    """Devices that are meant. `unclear` is "one" when a single one of them is meant, "many" when a room is missing."""

    entity_ids: tuple[str, ...]
    how: int
    unclear: str = ""


@dataclass(frozen=True)
class Place:
    """Where a sentence is said, and the names and words that hold there."""

    names: Names
    language: Language
    area_id: str | None = None

    def find(self, match: Match, fits: Fits) -> Target | None:
        """The devices of a match that fit; None when there are none."""
        slots = match.slots
        if "name" in slots:
            return self._by_name(slots["name"], slots.get("area"), fits)
        if "kind" in slots:
            return self._by_kind(match, fits)
        if "room" in slots:
            return self._only(self._in_area(slots["room"], fits), KIND)
        return self._only(self._in_area(self.area_id, fits), KIND)

    def _by_name(self, name: str, area_id: str | None, fits: Fits) -> Target | None:
        entities = self.names.entities
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
        kind, number = match.slots["kind"].split("/")
        area_id = match.slots.get("area")
        every = "all" in match.slots or kind == "everything"
        found = [e for e in self._in_area(area_id, fits) if self.is_kind(self.names.entities[e], kind)]
        if every or (number == "many" and area_id):
            return self._without_exceptions(match, found)
        if number == "one":
            return None if _EXCEPTIONS & match.slots.keys() else self._the_only(found, kind, area_id)
        here = [e for e in found if self.area_id and self.names.entities[e].area_id == self.area_id]
        chosen = self._without_exceptions(match, here or found)
        if chosen is None or here or len(chosen.entity_ids) == 1:
            return chosen
        return Target(chosen.entity_ids, KIND, "many")

    def _the_only(self, found: list[str], kind: str, area_id: str | None) -> Target | None:
        """The one device of a kind; unclear when others of the kind are there that cannot do what is asked."""
        chosen = self._only(found, KIND)
        if chosen is None or chosen.unclear:
            return chosen
        area_id = area_id or self.names.entities[chosen.entity_ids[0]].area_id if self.area_id or area_id else None
        every = self._in_area(area_id, lambda entity: self.is_kind(entity, kind))
        others = {fold(self.names.entities[e].name) for e in every} - {
            fold(self.names.entities[chosen.entity_ids[0]].name)
        }
        said = words_of(self.language.data["kinds"][kind])
        named = any(self._names_another(word, area_id, chosen) for word in said)
        return Target(chosen.entity_ids, KIND, "one") if others or named else chosen

    def _without_exceptions(self, match: Match, found: list[str]) -> Target | None:
        left = list(found)
        for key in ("except", "except_too"):
            if key in match.slots:
                spared = self._by_name(match.slots[key], None, lambda entity: entity.entity_id in found)
                if spared is None or spared.unclear:
                    return None
                left = [entity_id for entity_id in left if entity_id not in spared.entity_ids]
        if "except_area" in match.slots:
            left = [e for e in left if self.names.entities[e].area_id != match.slots["except_area"]]
            if len(left) == len(found):
                return None
        return Target(tuple(left), KIND) if left else None

    def _in_area(self, area_id: str | None, fits: Fits) -> list[str]:
        everything: Iterable[Entity] = self.names.house.entities
        return [e.entity_id for e in everything if (area_id is None or e.area_id == area_id) and fits(e)]

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
