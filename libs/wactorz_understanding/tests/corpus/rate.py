"""How many sentences of the corpora are read right; run it for the figures.

python rate.py [en|de|old] [tuned] [held_out] [quiet]: failures are listed for `tuned` only, unless `show` is given.

A row says a sentence (`say`) or several in one conversation (`turns`), perhaps in a room (`area`), and what is right:
`expect`, or one of `also`. `never` lists what must not be in the result whatever else is. A `trap` invites a mistake.

    light.turn_on light.a,light.b brightness_pct=30     calls, ";" between; `key=2500..3100` takes a range
    adjust brightness +1..40 light.a                     a relative change; `color_temp` in kelvin, the others in their unit
    trigger lock.a=unlocked for 60 if light.b=off cooldown 600 do CALLS
    trigger sensor.a >28 do CALLS
    trigger time 07:00 mon,tue do CALLS
    trigger sun sunset -1800 do CALLS
    trigger every 1800 do CALLS; notice discord "text"; task AGENT "text"
    automation trigger ...                               a rule that Home Assistant is to keep
    ask IDS | why ID | ambiguous IDS (at least these choices) | unknown [ID that is proposed]
    never, nothing                                       anything that does not act
"""

import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal

import yaml

from wactorz_common.contracts.home import Area, Entity, Floor, House, Label, ServiceCall
from wactorz_common.contracts.rules import Condition, MqttTrigger, NoticeAction, RuleDraft, Trigger
from wactorz_understanding.context import Context
from wactorz_understanding.meaning import Adjust, Ambiguous, Calls, Meaning, Question, RuleMeaning, UnknownName, Why
from wactorz_understanding.understander import Understander

HERE = Path(__file__).parent
HOUSES = {"old": "house", "en": "house_2", "de": "house_de"}
PARTS = ("tuned", "held_out")
Verdict = Literal["right", "asked", "wrong"]
Row = dict[str, Any]

_KEYS = ("entity_id", "name", "area_id", "device_class", "unit", "aliases", "attributes", "labels", "category")
_SIGNS = {"gt": ">", "lt": "<", "eq": "=", "ne": "!=", "gte": ">=", "lte": "<="}
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ACTING = ("calls", "rule", "adjust")


def load_house(name: str = "house") -> House:
    """A house that sentences speak of."""
    data = yaml.safe_load((HERE / f"{name}.yaml").read_text())
    return House(
        version=1,
        language=data.get("language", "en"),
        floors=tuple(
            Floor(floor_id=row[0], name=row[1], aliases=tuple(row[2]), level=row[3]) for row in data.get("floors", [])
        ),
        labels=tuple(Label(label_id=row[0], name=row[1]) for row in data.get("labels", [])),
        areas=tuple(
            Area(area_id=row[0], name=row[1], aliases=tuple(row[2]), floor_id=row[3] if len(row) > 3 else None)
            for row in data["areas"]
        ),
        entities=tuple(_entity(row) for row in data["entities"]),
    )


def _entity(row: list[Any]) -> Entity:
    return Entity.model_validate({key: value for key, value in zip(_KEYS, row, strict=False) if value is not None})


def load_corpus(part: str, language: str = "old") -> list[Row]:
    """Rows of one part of a corpus; the old one is in English and has a house of its own."""
    if language == "old":
        rows: list[Row] = yaml.safe_load((HERE / "en.yaml").read_text())[part]
    else:
        rows = yaml.safe_load((HERE / f"{language}_{part}.yaml").read_text())["rows"]
    return rows


def spell(meaning: Meaning) -> str:  # noqa: PLR0911  # one for each kind
    """A meaning in the notation of the corpus."""
    match meaning:
        case Calls():
            return "; ".join(sorted(_spell_call(call) for call in meaning.calls))
        case RuleMeaning():
            where = "automation " if meaning.in_home_assistant else ""
            return where + _spell_rule(meaning.draft)
        case Question():
            return f"ask {','.join(sorted(meaning.entity_ids))}"
        case Ambiguous():
            return f"ambiguous {','.join(sorted(c.entity_id for c in meaning.choices))}"
        case UnknownName():
            return " ".join(("unknown", *(c.entity_id for c in meaning.suggestions)))
        case Adjust():
            quantity = "color_temp" if meaning.quantity == "whiteness" else meaning.quantity
            return f"adjust {quantity} {meaning.delta:+g} {','.join(sorted(meaning.entity_ids))}"
        case Why():
            return f"why {meaning.entity_id}"
    return "nothing"


