"""How many sentences of `rules.yaml` make the right rule; run it for the figures.

python rate_rules.py [tuned] [held_out] [show] [quiet]: failures are listed for `tuned` only, unless `show` is given.

A row is right when its very rule is read, or when none is made and the person is told what the row expects; `wrong` when
a rule or a command comes of it that was not asked for. The notation is described in `rules.yaml` and `rate.py`.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import yaml

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import rate  # noqa: E402  # a script beside this one

from wactorz_common.contracts.home import Area, House  # noqa: E402
from wactorz_understanding.meaning import Ambiguous, Meaning, NotUnderstood, UnknownName  # noqa: E402
from wactorz_understanding.understander import Understander  # noqa: E402

PARTS = ("tuned", "held_out")
Verdict = Literal["right", "missed", "wrong"]
Row = dict[str, Any]


def load_rules() -> dict[str, Any]:
    """The corpus with its houses."""
    rules: dict[str, Any] = yaml.safe_load((HERE / "rules.yaml").read_text())
    return rules


def load_house(described: dict[str, Any]) -> House:
    """A house of these sentences: one of the other corpora with more devices, or one of its own."""
    more = tuple(rate._entity(row) for row in described["entities"])
    if "base" in described:
        base = rate.load_house(described["base"])
        return base.model_copy(update={"entities": (*base.entities, *more)})
    areas = tuple(Area(area_id=row[0], name=row[1]) for row in described["areas"])
    return House(version=1, language=described["language"], areas=areas, entities=more)


def readers(rules: dict[str, Any]) -> dict[str, Callable[[str], Meaning]]:
    """What reads a sentence in each of the houses."""
    found: dict[str, Callable[[str], Meaning]] = {}
    for name, described in rules["houses"].items():
        house = load_house(described)
        understander = Understander(house.language, others=[code for code in ("en", "de") if code != house.language])
        understander.load(house)
        found[name] = understander.understand
    return found


def judge(row: Row, meaning: Meaning) -> Verdict:
    """Whether a meaning is what the row says."""
    if any(_is_meant(expect, meaning) for expect in (row["expect"], *row.get("also", ()))):
        return "right"
    return "wrong" if rate.acts(meaning) else "missed"


def _is_meant(expect: str, meaning: Meaning) -> bool:
    if expect == "none":
        return not rate.acts(meaning)
    if expect == "infeasible":
        return isinstance(meaning, UnknownName) or (isinstance(meaning, NotUnderstood) and bool(meaning.text))
    if expect.startswith("ask "):
        ids = set(expect.removeprefix("ask ").split(","))
        return isinstance(meaning, Ambiguous) and ids <= {choice.entity_id for choice in meaning.choices}
    head, _, deeds = expect.rpartition(" do ")
    found_head, _, found_deeds = rate.spell(meaning).rpartition(" do ")
    if head != found_head:
        return False
    return rate.acts(meaning) and rate._are_same_calls(deeds, found_deeds)


def main() -> None:
    """Print the sentences that are not read right, and the rates by half, language and pattern."""
    words = sys.argv[1:]
    rules = load_rules()
    read = readers(rules)
    for part in [word for word in words if word in PARTS] or ["tuned"]:
        judged = [(row, meaning, judge(row, meaning)) for row in rules[part]
                  for meaning in [read[row.get("house", row["lang"])](row["say"])]]  # fmt: skip
        for row, meaning, verdict in judged:
            if verdict != "right" and "quiet" not in words and (part == "tuned" or "show" in words):
                rate._show(f"{verdict} {row['lang']} {row['pattern']}: {row['say']}")
                rate._show(f"    expected {row['expect']}\n    found    {rate.spell(meaning)}")
        _count(part, [(row["lang"], row["pattern"], verdict) for row, _, verdict in judged])


def _count(part: str, verdicts: list[tuple[str, int, Verdict]]) -> None:
    for language in ("en", "de"):
        by_pattern = {p: [v for lang, q, v in verdicts if lang == language and p == q] for p in range(1, 7)}
        shown = ", ".join(f"{p}: {of.count('right')}/{len(of)}" for p, of in by_pattern.items())
        every = [v for of in by_pattern.values() for v in of]
        rate._show(
            f"{part} {language}: {every.count('right')}/{len(every)} right, {every.count('wrong')} wrong; {shown}"
        )
    every = [verdict for _, _, verdict in verdicts]
    share = every.count("right") / len(every)
    rate._show(f"{part}: {len(every)} rows, {share:.1%} right, {every.count('wrong')} wrong rules")


if __name__ == "__main__":
    main()
