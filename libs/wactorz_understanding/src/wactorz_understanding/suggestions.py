"""What a person may have meant when a name is not known: put right when it is plain and harmless, else proposed."""

import dataclasses
from collections.abc import Iterable
from typing import NamedTuple

from wactorz_common.contracts.home import Entity
from wactorz_common.risk import can_open
from wactorz_understanding.compounds import read_commands
from wactorz_understanding.grammar import Match
from wactorz_understanding.language import Language
from wactorz_understanding.meaning import Choice, UnknownName
from wactorz_understanding.naming import NUMBER, STRIPPED, fold, kind_words, words_of
from wactorz_understanding.phrases import words_in
from wactorz_understanding.services import choose_service
from wactorz_understanding.targets import Place, Target
from wactorz_understanding.turn import Outcome, Turn
from wactorz_understanding.wording import ask_back

_MOST_WORDS = 5
_MOST_SUGGESTIONS = 3
_MOST_PARTLY = 8
_NEAR = 60.0
_SHORT_WORD, _LONG_WORD = 4, 7
_HARMLESS_VERBS = frozenset({
    "turn_on", "turn_off", "set_percent", "set_color", "set_white", "set_temperature", "set_mode", "set_volume", "mute",
    "unmute", "pause", "play", "close", "lock", "dock", "set_humidity", "set_option",
})  # fmt: skip
_NEVER_GUESSED = frozenset({
    "lock", "alarm_control_panel", "valve", "button", "input_button", "script", "scene", "automation", "group",
})  # fmt: skip
_ANY_VALUES = {"value": 20.0, "color": "white", "white": 2700, "hvac_mode": "heat", "option": "", "kelvin": 2700}


class Unknown(NamedTuple):
    """The words that name no device, and what was asked of them."""

    name: str
    verb: str


def read_unknown_name(turn: Turn) -> Outcome | None:
    """Read the sentence as a command for a device that the house does not have, or whose name is misspelt."""
    found = None if is_more(turn) else find_unknown(turn)
    if found is None:
        return None
    meant = _misspelt(found, turn.place) or _several(found, turn.place)
    if meant:
        place = dataclasses.replace(turn.place, said={**turn.place.said, found.name: meant})
        reading = read_commands(turn.text, turn.grammar, place)
        if reading is not None and reading.calls and not turn.is_opening(reading.calls):
            return turn.within(place).do(reading)
    partly = _partly(found, turn.place)
    if partly:
        asked = ask_back(Target(partly, NUMBER, "one"), turn.place.names, turn.place.language)
        return Outcome(asked, None, turn.wait_for(asked, several=True, word=found.name))
    choices = nearest(found.name, able_to(found.verb, turn.place), turn.place)
    meaning = UnknownName(text=turn.text, name=found.name, suggestions=choices)
    if not choices:
        return Outcome(meaning)
    asked = ask_back(Target(tuple(c.entity_id for c in choices), NUMBER, "one"), turn.place.names, turn.place.language)
    return Outcome(meaning, None, turn.wait_for(asked, word=found.name))


def is_more(turn: Turn) -> bool:
    """Whether the sentence is no plain command: a question, a condition, a further part, a "not", a time."""
    language = turn.place.language
    if language.question.match(turn.text):
        return True
    marks = (language.rule, language.join, language.negation, language.later, language.schedule)
    return any(mark.search(turn.text) for mark in marks)


def find_unknown(turn: Turn) -> Unknown | None:
    """The words that name no device in what is otherwise a command; None when something else is the trouble."""
    found = [(-match.literal, name, match.intent) for match, name in unknown_in(turn, "commands")]
    return Unknown(*min(found)[1:]) if found else None


def unknown_in(turn: Turn, section: str) -> list[tuple[Match, str]]:
    """Every way to read a text by a section with words that name no device; none when one may name a device."""
    place, found = turn.place, []
    for match in turn.grammar.read_any_name(turn.text, section):
        name = place.language.articles.sub("", str(match.slots.get("name", "")).strip())
        if _is_known(name, place) or _is_statement(name, place.language):
            return []
        if any(s.isalnum() for s in name) and len(name.split()) <= _MOST_WORDS and not _has_area_only(match.slots):
            found.append((match, name))
    return found