def _spell_call(call: ServiceCall) -> str:
    data = "".join(f" {key}={value}" for key, value in call.data.items())
    return f"{call.domain}.{call.service} {','.join(sorted(call.entity_id))}{data}"


def _spell_rule(draft: RuleDraft) -> str:
    words = [f"trigger {_spell_trigger(draft.trigger)}"]
    words += [f"if {_spell_condition(c)}" for c in draft.conditions]
    if draft.hours:
        span = f"{draft.hours.start}-{draft.hours.end}" if draft.hours.start else ""
        words.append(" ".join(filter(None, ("hours", span, ",".join(draft.hours.weekdays)))))
    if draft.cooldown_seconds != RuleDraft.model_fields["cooldown_seconds"].default:
        words.append(f"cooldown {draft.cooldown_seconds:g}")
    deeds = sorted(_spell_call(call) for call in draft.actions)
    deeds += sorted(_spell_notice(notice) for notice in draft.notices)
    deeds += [f'task {task.agent} "{task.task}"' for task in draft.tasks]
    return " ".join([*words, "do", "; ".join(deeds)])


def _spell_notice(notice: NoticeAction) -> str:
    words = ["notice!" if notice.severity == "critical" else "notice", notice.target]
    return " ".join(filter(None, (*words, f'"{notice.text}"' if notice.text else "")))


def _spell_trigger(t: Trigger) -> str:
    match t.kind:
        case "time":
            return " ".join(["time", t.at, ",".join(sorted(t.weekdays, key=_WEEK.index))]).strip()
        case "sun":
            return f"sun {t.event}" + (f" {t.offset_seconds:+g}" if t.offset_seconds else "")
        case "interval":
            return f"every {t.seconds:g}"
        case "detection":
            return " ".join(filter(None, ("detect", "gone" if t.gone else "", t.target, t.camera or "any")))
        case "mqtt":
            spelled = _spell_report(t)
        case "state":
            spelled = f"{t.entity_id}={t.to}"
        case "numeric":
            spelled = f"{t.entity_id} {f'>{t.above:g}' if t.above is not None else f'<{t.below:g}'}"
    return spelled + (f" for {t.for_seconds:g}" if t.for_seconds else "")


def _spell_report(t: MqttTrigger) -> str:
    window = f"{t.window.function} {t.window.seconds:g}" if t.window else ""
    value = "any" if t.operator == "any" else f"{_SIGNS[t.operator]}{_spell_value(t.value)}"
    return " ".join(filter(None, ("mqtt", t.topic, t.field, window, value)))


