"""How many sentences of the corpus are read right; run it for the figures: python rate.py [held_out]."""

import sys
from pathlib import Path
from typing import Any

import yaml

from wactorz_common.contracts.home import Area, Entity, House, ServiceCall
from wactorz_common.contracts.rules import Condition, RuleDraft
from wactorz_understanding.meaning import Ambiguous, Calls, Meaning, Question, RuleMeaning, UnknownName
from wactorz_understanding.understander import Understander

HERE = Path(__file__).parent
_SIGNS = {"gt": ">", "lt": "<", "eq": "="}


def load_house() -> House:
    """The house that the sentences speak of."""
    data = yaml.safe_load((HERE / "house.yaml").read_text())
    areas = tuple(Area(area_id=a, name=name, aliases=tuple(aliases)) for a, name, aliases in data["areas"])
    return House(version=1, areas=areas, entities=tuple(_entity(row) for row in data["entities"]))


def _entity(row: list[Any]) -> Entity:
    keys = ("entity_id", "name", "area_id", "device_class", "unit", "aliases", "attributes")
    return Entity.model_validate({key: value for key, value in zip(keys, row, strict=False) if value is not None})


def load_corpus(part: str, language: str = "en") -> list[dict[str, str]]:
    """Rows of one part of the corpus."""
    rows: list[dict[str, str]] = yaml.safe_load((HERE / f"{language}.yaml").read_text())[part]
    return rows


def spell(meaning: Meaning) -> str:
    """A meaning in the notation of the corpus."""
    match meaning:
        case Calls():
            return "; ".join(sorted(_spell_call(call) for call in meaning.calls))
        case RuleMeaning():
            return _spell_rule(meaning.draft)
        case Question():
            return f"ask {','.join(sorted(meaning.entity_ids))}"
        case Ambiguous():
            return f"ambiguous {','.join(sorted(c.entity_id for c in meaning.choices))}"
        case UnknownName():
            return " ".join(("unknown", *(c.entity_id for c in meaning.suggestions)))
    return "nothing"


def _spell_call(call: ServiceCall) -> str:
    data = "".join(f" {key}={value}" for key, value in call.data.items())
    return f"{call.domain}.{call.service} {','.join(sorted(call.entity_id))}{data}"


def _spell_rule(draft: RuleDraft) -> str:
    t = draft.trigger
    if t.kind == "state":
        words = [f"trigger {t.entity_id}={t.to}"]
    elif t.kind == "numeric":
        words = [f"trigger {t.entity_id} {f'>{t.above:g}' if t.above is not None else f'<{t.below:g}'}"]
    elif t.kind == "time":
        words = [" ".join(("at", t.at, *t.weekdays))]
    elif t.kind == "sun":
        words = [f"{t.event} {t.offset_seconds:+g}"]
    else:
        words = [f"every {t.seconds:g}"]
    if draft.held_seconds:
        words.append(f"for {draft.held_seconds:g}")
    words += [f"if {_spell_condition(c)}" for c in draft.conditions]
    if draft.cooldown_seconds != 10:
        words.append(f"cooldown {draft.cooldown_seconds:g}")
    return " ".join([*words, "do", "; ".join(sorted(_spell_call(call) for call in draft.actions))])


def _spell_condition(condition: Condition) -> str:
    value = f"{condition.value:g}" if isinstance(condition.value, float) else condition.value
    return f"{condition.entity_id}{_SIGNS[condition.operator]}{value}"


def is_right(row: dict[str, str], meaning: Meaning) -> bool:
    """Whether the meaning is what the corpus says."""
    expect, found = row["expect"], spell(meaning)
    if expect == "never":
        return not isinstance(meaning, Calls | RuleMeaning)
    if expect.startswith("unknown"):
        return found.startswith("unknown") and set(expect.split()) <= set(found.split())
    if "; " in expect and " do " not in expect:
        expect = "; ".join(sorted(expect.split("; ")))
    return found == expect


def is_wrong_action(row: dict[str, str], meaning: Meaning) -> bool:
    """Whether something would be done that was not asked for."""
    return isinstance(meaning, Calls | RuleMeaning) and not is_right(row, meaning)


def _show(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> None:
    """Print the sentences that are not read right, and the rates."""
    understander = Understander()
    understander.load(load_house())
    for part in [word for word in sys.argv[1:] if word != "quiet"] or ["tuned"]:
        rows = [(row, understander.understand(row["say"])) for row in load_corpus(part)]
        for row, meaning in rows:
            if not is_right(row, meaning) and "quiet" not in sys.argv:
                _show(f"{row['kind']}: {row['say']}\n    expected {row['expect']}\n    found    {spell(meaning)}")
        for kind in sorted({row["kind"] for row, _ in rows}):
            of_kind = [(row, meaning) for row, meaning in rows if row["kind"] == kind]
            _show(f"{part} {kind}: {sum(is_right(r, m) for r, m in of_kind)} of {len(of_kind)} right")
        _show(f"{part}: {sum(is_wrong_action(r, m) for r, m in rows)} wrong actions")


if __name__ == "__main__":
    main()
