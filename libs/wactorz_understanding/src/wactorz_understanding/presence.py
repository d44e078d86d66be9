"""Statements about who is at home, and about daylight."""

from wactorz_common.contracts.home import Entity
from wactorz_understanding.clauses import Clause, seconds_of
from wactorz_understanding.grammar import Grammar, Match
from wactorz_understanding.naming import EXACT
from wactorz_understanding.statements import LONGEST_SECONDS
from wactorz_understanding.targets import Place, Target

HOME, SUN = "zone.home", "sun.sun"
"""The entities that count the people at home, and say whether the sun is up."""

_SUNS = {"dark": "below_horizon", "light": "above_horizon"}
_SPEAKER = {"speaker_home": "home", "speaker_away": "not_home"}


def read_presence(text: str, grammar: Grammar, place: Place) -> Clause | None:
    """Read a text as one such statement; None when it is none, or the house cannot tell."""
    for match in grammar.read("presence", text):
        hold = seconds_of(match.slots, "hold_count", "hold_unit", "hold_seconds")
        if hold <= LONGEST_SECONDS and (clause := _interpret(match, hold, place)):
            return clause
    return None


def people_of(place: Place) -> list[Entity]:
    """The persons that the house knows."""
    return [e for e in place.names.house.entities if e.domain == "person" and not e.hidden]


def _interpret(match: Match, hold: float, place: Place) -> Clause | None:
    entities, intent = place.names.entities, match.intent
    if intent in _SUNS:
        return Clause(entity_id=SUN, state=_SUNS[intent], hold=hold) if SUN in entities else None
    if intent in _SPEAKER:
        return _speaker(_SPEAKER[intent], hold, place)
    people = people_of(place)
    if len(people) == 1 and HOME not in entities:
        return Clause(entity_id=people[0].entity_id, state="not_home" if intent == "nobody" else "home", hold=hold)
    if HOME not in entities:
        return None
    if intent == "nobody":
        return Clause(entity_id=HOME, side="below", bound=1.0, hold=hold)
    return Clause(entity_id=HOME, side="above", bound=0.0, hold=hold)


def _speaker(state: str, hold: float, place: Place) -> Clause | None:
    """What the speaker does; which person that is, is asked where the house knows several."""
    people = tuple(person.entity_id for person in people_of(place))
    target = place.settle(Target(people, EXACT, "one" if len(people) > 1 else "")) if people else None
    if target is None:
        return None
    return Clause(
        entity_id=target.entity_ids[0], state=state, hold=hold, sudden=True, unclear=target if target.unclear else None
    )
