"""The answer to a question in one sentence, from the live states of its entities."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wactorz_common.contracts.home import Entity
from wactorz_understanding.language import Language, load_language
from wactorz_understanding.meaning import Question
from wactorz_understanding.states import is_state, said_state
from wactorz_understanding.wording import join_names

_NUMBER = re.compile(r"[-+]?\d+\.\d+")
_UNKNOWN = frozenset({"unknown", "unavailable", None})


def answer(question: Question, states: Iterable[Entity]) -> str:
    """The answer in one sentence, from the live states of the question's entities."""
    by_id = {entity.entity_id: entity for entity in states}
    asked = [by_id[entity_id] for entity_id in question.entity_ids if entity_id in by_id]
    language = load_language(question.language)
    if not asked:
        return _say("unknown", language, name=", ".join(question.entity_ids))
    return _compose(question, asked, language)


def _compose(question: Question, asked: list[Entity], language: Language) -> str:
    found = ""
    match question.what:
        case "which" | "count" | "any":
            found = _answer_many(question, asked, language)
        case "is" if len(asked) > 1:
            found = _answer_many(question, asked, language)
        case "is":
            found = _answer_is(question, asked[0], language)
        case "detected":
            found = _answer_detected(asked, language)
        case "home":
            found = _answer_home(question, asked, language)
        case "weather":
            found = _answer_weather(asked[0], language)
        case "changed" | "since":
            found = " ".join(_answer_changed(question, entity, language) for entity in asked)
        case _:
            found = " ".join(_answer_value(question, entity, language) for entity in asked)
    return found


def _answer_is(question: Question, entity: Entity, language: Language) -> str:
    verdict = is_state(entity, question.state)
    key = "unknown" if verdict is None else "yes" if verdict else "no"
    said = question.state if verdict else said_state(entity)
    return _say(key, language, name=entity.name, state=_state(said, language))


def _answer_many(question: Question, asked: list[Entity], language: Language) -> str:
    matching = [entity.name for entity in asked if is_state(entity, question.state)]
    state = _state(question.state, language)
    if question.what == "is":
        key = "all_yes" if len(matching) == len(asked) else "not_all" if matching else "any_no"
    elif question.what == "any":
        key = "any_yes" if matching else "any_no"
    elif question.what == "which":
        key = "which" if matching else "which_none"
    else:
        key = "count"
    names = join_names(matching, language)
    if key == "count" and names:
        names = f": {names}"
    are = _are(matching, language)
    return _say(key, language, names=names, number=len(matching), count=len(asked), state=state, are=are)


def _answer_detected(asked: list[Entity], language: Language) -> str:
    triggered = [entity.name for entity in asked if entity.state == "on"]
    shown = triggered or [entity.name for entity in asked]
    key = "detected" if triggered else "not_detected"
    return _say(key, language, names=join_names(shown, language), are=_are(shown, language))


def _answer_home(question: Question, asked: list[Entity], language: Language) -> str:
    home = [entity.name for entity in asked if entity.state == "home"]
    key = "home_none" if not home else "home_some"
    if home and len(home) == len(asked) > 1:
        key = "home_all"
    elif home and question.state == "all":
        key = "home_not_all"
    return _say(key, language, names=join_names(home, language), are=_are(home, language))


def _answer_weather(entity: Entity, language: Language) -> str:
    if entity.state in _UNKNOWN:
        return _say("unknown", language, name=entity.name)
    state = language.answers["weather_states"].get(entity.state, entity.state)
    temperature = entity.attributes.get("temperature")
    unit = entity.attributes.get("temperature_unit", "°")
    shown = f"{temperature:g} {unit}" if isinstance(temperature, int | float) else "?"
    return _say("weather", language, state=state, temperature=shown)


def _answer_changed(question: Question, entity: Entity, language: Language) -> str:
    """When an entity took its state; of another state than the present one nothing is known here."""
    if entity.changed_at is None or entity.state in _UNKNOWN:
        return _say("unknown", language, name=entity.name)
    now, when = _state(said_state(entity), language), _when(entity.changed_at, question.time_zone, language)
    state = _state(question.state, language)
    if is_state(entity, question.state):
        return _say("changed_since", language, name=entity.name, state=state, when=when)
    return _say("changed_unknown", language, name=entity.name, state=state, now=now, when=when)


def _when(at: float, zone_name: str, language: Language) -> str:
    try:
        zone: ZoneInfo | timezone = ZoneInfo(zone_name)
    except (ZoneInfoNotFoundError, ValueError):
        zone = UTC
    local, today = datetime.fromtimestamp(at, zone), datetime.now(zone).date()
    key = "today" if local.date() == today else "yesterday" if local.date() == today - timedelta(days=1) else "on_date"
    return _say(key, language, time=f"{local:%H:%M}", date=local.date().isoformat())


def _answer_value(question: Question, entity: Entity, language: Language) -> str:
    value: object = entity.state
    unit = entity.unit or ""
    if question.what == "value" and entity.domain == "climate":
        value, unit = entity.attributes.get(f"current_{question.quantity}"), "°"
    elif question.what == "value" and entity.domain == "weather":
        value, unit = entity.attributes.get(question.quantity), entity.attributes.get(f"{question.quantity}_unit", "")
    if value is None or value in _UNKNOWN:
        return _say("unknown", language, name=entity.name)
    said = said_state(entity) if entity.domain == "binary_sensor" else str(value)
    return _say("state", language, name=entity.name, state=f"{_state(said, language)} {unit}".strip())


def _state(said: str, language: Language) -> str:
    if _NUMBER.fullmatch(said):
        return said.replace(".", language.answers["decimal"])
    return str(language.answers["states"].get(said, said))


def _are(names: list[str], language: Language) -> str:
    return str(language.answers["are"][len(names) != 1])


def _say(key: str, language: Language, **values: object) -> str:
    return str(language.answers[key].format(**values))
