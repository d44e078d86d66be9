"""The templates of a language with the names of a house: text in, matches out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from wactorz_understanding.compiled import compile_language
from wactorz_understanding.language import Language
from wactorz_understanding.literals import QUOTE, TOPIC
from wactorz_understanding.matching import AnyWords, Found, Matcher, Values, fold_case
from wactorz_understanding.naming import Names
from wactorz_understanding.phrases import Phrases
from wactorz_understanding.sentences import clocks_in, numbers_in

_MOST_MATCHES = 300
_MOST_REMEMBERED = 64
_TARGET_SLOTS = frozenset({
    "name", "area", "area_too", "area_kind", "floor", "label", "kind", "all", "room", "room_floor", "measure",
    "quantity",
})  # fmt: skip
_AS_WRITTEN = frozenset({"field", "word", "payload"})
"""Slots that keep the letters of the text."""


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
        self._compiled = compile_language(language.code)
        self._lists = {name: (Phrases(values), values) for name, values in _house_lists(names).items()}
        self._matchers: dict[tuple[str, ...], Matcher] = {}
        self._read: dict[tuple[str, ...], list[Match]] = {}

    def read(self, section: str, text: str, said: Iterable[str] = ()) -> list[Match]:
        """Every way to read the whole text by the templates of a section, in the order of the templates.

        `said` are further words that stand for devices in this text only.
        """
        key = (section, text, *said)
        if key not in self._read:
            _make_room(self._read)
            self._read[key] = self._match(section, self._matcher(text, tuple(said)))
        return self._read[key]

    def could_be(self, intent: str, text: str) -> bool:
        """Whether a text has the words that some template of a command needs."""
        said = fold_case(_plain(text))
        return any(
            template.is_worded_in(said) for template in self._compiled.sections["commands"] if template.intent == intent
        )

    def read_any_name(self, text: str, section: str = "commands") -> list[Match]:
        """Matches in `text` when any words may stand where a name belongs."""
        plain = _plain(text)
        lists: dict[str, Values | AnyWords] = {**self._compiled.lists, **self._lists_for(plain)}
        lists["name"] = AnyWords()
        return self._match(section, Matcher(plain, lists, self._compiled.rules))

    def read_stock(self, text: str, area_id: str | None, said: Iterable[str] = ()) -> list[Match]:
        """Every way to read the text by the shared intent pack."""
        from hassil import recognize_all  # noqa: PLC0415  # importing the package must stay cheap

        results = recognize_all(
            text, self._compiled.stock, slot_lists=self._stock_lists(text, tuple(said)),
            intent_context={"area": area_id} if area_id else {}, language=self._language.code,
        )  # fmt: skip
        found: dict[str, Match] = {}
        for result in islice(results, _MOST_MATCHES):
            match = _stock_match(result, text)
            found.setdefault(f"{match.intent} {match.slots}", match)
        return list(found.values())

    def _matcher(self, text: str, said: tuple[str, ...]) -> Matcher:
        key = (text, *said)
        if key not in self._matchers:
            _make_room(self._matchers)
            plain = _plain(text)
            lists = {**self._compiled.lists, **self._lists_for(plain, said)}
            self._matchers[key] = Matcher(plain, lists, self._compiled.rules)
        return self._matchers[key]

    def _match(self, section: str, matcher: Matcher) -> list[Match]:
        found: dict[str, Match] = {}
        for intent, way in matcher.match(self._compiled.sections[section]):
            match = _own_match(intent, way, matcher.text)
            found.setdefault(f"{match.intent} {match.slots}", match)
        return list(found.values())

    def _lists_for(self, text: str, said: tuple[str, ...] = ()) -> dict[str, Values]:
        """The lists of the house cut down to what stands in the text, so that a large house costs no time."""
        lists = {
            name: [(said, values[said]) for said in phrases.within(text)]
            for name, (phrases, values) in self._lists.items()
        }
        lists["name"] += [(word, word) for word in said]
        lists["area_kind"] = list(self._names.joined.within(text).items())
        numbers = list(numbers_in(text, self._language).items())
        lists |= {"number": numbers, "count": numbers, "clock": list(clocks_in(text).items()), **_literal_lists(text)}
        return {name: Values(values) for name, values in lists.items()}

    def _stock_lists(self, text: str, said: tuple[str, ...]) -> dict[str, Any]:
        from hassil import TextChunk, TextSlotList, TextSlotValue  # noqa: PLC0415

        names = [*self._lists["name"][0].within(text), *said]
        areas, values = self._lists["area"]
        valued = [TextSlotValue(TextChunk(t), t, {"domain": d}) for t in names for d in self._domains(t) or ("",)]
        found = [TextSlotValue(TextChunk(t), values[t]) for t in areas.within(text)]
        return {"name": TextSlotList("name", valued), "area": TextSlotList("area", found),
                "floor": TextSlotList("floor", [])}  # fmt: skip

    def _domains(self, name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._names.entities[e].domain for e in self._names.meant(name)))


def _literal_lists(text: str) -> dict[str, list[tuple[str, str]]]:
    """Topics and quoted texts that were taken out of a text, and what may be a field beside a topic: any word."""
    words = text.split()
    topics, quotes = ([(word, word) for word in words if word.startswith(kind)] for kind in (TOPIC, QUOTE))
    beside = [(word, word) for word in dict.fromkeys(words)] if topics else []
    return {"topic": topics, "quote": quotes, "field": beside, "word": beside}


def _plain(text: str) -> str:
    from hassil.util import normalize_for_matching  # noqa: PLC0415

    return str(normalize_for_matching(text).text)


def _make_room(remembered: dict[Any, Any]) -> None:
    if len(remembered) >= _MOST_REMEMBERED:
        remembered.clear()


def _own_match(intent: str, way: Found, text: str) -> Match:
    slots: dict[str, Any] = {}
    for name, value, start, end in way.slots:
        slots.setdefault(name, text[start:end] if name in _AS_WRITTEN else value)
    spans = [(start, end) for name, _, start, end in way.slots if name in _TARGET_SLOTS]
    start, end = (min(s for s, _ in spans), max(e for _, e in spans)) if spans else (0, len(text))
    return Match(intent, slots, way.literal, text[:start].strip(), text[end:].strip())


def _stock_match(result: Any, text: str) -> Match:
    slots: dict[str, Any] = {}
    for entity in result.entities_list:
        slots.setdefault(entity.name, entity.value)
    spans = [e.text_span for e in result.entities_list if e.name in _TARGET_SLOTS and e.text_span and e.text.strip()]
    start, end = (min(s for s, _ in spans), max(e for _, e in spans)) if spans else (0, len(text))
    return Match(result.intent.name, slots, result.text_chunks_matched, text[:start].strip(), text[end:].strip())


def _house_lists(names: Names) -> dict[str, dict[str, Any]]:
    return {
        "name": {variant: variant for variant in names.variants},
        "area": dict(names.areas),
        "floor": dict(names.floors),
        "label": dict(names.labels),
        "option": {option: option for option in names.options},
    }
