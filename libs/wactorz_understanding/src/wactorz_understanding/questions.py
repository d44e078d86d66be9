"""Questions about states: which entities to look at. `answer` makes the sentence from live states."""

from collections.abc import Sequence

from wactorz_common.contracts.home import Entity
from wactorz_understanding.answers import answer
from wactorz_understanding.context import Mention
from wactorz_understanding.grammar import Match
from wactorz_understanding.meaning import Question, Why
from wactorz_understanding.naming import fold
from wactorz_understanding.states import can_be
from wactorz_understanding.targets import Place, Target
from wactorz_understanding.turn import Outcome, Turn

__all__ = ["answer", "find_quantity", "find_sensors", "interpret_question", "read_question", "read_why"]

_WHAT = {"is_state": "is", "any_state": "any", "which": "which", "how_many": "count", "phenomenon": "detected"}
_MANY = frozenset({"any_state", "which", "how_many"})
_SEVERAL = frozenset({"value", "state"})


def read_question(turn: Turn) -> Outcome | None:
    """Read the sentence as a question; None when it is none that states can answer."""
    if not turn.place.language.question.match(turn.text):
        return None
    found: list[tuple[int, int, int, Outcome]] = []
    for index, match in enumerate(turn.grammar.read("questions", turn.text, turn.place.said)):
        question = _interpret(match, turn.place)
        if question is not None:
            found.append((question[0], -match.literal, index, _outcome(question[1], match, turn)))
    return min(found, key=lambda item: item[:3])[3] if found else None


def interpret_question(match: Match, turn: Turn) -> Outcome | None:
    """The question that a match asks, `match.intent` being the intent."""
    question = _interpret(match, turn.place)
    return _outcome(question[1], match, turn) if question else None


def _outcome(question: Question, match: Match, turn: Turn) -> Outcome:
    mention = Mention(
        text=turn.text, kind="question", verb=match.intent, slots=match.slots, entity_ids=question.entity_ids
    )
    return Outcome(question, mention)


def read_why(turn: Turn) -> Outcome | None:
    """Read the sentence as a question for a reason."""
    for match in turn.grammar.read("why", turn.text, turn.place.said):
        state = match.slots.get("state", match.slots.get("past", ""))
        target = turn.place.find(match, lambda entity, state=state: not state or can_be(entity, state))  # type: ignore[misc]
        if target is None:
            continue
        if target.unclear:
            return turn.ask(target)
        if len(target.entity_ids) == 1:
            mention = Mention(text=turn.text, kind="question", entity_ids=target.entity_ids)
            return Outcome(Why(entity_id=target.entity_ids[0]), mention)
    return None


def _interpret(match: Match, place: Place) -> tuple[int, Question] | None:
    what = _WHAT.get(match.intent, match.intent)
    slots = match.slots
    state = slots.get("state", slots.get("past", ""))
    quantity = slots.get("quantity", "")
    if match.intent == "phenomenon":
        found = find_sensors(slots["phenomenon"], slots.get("area"), place)
        return _question(0, found, "detected", place, state="detected")
    if match.intent == "people":
        people = [e.entity_id for e in place.names.house.entities if e.domain == "person" and not e.hidden]
        return _question(0, people, "home", place, state=slots.get("group", "any"))
    if match.intent == "outside":
        return _outside(slots.get("quantity", ""), place)
    if match.intent == "value" and "name" not in slots:
        return _measured(match, quantity or "temperature", place)

    def fits(entity: Entity) -> bool:
        return not state or can_be(entity, state)

    if match.intent in _MANY:
        match = Match(match.intent, {**slots, "all": "all"}, match.literal)
    target = place.find(match, fits)
    if target is None:
        return None
    if match.intent == "when_changed":
        what = "since" if "state" in slots else "changed"
    chosen = _narrowed(target, quantity, place) if match.intent in _SEVERAL else target.entity_ids
    return _question(target.how, chosen, what, place, state=state, quantity=quantity)


def _narrowed(target: Target, quantity: str, place: Place) -> tuple[str, ...]:
    """Of several devices of one name those that report the quantity that is asked for."""
    entities = place.names.entities
    measured = tuple(e for e in target.entity_ids if quantity and entities[e].device_class == quantity)
    return measured or target.entity_ids


def _measured(match: Match, quantity: str, place: Place) -> tuple[int, Question] | None:
    areas = place.areas_of(match.slots)
    if areas is None and place.area_id:
        areas = {place.area_id}
    return _question(3, find_quantity(quantity, areas, place), "value", place, quantity=quantity)


def _outside(quantity: str, place: Place) -> tuple[int, Question] | None:
    weather = [e.entity_id for e in place.names.house.entities if e.domain == "weather" and not e.hidden][:1]
    if not quantity:
        return _question(0, weather, "weather", place)
    return _question(0, find_outside(quantity, place) or weather, "value", place, quantity=quantity)


def find_outside(quantity: str, place: Place) -> list[str]:
    """Sensors of a quantity that are outside, by their own name or their area's."""
    areas = {a.area_id for a in place.names.house.areas if _is_outside((a.name, *a.aliases), place)}
    return [
        e.entity_id
        for e in place.names.house.entities
        if e.domain == "sensor"
        and e.device_class == quantity
        and e.category is None
        and (e.area_id in areas or _is_outside((e.name, *e.aliases), place))
    ]


def _is_outside(said: Sequence[str], place: Place) -> bool:
    return any(place.language.outside.search(fold(name)) for name in said)


def _question(
    how: int, entity_ids: Sequence[str], what: str, place: Place, state: str = "", quantity: str = ""
) -> tuple[int, Question] | None:
    if not entity_ids:
        return None
    wanted = {"what": what, "entity_ids": tuple(entity_ids), "state": state, "quantity": quantity}
    zone = {"language": place.language.code, "time_zone": place.names.house.time_zone}
    return how, Question.model_validate({**wanted, **zone})


def find_sensors(classes: Sequence[str], area_id: str | None, place: Place) -> list[str]:
    """Binary sensors of any of the classes, in an area or anywhere."""
    return [
        entity.entity_id
        for entity in place.names.house.entities
        if entity.domain == "binary_sensor"
        and entity.device_class in classes
        and not entity.hidden
        and (area_id is None or entity.area_id == area_id)
    ]


def find_quantity(quantity: str, areas: set[str] | None, place: Place) -> list[str]:
    """Sensors of a quantity in areas or anywhere; for the temperature, else the climate devices there."""
    here = [e for e in place.names.house.entities if areas is None or e.area_id in areas]
    sensors = [e.entity_id for e in here if e.domain == "sensor" and e.device_class == quantity and not e.hidden]
    used = [e for e in sensors if place.names.entities[e].category is None]
    if sensors or quantity not in {"temperature", "humidity"}:
        return used or sensors
    return [e.entity_id for e in here if e.domain == "climate" and f"current_{quantity}" in e.attributes]
