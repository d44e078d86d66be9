"""The templates of a language compiled, once for the process."""

from functools import lru_cache
from typing import Any

from wactorz_understanding.colors import COLORS
from wactorz_understanding.language import load_language
from wactorz_understanding.spelling import plain_data, spell_numbers


@lru_cache(maxsize=16)
def compile_sections(code: str) -> dict[str, Any]:
    """The sections of templates of a language by name, the chosen part of the shared pack as "stock"."""
    from hassil import Intents  # noqa: PLC0415  # importing the package must stay cheap

    data = load_language(code).data
    colors = [*data["lists"]["color"]["values"], *({"in": said, "out": name} for said, name in COLORS.items())]
    spelled = {**data["lists"], "kind": _kind_list(data["kinds"]), "color": {"values": colors}}
    lists = {name: _plain(values, code) for name, values in spelled.items()}
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


def _plain(values: dict[str, Any], code: str) -> dict[str, Any]:
    """A list whose values are plain texts, because only those are looked up by their beginning."""
    from hassil import parse_sentence, sample_expression  # noqa: PLC0415

    spelled: dict[str, Any] = {}
    if "range" in values:
        spelled |= _range(values["range"], code)
    for value in values.get("values", ()):
        said, out = (value["in"], value["out"]) if isinstance(value, dict) else (value, value)
        for text in sample_expression(parse_sentence(said).expression):
            spelled.setdefault(" ".join(text.split()), out)
    return {"values": [{"in": text, "out": out} for text, out in spelled.items() if text]}


def _range(ends: dict[str, Any], code: str) -> dict[str, int]:
    first, last = int(ends["from"]), int(ends["to"])
    digits = {str(number): number for number in range(first, last + 1)} if ends.get("digits", True) else {}
    return {**spell_numbers(first, last, code), **digits}


def _stock(code: str, wanted: list[str]) -> dict[str, Any]:
    from hassil import parse_sentence  # noqa: PLC0415
    from home_assistant_intents import get_intents  # noqa: PLC0415

    pack: dict[str, Any] = plain_data(get_intents(code) or {"intents": {}, "language": code})
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
