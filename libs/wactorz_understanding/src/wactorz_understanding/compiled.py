"""The templates of a language compiled, once for the process."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from wactorz_understanding.colors import COLORS
from wactorz_understanding.language import load_language
from wactorz_understanding.matching import Node, Template, Values, compile_node, fold_case
from wactorz_understanding.spelling import plain_data, spell_numbers


@dataclass(frozen=True)
class Compiled:
    """A language, ready to be matched: templates by section, rules and lists that are the same in every house."""

    sections: dict[str, tuple[Template, ...]]
    rules: dict[str, Node]
    lists: dict[str, Values]
    stock: Any


@lru_cache(maxsize=4)
def compile_language(code: str) -> Compiled:
    """The templates of a language, and the chosen part of the shared pack."""
    from hassil import Intents  # noqa: PLC0415  # importing the package must stay cheap

    data = load_language(code).data
    colors = [*data["lists"]["color"]["values"], *({"in": said, "out": name} for said, name in COLORS.items())]
    spelled = {**data["lists"], "kind": _kind_list(data["kinds"]), "color": {"values": colors}}
    rules: dict[str, Node] = {}
    sections = {}
    for section, intents in data["templates"].items():
        blocks = {name: {"data": [{"sentences": sentences}]} for name, sentences in intents.items()}
        parsed = Intents.from_dict({"language": code, "intents": blocks, "expansion_rules": data["rules"]})
        sections[section] = _templates(parsed)
        rules = rules or {name: compile_node(rule.expression) for name, rule in parsed.expansion_rules.items()}
    lists = {name: Values(_plain(values, code).items()) for name, values in spelled.items()}
    return Compiled(sections, rules, lists, Intents.from_dict(_stock(code, data["stock"])))


def _templates(parsed: Any) -> tuple[Template, ...]:
    return tuple(
        Template(name, compile_node(sentence.expression), _needs(sentence, parsed.expansion_rules))
        for name, intent in parsed.intents.items()
        for block in intent.data
        for sentence in block.sentences
    )


def _needs(sentence: Any, rules: Any) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(map(fold_case, clause)) for clause in sentence.get_required_clauses(rules))


def _kind_list(kinds: dict[str, Any]) -> dict[str, Any]:
    said = [(kind[number], f"{name}/{number}") for name, kind in kinds.items() for number in ("one", "many")]
    return {"values": [{"in": words, "out": out} for words, out in said if words]}


def _plain(values: dict[str, Any], code: str) -> dict[str, Any]:
    """The values of a list by everything that may be said for them."""
    from hassil import parse_sentence, sample_expression  # noqa: PLC0415

    spelled: dict[str, Any] = {}
    if "range" in values:
        spelled |= _range(values["range"], code)
    for value in values.get("values", ()):
        said, out = (value["in"], value["out"]) if isinstance(value, dict) else (value, value)
        for text in sample_expression(parse_sentence(said).expression):
            spelled.setdefault(" ".join(text.split()), out)
    return {text: out for text, out in spelled.items() if text}


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
