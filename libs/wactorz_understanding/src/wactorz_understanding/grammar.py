"""The templates of a language with the names of a house: text in, matches out."""

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

from wactorz_understanding.language import Language
from wactorz_understanding.naming import Names
from wactorz_understanding.sentences import numbers_in

_MOST_MATCHES = 300
_MOST_REMEMBERED = 256
_TARGET_SLOTS = frozenset({"name", "area", "kind", "all", "room", "measure", "quantity"})


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
        self._sections = _compile(language.code)
        self._lists = _house_lists(names)
        self._read: dict[tuple[str, str], list[Match]] = {}

    def read(self, section: str, text: str) -> list[Match]:
        """Every way to read the whole text by the templates of a section, in the order of the templates."""
        key = (section, text)
        if key not in self._read:
            if len(self._read) >= _MOST_REMEMBERED:
                self._read.clear()
            self._read[key] = self._recognize(section, text, self._lists)
        return self._read[key]

    def read_any_name(self, text: str) -> list[Match]:
        """Commands in `text` when any words may stand where a name belongs."""
        from hassil import WildcardSlotList  # noqa: PLC0415  # importing the package must stay cheap

        return self._recognize("commands", text, {**self._lists, "name": WildcardSlotList("name")})

    def read_stock(self, text: str, area_id: str | None) -> list[Match]:
        """Every way to read the text by the shared intent pack."""
        context = {"area": area_id} if area_id else {}
        return self._recognize("stock", text, self._lists, context)

    def _recognize(
        self, section: str, text: str, lists: dict[str, Any], context: dict[str, Any] | None = None
    ) -> list[Match]:
        from hassil import recognize_all  # noqa: PLC0415

        numbers = _text_list("number", numbers_in(text))
        results = recognize_all(
            text, self._sections[section], slot_lists={**lists, "number": numbers, "count": numbers},
            intent_context=context or {}, language=self._language.code,
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


@lru_cache(maxsize=4)
def _compile(code: str) -> dict[str, Any]:
    from hassil import Intents  # noqa: PLC0415

    from wactorz_understanding.language import load_language  # noqa: PLC0415

    data = load_language(code).data
    lists = {name: _plain(values) for name, values in {**data["lists"], "kind": _kind_list(data["kinds"])}.items()}
    sections = {}
    for section, intents in data["templates"].items():
        blocks = {name: {"data": [{"sentences": sentences}]} for name, sentences in intents.items()}
        sections[section] = Intents.from_dict({
            "language": code, "intents": blocks, "lists": lists, "expansion_rules": data["rules"],
        })  # fmt: skip
    sections["stock"] = Intents.from_dict(_stock(code, data["stock"]))
    return sections


def _kind_list(kinds: dict[str, Any]) -> dict[str, Any]:
    said = [(kind[number], f"{name}/{number}") for name, kind in kinds.items() for number in ("one", "many")]
    return {"values": [{"in": words, "out": out} for words, out in said if words]}


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """A list whose values are plain texts, because only those are looked up by their beginning."""
    from hassil import parse_sentence, sample_expression  # noqa: PLC0415

    if "values" not in values:
        return values
    spelled: dict[str, Any] = {}
    for value in values["values"]:
        said, out = (value["in"], value["out"]) if isinstance(value, dict) else (value, value)
        for text in sample_expression(parse_sentence(said).expression):
            spelled.setdefault(" ".join(text.split()), out)
    return {"values": [{"in": text, "out": out} for text, out in spelled.items() if text]}


def _stock(code: str, wanted: list[str]) -> dict[str, Any]:
    from hassil import parse_sentence  # noqa: PLC0415
    from home_assistant_intents import get_intents  # noqa: PLC0415

    pack: dict[str, Any] = get_intents(code) or {"intents": {}, "language": code}
    rules = {name: parse_sentence(body, keep_text=True) for name, body in pack.get("expansion_rules", {}).items()}

    def safe(template: str) -> bool:
        return "{floor}" not in template and bool(parse_sentence(template).get_required_clauses(rules))

    intents = {}
    for name in wanted:
        blocks = [
            {**block, "sentences": kept}
            for block in pack["intents"].get(name, {"data": []})["data"]
            if (kept := [template for template in block["sentences"] if safe(template)])
        ]
        if blocks:
            intents[name] = {"data": blocks}
    return {**pack, "intents": intents, "responses": {}, "skip_words": []}


def _text_list(name: str, values: dict[str, Any]) -> Any:
    from hassil import TextChunk, TextSlotList, TextSlotValue  # noqa: PLC0415

    return TextSlotList(name, [TextSlotValue(TextChunk(text), out) for text, out in values.items()])


def _house_lists(names: Names) -> dict[str, Any]:
    from hassil import TextChunk, TextSlotList, TextSlotValue  # noqa: PLC0415

    values = [
        TextSlotValue(TextChunk(variant), variant, {"domain": domain})
        for variant, meant in names.variants.items()
        for domain in dict.fromkeys(names.entities[entity_id].domain for entity_id in meant)
    ]
    return {"name": TextSlotList("name", values), "area": _text_list("area", dict(names.areas))}
