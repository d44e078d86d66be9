"""The names of a house: every way to say a device, and which devices it may mean."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from wactorz_common.contracts.home import Area, Entity, House
from wactorz_understanding.joined import JoinedWords
from wactorz_understanding.language import Language
from wactorz_understanding.phrases import Phrases, words_in
from wactorz_understanding.sentences import plain_signs

EXACT, STRIPPED, SUFFIXED, KIND, NUMBER = range(5)
"""How a name was said: as registered, without its area, with its kind added, by kind, in the other number."""


OPTION_LISTS = (
    "options", "preset_modes", "source_list", "sound_mode_list", "operation_list", "available_modes", "effect_list",
    "fan_modes", "swing_modes",
)  # fmt: skip
"""Attributes in which devices list what they can be set to."""


@dataclass
class Names:
    """Names of entities and areas, folded to lower case, with the entities they may mean."""

    house: House
    entities: dict[str, Entity] = field(default_factory=dict)
    variants: dict[str, dict[str, int]] = field(default_factory=dict)
    areas: dict[str, str] = field(default_factory=dict)
    floors: dict[str, tuple[str, ...]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    joined: JoinedWords = field(default_factory=lambda: JoinedWords({}, (), {}))
    options: dict[str, None] = field(default_factory=dict)
    labels_said: dict[str, str] = field(default_factory=dict)
    area_words: frozenset[str] = frozenset()
    by_length: dict[int, list[str]] = field(default_factory=dict)
    phrases: Phrases = field(default_factory=lambda: Phrases(()))

    def meant(self, name: str) -> dict[str, int]:
        """Entity ids that the name may mean, each with how it was said."""
        return self.variants.get(name, {})

    def labels_of(self, entity: Entity) -> frozenset[str]:
        """Labels of an entity, its device's and its area's included."""
        device = next((d.labels for d in self.house.devices if d.device_id == entity.device_id), ())
        area = next((a.labels for a in self.house.areas if a.area_id == entity.area_id), ())
        return frozenset((*entity.labels, *device, *area))

    def spelt_like(self, said: tuple[str, ...]) -> list[str]:
        """Names with as many words, of which not every one differs, unless there is only one."""
        same = self.by_length.get(len(said), [])
        if len(said) == 1:
            return same
        return [name for name in same if any(a == b for a, b in zip(said, words_in(name), strict=True))]

    def label(self, entity_id: str) -> str:
        """The name for a person; with the area where the name alone would not do."""
        if entity_id not in self.labels_said:
            self.labels_said[entity_id] = self._label(entity_id)
        return self.labels_said[entity_id]

    def _label(self, entity_id: str) -> str:
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
    _collect_places(names, house, language)
    areas = {area.area_id: area for area in house.areas}
    for entity in house.entities:
        names.entities[entity.entity_id] = entity
        for variant, how in _variants(entity, areas.get(entity.area_id or ""), language):
            known = names.variants.setdefault(variant, {})
            known[entity.entity_id] = min(how, known.get(entity.entity_id, NUMBER))
        names.options |= dict.fromkeys(fold(option) for option in listed_options(entity))
    names.options.pop("", None)
    names.area_words = frozenset(word for area in names.areas for word in words_in(area))
    names.phrases = Phrases(names.variants)
    names.labels_said = {entity_id: names.label(entity_id) for entity_id in names.entities}
    for variant in names.variants:
        names.by_length.setdefault(len(words_in(variant)), []).append(variant)
    return names


def _collect_places(names: Names, house: House, language: Language) -> None:
    for floor in house.floors:
        for said in (floor.name, *floor.aliases):
            if folded := fold(said):
                names.floors.setdefault(folded, (floor.floor_id,))
    for way, words in language.data["floors"].items():
        meant = tuple(f.floor_id for f in house.floors if f.level is not None and (f.level > 0) == (way == "up"))
        for said in words:
            if meant and len(house.floors) > 1:
                names.floors.setdefault(fold(said), meant)
    for label in house.labels:
        if folded := fold(label.name):
            names.labels.setdefault(folded, label.label_id)
    names.joined = _joined(names, language)


def _joined(names: Names, language: Language) -> JoinedWords:
    """Area and kind in one word, for languages that write them so."""
    kinds: dict[str, str] = {}
    for kind, words in language.data["kinds"].items():
        for number in ("one", "many"):
            kinds |= {word.casefold(): f"{kind}/{number}" for word in spellings(words[number]) if " " not in word}
    bases = {base: area_id for area, area_id in names.areas.items() for base in _bases(area, language)}
    return JoinedWords(bases, language.data["compounds"]["joints"], kinds)


def listed_options(entity: Entity) -> Iterable[str]:
    """Options that a device lists in its attributes."""
    for key in OPTION_LISTS:
        listed = entity.attributes.get(key)
        if isinstance(listed, list | tuple):
            yield from (str(option) for option in listed)


def _variants(entity: Entity, area: Area | None, language: Language) -> Iterable[tuple[str, int]]:
    plain = [folded for said in (entity.name, *entity.aliases) if (folded := fold(said))]
    kinds, masses = kind_words(language), mass_words(language)
    for name in plain:
        yield name, NUMBER if name in masses else EXACT
        stripped = [short for short in _without_area(name, area) if short not in kinds]
        for short in stripped:
            yield short, STRIPPED
        for joined in _with_area(name, area, language):
            yield joined, SUFFIXED
        for base in (name, *stripped):
            for suffix in language.data["suffixes"].get(entity.domain, ()):
                if not base.endswith(suffix):
                    yield f"{base} {suffix}", SUFFIXED
            for other in _other_number(base, language.data["plurals"]):
                yield other, NUMBER


def _with_area(name: str, area: Area | None, language: Language) -> Iterable[str]:
    """Area and name in one word, for languages that write them so."""
    for said in (area.name, *area.aliases) if area else ():
        for base in _bases(fold(said), language):
            if " " not in name and base not in name:
                yield from (f"{base}{joint}{name}" for joint in language.data["compounds"]["joints"])


def _bases(area: str, language: Language) -> Iterable[str]:
    yield area
    for end in language.data["compounds"]["drop"]:
        if area.endswith(end):
            yield area.removesuffix(end)


def _without_area(name: str, area: Area | None) -> Iterable[str]:
    for said in (area.name, *area.aliases) if area else ():
        folded = fold(said)
        if folded and name.startswith(folded + " "):
            yield name[len(folded) + 1 :]


def kind_words(language: Language) -> frozenset[str]:
    """Words for kinds of devices, which are no names."""
    kinds = (kind for kind in language.data["kinds"].values() if not kind.get("named"))
    return frozenset(word for kind in kinds for word in words_of(kind))


def mass_words(language: Language) -> frozenset[str]:
    """Words that say all of a kind in a room, whatever a single device is called."""
    kinds = language.data["kinds"].values()
    return frozenset(word for kind in kinds for word in spellings(kind.get("mass", "")))


def words_of(kind: dict[str, str]) -> frozenset[str]:
    """What people say for one kind, one or many."""
    return frozenset(word for said in ("one", "many") for word in spellings(kind[said]))


@lru_cache(maxsize=256)
def spellings(template: str) -> tuple[str, ...]:
    """Every way to say a template without lists."""
    from hassil import parse_sentence, sample_expression  # noqa: PLC0415

    if not template:
        return ()
    said = (" ".join(text.split()) for text in sample_expression(parse_sentence(template).expression))
    return tuple(dict.fromkeys(text for text in said if text))


def _other_number(name: str, endings: list[tuple[str, str]]) -> Iterable[str]:
    """The name in the other number, for each pair of ends; what may end in either way is tried both ways."""
    for one, many in endings:
        if name.endswith(many) and not name.endswith(many * 2):
            yield name[: -len(many)] + one
        elif name.endswith(one):
            yield name[: len(name) - len(one)] + many
