"""Questions about states: which entities to look at, and the answer from their live states."""

from collections.abc import Iterable, Sequence

from wactorz_common.contracts.home import Entity
from wactorz_understanding.grammar import Grammar, Match
from wactorz_understanding.language import Language, load_language
from wactorz_understanding.meaning import Question
from wactorz_understanding.states import is_state, said_state, state_value
from wactorz_understanding.targets import Place
from wactorz_understanding.wording import join_names

_LATER = frozenset({"people", "outside", "when_changed"})
_WHAT = {"is_state": "is", "any_state": "any", "which": "which", "how_many": "count", "phenomenon": "detected"}


def read_question(text: str, grammar: Grammar, place: Place) -> Question | None:
    """Read a text as a question; None when it is none that states can answer."""
    if not place.language.question.match(text):
        return None
    found: list[tuple[int, int, Question]] = []
    for match in grammar.read("questions", text):
        question = _interpret(match, place)
        if question is not None:
            found.append((question[0], -match.literal, question[1]))
    return min(found, key=lambda item: item[:2])[2] if found else None


def answer(question: Question, states: Iterable[Entity]) -> str:
    """The answer in one sentence, from the live states of the question's entities."""
    by_id = {entity.entity_id: entity for entity in states}
    asked = [by_id[entity_id] for entity_id in question.entity_ids if entity_id in by_id]
    language = load_language(question.language)
    if not asked:
        return str(language.answers["unknown"].format(name=", ".join(question.entity_ids)))
    match question.what:
        case "which" | "count" | "any":
            return _answer_many(question, asked, language)
        case "is" if len(asked) > 1:
            return _answer_many(question, asked, language)
        case "is":
            return _answer_is(question, asked[0], language)
        case "detected":
            return _answer_detected(asked, language)
        case _:
            return " ".join(_answer_value(question, entity, language) for entity in asked)


def _interpret(match: Match, place: Place) -> tuple[int, Question] | None:
    if match.intent in _LATER:
        return None
    what = _WHAT.get(match.intent, match.intent)
    state = match.slots.get("state", "")
    if match.intent == "phenomenon":
        found = find_sensors(match.slots["phenomenon"], match.slots.get("area"), place)
        return _question(0, found, "detected", place, state="detected")
    if match.intent == "value" and "name" not in match.slots:
        quantity = match.slots.get("quantity", "temperature")
        area_id = match.slots.get("area", match.slots.get("room")) or place.area_id
        return _question(3, find_quantity(quantity, area_id, place), "value", place, quantity=quantity)

    def fits(entity: Entity) -> bool:
        return not state or state_value(entity, state) is not None

    if match.intent in {"any_state", "which", "how_many"}:
        match = Match(match.intent, {**match.slots, "all": "all"}, match.literal)
    target = place.find(match, fits)
    if target is None:
        return None
    return _question(target.how, target.entity_ids, what, place, state=state, quantity=match.slots.get("quantity", ""))


def _question(
    how: int, entity_ids: Sequence[str], what: str, place: Place, state: str = "", quantity: str = ""
) -> tuple[int, Question] | None:
    if not entity_ids:
        return None
    wanted = {"what": what, "entity_ids": tuple(entity_ids), "state": state, "quantity": quantity}
    return how, Question.model_validate({**wanted, "language": place.language.code})


def find_sensors(classes: Sequence[str], area_id: str | None, place: Place) -> list[str]:
    """Binary sensors of any of the classes, in an area or anywhere."""
    return [
        entity.entity_id
        for entity in place.names.house.entities
        if entity.domain == "binary_sensor"
        and entity.device_class in classes
        and (area_id is None or entity.area_id == area_id)
    ]


def find_quantity(quantity: str, area_id: str | None, place: Place) -> list[str]:
    """Sensors of a quantity in an area or anywhere; for the temperature, else the climate devices there."""
    here = [e for e in place.names.house.entities if area_id is None or e.area_id == area_id]
    sensors = [e.entity_id for e in here if e.domain == "sensor" and e.device_class == quantity]
    if sensors or quantity not in {"temperature", "humidity"}:
        return sensors
    return [e.entity_id for e in here if e.domain == "climate" and f"current_{quantity}" in e.attributes]


def _answer_is(question: Question, entity: Entity, language: Language) -> str:
    verdict = is_state(entity, question.state)
    key = "unknown" if verdict is None else "yes" if verdict else "no"
    said = question.state if verdict else said_state(entity)
    return _say(key, language, name=entity.name, state=language.answers["states"].get(said, said))


def _answer_many(question: Question, asked: list[Entity], language: Language) -> str:
    matching = [entity.name for entity in asked if is_state(entity, question.state)]
    state = language.answers["states"].get(question.state, question.state)
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
    are = language.answers["are"][len(matching) != 1]
    return _say(key, language, names=names, number=len(matching), count=len(asked), state=state, are=are)


def _answer_detected(asked: list[Entity], language: Language) -> str:
    triggered = [entity.name for entity in asked if entity.state == "on"]
    shown = triggered or [entity.name for entity in asked]
    are = language.answers["are"][len(shown) != 1]
    return _say("detected" if triggered else "not_detected", language, names=join_names(shown, language), are=are)


def _answer_value(question: Question, entity: Entity, language: Language) -> str:
    value: object = entity.state
    unit = entity.unit or ""
    if question.what == "value" and entity.domain == "climate":
        value, unit = entity.attributes.get(f"current_{question.quantity}"), "°"
    if value is None or value in {"unknown", "unavailable"}:
        return _say("unknown", language, name=entity.name)
    said = said_state(entity) if entity.domain == "binary_sensor" else str(value)
    shown = f"{language.answers['states'].get(said, said)} {unit}".strip()
    return _say("state", language, name=entity.name, state=shown)


def _say(key: str, language: Language, **values: object) -> str:
    return str(language.answers[key].format(**values))
