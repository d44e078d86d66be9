"""The names of a house: every way to say a device, and which devices it may mean."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from wactorz_common.contracts.home import Area, Entity, House
from wactorz_understanding.language import Language
from wactorz_understanding.sentences import plain_signs

EXACT, STRIPPED, SUFFIXED, KIND, NUMBER = range(5)
"""How a name was said: as registered, without its area, with its kind added, by kind, in the other number."""

_WORDS = re.compile(r"[()|\[\]]")


@dataclass
class Names:
    """Names of entities and areas, folded to lower case, with the entities they may mean."""

    house: House
    entities: dict[str, Entity] = field(default_factory=dict)
    variants: dict[str, dict[str, int]] = field(default_factory=dict)
    areas: dict[str, str] = field(default_factory=dict)

    def meant(self, name: str) -> dict[str, int]:
        """Entity ids that the name may mean, each with how it was said."""
        return self.variants.get(name, {})

    def label(self, entity_id: str) -> str:
        """The name for a person; with the area where the name alone would not do."""
        entity = self.entities[entity_id]
        twins = [e for e, how in self.meant(fold(entity.name)).items() if how == EXACT and e != entity_id]
        if not any(self.entities[twin].domain == entity.domain for twin in twins):
            return entity.name
        area = next((a.name for a in self.house.areas if a.area_id == entity.area_id), "")
        return f"{entity.name} ({area or entity_id})"


def fold(text: str) -> str:
    """Text as names are compared: one case, no punctuation at word ends, single spaces."""
    from hassil.util import normalize_for_matching  # noqa: PLC0415  # importing the package must stay cheap

    return " ".join(normalize_for_matching(plain_signs(text)).text.casefold().split())


def collect_names(house: House, language: Language) -> Names:
    """All names of the house and their variants; the same house always gives the same names."""
    names = Names(house)
    for area in house.areas:
        for said in (area.name, *area.aliases):
            if folded := fold(said):
                names.areas.setdefault(folded, area.area_id)
    areas = {area.area_id: area for area in house.areas}
    for entity in house.entities:
        names.entities[entity.entity_id] = entity
        for variant, how in _variants(entity, areas.get(entity.area_id or ""), language):
            known = names.variants.setdefault(variant, {})
            known[entity.entity_id] = min(how, known.get(entity.entity_id, NUMBER))
    return names


def _variants(entity: Entity, area: Area | None, language: Language) -> Iterable[tuple[str, int]]:
    plain = [folded for said in (entity.name, *entity.aliases) if (folded := fold(said))]
    kinds = kind_words(language)
    for name in plain:
        yield name, EXACT
        stripped = [short for short in _without_area(name, area) if short not in kinds]
        for short in stripped:
            yield short, STRIPPED
        for base in (name, *stripped):
            for suffix in language.data["suffixes"].get(entity.domain, ()):
                if not base.endswith(suffix):
                    yield f"{base} {suffix}", SUFFIXED
            yield _other_number(base, language.data["plural"]), NUMBER


def _without_area(name: str, area: Area | None) -> Iterable[str]:
    for said in (area.name, *area.aliases) if area else ():
        folded = fold(said)
        if folded and name.startswith(folded + " "):
            yield name[len(folded) + 1 :]


def kind_words(language: Language) -> frozenset[str]:
    """Words for kinds of devices, which are no names."""
    kinds = (kind for kind in language.data["kinds"].values() if not kind.get("named"))
    return frozenset(word for kind in kinds for word in words_of(kind))


def words_of(kind: dict[str, str]) -> frozenset[str]:
    """What people say for one kind, one or many."""
    return frozenset(word for said in ("one", "many") for word in _WORDS.split(kind[said]) if word)


def _other_number(name: str, ending: str) -> str:
    return name[: -len(ending)] if name.endswith(ending) and not name.endswith("ss") else name + ending