def _spell_value(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _spell_condition(condition: Condition) -> str:
    name = f"{condition.topic} {condition.field}".strip() if condition.topic else condition.entity_id
    return f"{name}{_SIGNS[condition.operator]}{_spell_value(condition.value)}"


def acts(meaning: Meaning) -> bool:
    """Whether something is done, now or later."""
    return meaning.kind in _ACTING


def is_right(row: Row, meaning: Meaning) -> bool:
    """Whether the meaning is what the corpus says."""
    found = spell(meaning)
    if any(word in found for word in row.get("never", ()) if acts(meaning)):
        return False
    return any(_is_meant(expect, found, meaning) for expect in (row["expect"], *row.get("also", ())))


def _is_meant(expect: str, found: str, meaning: Meaning) -> bool:  # noqa: PLR0911  # one for each notation
    if expect in ("never", "nothing"):
        return not acts(meaning)
    word = expect.split(maxsplit=1)[0]
    if word == "why":
        return expect == found
    if word == "unknown":
        return found.startswith("unknown") and set(expect.split()) <= set(found.split())
    if word == "ambiguous":
        return found.startswith("ambiguous") and _ids(expect) <= _ids(found)
    if word == "ask":
        return found.startswith("ask") and _ids(expect) == _ids(found)
    if word == "adjust":
        return found.startswith("adjust") and all(map(_is_near, expect.split(), found.split()))
    expect_head, _, expect_calls = expect.rpartition(" do ")
    found_head, _, found_calls = found.rpartition(" do ")
    return acts(meaning) and expect_head == found_head and _are_same_calls(expect_calls, found_calls)


def _ids(text: str) -> set[str]:
    return set(text.split(" ")[1].split(","))


def _are_same_calls(expect: str, found: str) -> bool:
    """Whether every device gets the same, however the calls are grouped."""
    expected, made = sorted(_atoms(expect)), sorted(_atoms(found))
    return len(expected) == len(made) and all(map(_is_same_atom, expected, made))


def _atoms(calls: str) -> Iterable[tuple[str, str, list[str]]]:
    for call in calls.split("; "):
        if call.startswith(("notice", "task")):
            yield call, "", []
            continue
        service, ids, *data = call.split(" ")
        yield from ((service, entity_id, sorted(data)) for entity_id in ids.split(","))


def _is_same_atom(expect: tuple[str, str, list[str]], found: tuple[str, str, list[str]]) -> bool:
    return expect[:2] == found[:2] and len(expect[2]) == len(found[2]) and all(map(_is_near, expect[2], found[2]))


def _is_near(expect: str, found: str) -> bool:
    """Whether two words are the same, or the second a number within the range that the first gives."""
    span = re.fullmatch(r"(\w+=)?([-+]?[\d.]+?)\.\.([-+]?[\d.]+)", expect)
    if span is None:
        return expect.lower() == found.lower()
    key, low, high = span.group(1) or "", float(span.group(2)), float(span.group(3))
    value = found.removeprefix(key)
    return found.startswith(key) and bool(re.fullmatch(r"[-+]?[\d.]+", value)) and low <= float(value) <= high


def is_wrong_action(row: Row, meaning: Meaning) -> bool:
    """Whether something would be done that was not asked for."""
    return acts(meaning) and not is_right(row, meaning)


def judge(row: Row, meanings: list[Meaning]) -> Verdict:
    """The worst that happened in a row, which may have several turns."""
    turns = [{**row, **turn} for turn in row.get("turns", [row])]
    if any(is_wrong_action(turn, meaning) for turn, meaning in zip(turns, meanings, strict=True)):
        return "wrong"
    return "right" if all(map(is_right, turns, meanings)) else "asked"


def reader(language: str) -> Callable[[Row], list[Meaning]]:
    """What reads the sentences of a row, one conversation each, in the house of that language."""
    house = load_house(HOUSES[language])
    understander = Understander(house.language, others=[code for code in ("en", "de") if code != house.language])
    understander.load(house)
    return lambda row: _hold(understander, row)


def _hold(understander: Understander, row: Row) -> list[Meaning]:
    meanings, context = [], Context(area_id=row.get("area"))
    for turn in row.get("turns", [row]):
        understanding = understander.understand(turn["say"], context)
        meanings.append(understanding.meaning)
        context = understanding.context
    return meanings


def _show(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _list_failure(row: Row, meanings: list[Meaning], verdict: Verdict) -> None:
    _show(f"{verdict} {row['kind']}: {row.get('area', '')}")
    for turn, meaning in zip(row.get("turns", [row]), meanings, strict=True):
        _show(f"    {turn['say']}\n        expected {turn['expect']}\n        found    {spell(meaning)}")


def _rate(language: str, part: str, words: list[str]) -> None:
    read = reader(language)
    judged = [(row, meanings, judge(row, meanings)) for row in load_corpus(part, language) for meanings in [read(row)]]
    for row, meanings, verdict in judged:
        if verdict != "right" and "quiet" not in words and (part == "tuned" or "show" in words):
            _list_failure(row, meanings, verdict)
    for kind in dict.fromkeys(row["kind"] for row, _, _ in judged) if part == "tuned" or "show" in words else ():
        of_kind = [verdict for row, _, verdict in judged if row["kind"] == kind]
        _show(f"{language} {part} {kind}: {of_kind.count('right')} of {len(of_kind)} right")
    verdicts = [verdict for _, _, verdict in judged]
    figures = ", ".join(f"{verdicts.count(v)} {v} ({verdicts.count(v) / len(verdicts):.1%})"
                        for v in ("right", "wrong", "asked"))  # fmt: skip
    _show(f"{language} {part}: {len(verdicts)} rows: {figures}")


def main() -> None:
    """Print the sentences that are not read right, and the rates."""
    words = sys.argv[1:]
    for language in [word for word in words if word in HOUSES] or ["en", "de"]:
        for part in [word for word in words if word in PARTS] or ["tuned"]:
            _rate(language, part, words)


if __name__ == "__main__":
    main()
