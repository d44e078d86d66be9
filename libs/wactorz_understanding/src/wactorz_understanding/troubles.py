"""Why a rule cannot be made: something in it is not in the house, or cannot be done there."""

from wactorz_understanding.deeds import read_deeds
from wactorz_understanding.meaning import Choice, NotUnderstood, UnknownName
from wactorz_understanding.naming import NUMBER, kind_words
from wactorz_understanding.phrases import words_in
from wactorz_understanding.questions import find_outside, find_quantity, find_sensors
from wactorz_understanding.refusals import why_unable
from wactorz_understanding.rules import borders, read_statement
from wactorz_understanding.sightings import cameras_of
from wactorz_understanding.states import state_value
from wactorz_understanding.suggestions import able_to, find_unknown, is_more, nearest, unknown_in
from wactorz_understanding.targets import Target
from wactorz_understanding.turn import Outcome, Turn
from wactorz_understanding.wording import ask_back


def why_no_rule(turn: Turn) -> Outcome | None:
    """What a person is told about a rule of which all but one part is read; None when that is not the trouble."""
    for border in borders(turn.text, turn.place):
        outcome = _why(turn, border.when, border.then)
        if outcome is not None:
            return outcome
    return None


def _why(turn: Turn, when: str, then: str) -> Outcome | None:
    trigger = read_statement(when, turn.grammar, turn.place) if when and then else None
    if trigger is not None:
        unable = why_unable(turn.saying(then))
        return Outcome(NotUnderstood(reason="unable", text=unable)) if unable else _unknown_deed(turn, then)
    if not then or read_deeds(then, "", turn.grammar, turn.place) is None:
        return None
    if turn.grammar.read("presence", when):
        return Outcome(NotUnderstood(reason="unable", text=turn.place.language.answers["no_presence"]))
    return _missing_sensor(turn, when) or _unknown_sight(turn, when) or _unknown_trigger(turn, when)


def _is_new(turn: Turn, name: str) -> bool:
    """Whether no word of a name is one of the house's or of the language's words for kinds of devices."""
    place = turn.place
    known = kind_words(place.language)
    return not any(
        word in known or word in place.names.variants or word in place.names.areas or place.language.no_name.match(word)
        for word in words_in(name)
    )


def _unknown_deed(turn: Turn, then: str) -> Outcome | None:
    found = None if is_more(turn.saying(then)) else find_unknown(turn.saying(then))
    if found is None or not _is_new(turn, found.name):
        return None
    return _propose(turn, found.name, nearest(found.name, able_to(found.verb, turn.place), turn.place))


def _unknown_trigger(turn: Turn, when: str) -> Outcome | None:
    for match, name in unknown_in(turn.saying(when), "clauses"):
        state = match.slots.get("event") or match.slots.get("state")
        if state is not None and "phenomenon" not in match.slots and _is_new(turn, name):
            able = [e.entity_id for e in turn.place.names.house.entities if state_value(e, state) is not None]
            return _propose(turn, name, nearest(name, frozenset(able), turn.place))
    return None


def _unknown_sight(turn: Turn, when: str) -> Outcome | None:
    place = turn.place
    for match in turn.grammar.read("sightings", when):
        if "area" in match.slots and "name" not in match.slots:
            area = next((a.name for a in place.names.house.areas if a.area_id == match.slots["area"]), "")
            return Outcome(NotUnderstood(reason="unable", text=place.language.answers["no_camera"].format(area=area)))
    for _, name in unknown_in(turn.saying(when), "sightings"):
        if _is_new(turn, name):
            return _propose(turn, name, nearest(name, frozenset(cameras_of(place)), place))
    return None


def _missing_sensor(turn: Turn, when: str) -> Outcome | None:
    """What is said when the house has no sensor for what is named, at all or in that room."""
    place, answers = turn.place, turn.place.language.answers
    for match in turn.grammar.read("clauses", when):
        slots = match.slots
        if "name" in slots or not {"quantity", "phenomenon"} & slots.keys():
            continue
        area_id = slots.get("area")
        if "phenomenon" in slots:
            found, said = find_sensors(slots["phenomenon"], area_id, place), slots["phenomenon"][0]
        elif "outdoors" in slots:
            found, said = find_outside(slots["quantity"], place), slots["quantity"]
        else:
            found, said = find_quantity(slots["quantity"], {area_id} if area_id else None, place), slots["quantity"]
        if not found:
            where = next((a.name for a in place.names.house.areas if a.area_id == area_id), "")
            template = answers["no_sensor_there" if where else "no_sensor"]
            quantity = answers["quantities"].get(said, said)
            return Outcome(NotUnderstood(reason="unable", text=template.format(quantity=quantity, area=where)))
    return None


def _propose(turn: Turn, name: str, choices: tuple[Choice, ...]) -> Outcome:
    meaning = UnknownName(text=turn.text, name=name, suggestions=choices)
    if not choices:
        return Outcome(meaning)
    asked = ask_back(Target(tuple(c.entity_id for c in choices), NUMBER, "one"), turn.place.names, turn.place.language)
    return Outcome(meaning, None, turn.wait_for(asked, word=name))
