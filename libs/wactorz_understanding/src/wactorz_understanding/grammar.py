"""The templates of a language with the names of a house: text in, matches out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from wactorz_understanding.compiled import compile_sections
from wactorz_understanding.language import Language
from wactorz_understanding.naming import Names
from wactorz_understanding.phrases import Phrases
from wactorz_understanding.sentences import clocks_in, numbers_in

_MOST_MATCHES = 300
_MOST_REMEMBERED = 256
_TARGET_SLOTS = frozenset({
    "name", "area", "area_too", "area_kind", "floor", "label", "kind", "all", "room", "room_floor", "measure",
    "quantity",
})  # fmt: skip


@dataclass(frozen=True)
class Match:
    """One way in which a template fits a text."""

    intent: str
    slots: dict[str, Any] = field(default_factory=dict)
    literal: int = 0
    head: str = ""
    tail: str = ""


class Grammar:
    """Reads texts by sections of templates; built for one house, compiled once for each language."""

    def __init__(self, language: Language, names: Names) -> None:
        self._language = language
        self._names = names
        self._sections = compile_sections(language.code)
        self._lists = {name: (Phrases(values), values) for name, values in _house_lists(names).items()}
        self._read: dict[tuple[str, str], list[Match]] = {}

    def read(self, section: str, text: str, said: Mapping[str, Any] | None = None) -> list[Match]:
        """Every way to read the whole text by the templates of a section, in the order of the templates.

        `said` are further words that stand for devices in this text only.
        """
        if said:
            return self._recognize(section, text, self._lists_for(text, tuple(said)))
        key = (section, text)
        if key not in self._read:
            if len(self._read) >= _MOST_REMEMBERED:
                self._read.clear()
            self._read[key] = self._recognize(section, text, self._lists_for(text))
        return self._read[key]

    def read_any_name(self, text: str, section: str = "commands") -> list[Match]:
        """Matches in `text` when any words may stand where a name belongs."""
        from hassil import WildcardSlotList  # noqa: PLC0415  # importing the package must stay cheap

        return self._recognize(section, text, {**self._lists_for(text), "name": WildcardSlotList("name")})

    def read_stock(self, text: str, area_id: str | None, said: Mapping[str, Any] | None = None) -> list[Match]:
        """Every way to read the text by the shared intent pack."""
        context = {"area": area_id} if area_id else {}
        return self._recognize("stock", text, self._lists_for(text, tuple(said or ())), context)

    def _lists_for(self, text: str, said: tuple[str, ...] = ()) -> dict[str, Any]:
        """The lists of the house cut down to what stands in the text, so that a large house costs no time."""
        lists = {name: _texts(name, {t: values[t] for t in phrases.within(text)}, self._domains)
                 for name, (phrases, values) in self._lists.items()}  # fmt: skip
        if said:
            lists["name"] = _texts("name", {**{v.value_out: v.value_out for v in lists["name"].values},
                                            **{word: word for word in said}}, self._domains)  # fmt: skip
        numbers = _texts("number", numbers_in(text, self._language))
        return {**lists, "number": numbers, "count": numbers, "clock": _texts("clock", clocks_in(text))}

    def _domains(self, name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._names.entities[e].domain for e in self._names.meant(name)))

    def _recognize(
        self, section: str, text: str, lists: dict[str, Any], context: dict[str, Any] | None = None
    ) -> list[Match]:
        from hassil import recognize_all  # noqa: PLC0415

        results = recognize_all(
            text, self._sections[section], slot_lists=lists, intent_context=context or {},
            language=self._language.code,
        )  # fmt: skip
        found: dict[str, Match] = {}
        for result in islice(results, _MOST_MATCHES):
            match = _match(result, text)
            found.setdefault(f"{match.intent} {match.slots}", match)
        return list(found.values())


def _match(result: Any, text: str) -> Match:
    slots: dict[str, Any] = {}
    for entity in result.entities_list:
        slots.setdefault(entity.name, entity.value)
    spans = [e.text_span for e in result.entities_list if e.name in _TARGET_SLOTS and e.text_span and e.text.strip()]
    start, end = (min(s for s, _ in spans), max(e for _, e in spans)) if spans else (0, len(text))
    return Match(result.intent.name, slots, result.text_chunks_matched, text[:start].strip(), text[end:].strip())


def _texts(name: str, values: dict[str, Any], domains: Callable[[str], tuple[str, ...]] | None = None) -> Any:
    from hassil import TextChunk, TextSlotList, TextSlotValue  # noqa: PLC0415

    if name == "name" and domains is not None:
        said = [
            TextSlotValue(TextChunk(text), out, {"domain": domain})
            for text, out in values.items()
            for domain in domains(text) or ("",)
        ]
        return TextSlotList(name, said)
    return TextSlotList(name, [TextSlotValue(TextChunk(text), out) for text, out in values.items()])


def _house_lists(names: Names) -> dict[str, dict[str, Any]]:
    return {
        "name": {variant: variant for variant in names.variants},
        "area": dict(names.areas),
        "floor": dict(names.floors),
        "label": dict(names.labels),
        "area_kind": dict(names.area_kinds),
        "option": {option: option for option in names.options},
    }