def _is_statement(name: str, language: Language) -> bool:
    """Whether the words say something of something ("it is", "the kettle is") instead of naming it."""
    said = language.pronoun.match(name) or language.pronouns.match(name)
    return bool(said) or any(language.question.fullmatch(word) for word in name.split())


def _is_known(name: str, place: Place) -> bool:
    """Whether the words contain a name of the house or are none: then something else was not understood."""
    folded = fold(name)
    if folded in place.names.variants or folded in kind_words(place.language) or place.language.no_name.match(folded):
        return True
    if _is_kind_here(folded, place):
        return True
    return any(" " in variant for variant in place.names.phrases.within(folded))


def _is_kind_here(word: str, place: Place) -> bool:
    said = [kind for kind, words in place.language.data["kinds"].items() if word in words_of(words)]
    return any(place.is_kind(entity, kind) for kind in said for entity in place.names.house.entities)


def _has_area_only(slots: dict[str, object]) -> bool:
    return "kind" in slots or "room" in slots


def _misspelt(found: Unknown, place: Place) -> tuple[str, ...]:
    """The one device whose name was misspelt, if guessing it is harmless; empty otherwise."""
    if found.verb not in _HARMLESS_VERBS:
        return ()
    said = words_in(found.name)
    meant = {e for variant in place.names.spelt_like(said) for e in _near(said, variant, place)}
    if len(meant) != 1:
        return ()
    entity = place.names.entities[next(iter(meant))]
    return () if _is_guarded(entity, place) or entity.hidden or entity.category else (entity.entity_id,)


def _is_guarded(entity: Entity, place: Place) -> bool:
    return entity.domain in _NEVER_GUESSED or can_open(entity, place.names.entities)


def _several(found: Unknown, place: Place) -> tuple[str, ...]:
    """The devices that one word in the plural is a part of the names of, "lamps" of a left and a right one."""
    for one, many in place.language.data["plurals"] if found.verb in _HARMLESS_VERBS else ():
        if many and found.name.casefold().endswith(many):
            meant = _partly(Unknown(found.name[: -len(many)] + one, found.verb), place)
            if len(meant) > 1 and not any(_is_guarded(place.names.entities[e], place) for e in meant):
                return meant
    return ()


def _near(said: tuple[str, ...], variant: str, place: Place) -> Iterable[str]:
    """Devices of a name that is said with typing errors only; the words of areas must be right."""
    from rapidfuzz.distance import OSA  # noqa: PLC0415  # needed only for a name that is not known

    for word, meant in zip(said, words_in(variant), strict=True):
        if word == meant:
            continue
        most = 0 if len(meant) <= _SHORT_WORD else 1 if len(meant) < _LONG_WORD else 2
        if meant in place.names.area_words or OSA.distance(word, meant) > most:
            return
    yield from (e for e, how in place.names.meant(variant).items() if how < NUMBER)


def _partly(found: Unknown, place: Place) -> tuple[str, ...]:
    """Devices whose names contain what was said, if these are few."""
    said = f" {' '.join(words_in(found.name))} "
    names = place.names
    meant = {
        entity_id: None
        for variant, entity_ids in names.variants.items()
        if said in f" {' '.join(words_in(variant))} "
        for entity_id, how in entity_ids.items()
        if how <= STRIPPED and _is_able(names.entities[entity_id], found.verb)
    }
    return tuple(meant) if len(meant) <= _MOST_PARTLY else ()


def _is_able(entity: Entity, verb: str) -> bool:
    return not entity.hidden and entity.category is None and choose_service(verb, entity, _ANY_VALUES) is not None


def able_to(verb: str, place: Place) -> frozenset[str]:
    """Devices that people use and that can do something."""
    return frozenset(e.entity_id for e in place.names.house.entities if _is_able(e, verb))


def nearest(name: str, entity_ids: frozenset[str], place: Place) -> tuple[Choice, ...]:
    """Those of some devices whose names are nearest to what was said, best first."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415

    names = place.names
    scored = process.extract(name.casefold(), list(names.variants), scorer=fuzz.ratio, limit=60, score_cutoff=_NEAR)
    found = dict.fromkeys(e for variant, _, _ in scored for e in names.meant(variant) if e in entity_ids)
    chosen = list(found)[:_MOST_SUGGESTIONS]
    return tuple(Choice(entity_id=entity_id, label=names.label(entity_id)) for entity_id in chosen)
