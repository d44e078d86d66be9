"""What a person may have meant when a name is not known; proposals, never acted upon."""

from wactorz_understanding.grammar import Grammar
from wactorz_understanding.meaning import Choice, UnknownName
from wactorz_understanding.naming import fold, kind_words, words_of
from wactorz_understanding.services import choose_service
from wactorz_understanding.targets import Place

_MOST_WORDS = 5
_MOST_SUGGESTIONS = 3
_NEAR = 60.0


def read_unknown_name(text: str, grammar: Grammar, place: Place) -> UnknownName | None:
    """Read a text as a command for a device that the house does not have."""
    language = place.language
    if language.rule.search(text) or language.join.search(text):
        return None
    found: list[tuple[int, str, str]] = []
    for match in grammar.read_any_name(text):
        name = language.articles.sub("", str(match.slots.get("name", "")).strip())
        if _is_known(name, place):
            return None
        if (
            any(sign.isalnum() for sign in name)
            and len(name.split()) <= _MOST_WORDS
            and not _has_area_only(match.slots)
        ):
            found.append((-match.literal, name, match.intent))
    if not found:
        return None
    _, name, verb = min(found)
    return UnknownName(text=text, name=name, suggestions=_nearest(name, verb, place))


def _is_known(name: str, place: Place) -> bool:
    """Whether the words contain a name of the house or are none: then something else was not understood."""
    folded = fold(name)
    if folded in place.names.variants or folded in kind_words(place.language) or place.language.no_name.match(folded):
        return True
    if _is_kind_here(folded, place):
        return True
    padded = f" {folded} "
    return any(f" {variant} " in padded for variant in place.names.variants if " " in variant)


def _is_kind_here(word: str, place: Place) -> bool:
    said = [kind for kind, words in place.language.data["kinds"].items() if word in words_of(words)]
    return any(place.is_kind(entity, kind) for kind in said for entity in place.names.house.entities)


def _has_area_only(slots: dict[str, object]) -> bool:
    return "kind" in slots or "room" in slots


def _nearest(name: str, verb: str, place: Place) -> tuple[Choice, ...]:
    from rapidfuzz import fuzz, process  # noqa: PLC0415  # needed only for a name that is not known

    names = place.names
    able = {e for e, entity in names.entities.items() if choose_service(verb, entity, _ANY_VALUES)}
    said = {variant: [e for e in meant if e in able] for variant, meant in names.variants.items()}
    variants = [variant for variant, meant in said.items() if meant]
    scored = process.extract(name.casefold(), variants, scorer=fuzz.ratio, limit=20, score_cutoff=_NEAR)
    nearest = dict.fromkeys(entity_id for variant, _, _ in scored for entity_id in said[variant])
    chosen = list(nearest)[:_MOST_SUGGESTIONS]
    return tuple(Choice(entity_id=entity_id, label=names.label(entity_id)) for entity_id in chosen)


_ANY_VALUES = {"value": 20.0, "color": "white", "white": 2700, "hvac_mode": "heat"}
