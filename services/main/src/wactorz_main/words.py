"""Words that carry meaning, and the part of a text that is about them; pure."""

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+")
_MOST = 24
_SAME = 0.75
"""Share of common words from which on two texts say the same."""

_ENGLISH = (
    "a about all also am an and any are as at be been but by can could did do does for from get give got had has "
    "have he her hers him his how i if in is it its just know like me my mine no not of on one or our ours please "
    "said say says she should so some tell than that the their them then there these they this those to told too "
    "us was we were what when where which who whom whose why will with would you your yours"
)
_GERMAN = (
    "aber alle als am an auch auf aus bei bin bist bitte da das dass dein deine dem den der des die dir doch du "
    "ein eine einem einen einer er es für hab habe haben hat ich ihm ihn ihr im in ist ja kann kannst man mein "
    "meine mich mir mit nach nicht noch nur ob oder sag sage sie sind so über um und uns unser unsere von vor war "
    "waren warum was wann welche welcher welches wem wen wenn wer wie wieso wird wo wurde zu zum zur"
)
FILLER = frozenset(f"{_ENGLISH} {_GERMAN}".split())
"""Words that tell nothing about what a sentence is about."""


def telling(text: str) -> tuple[str, ...]:
    """The words of a text that carry meaning, lower case, each once, in order; at most 24."""
    found = (word for word in _WORD.findall(text.lower()) if word not in FILLER and (len(word) > 1 or word.isdigit()))
    return tuple(dict.fromkeys(found))[:_MOST]


def excerpt(text: str, wanted: tuple[str, ...], limit: int) -> str:
    """At most `limit` characters of a text: the stretch that holds most of the wanted words."""
    plain = " ".join(text.split())
    if len(plain) <= limit:
        return plain
    lowered = plain.lower()
    places = sorted(found.start() for word in wanted for found in re.finditer(re.escape(word[:6]), lowered))
    room = limit - 6
    best = max(places, key=lambda at: sum(at <= other < at + room // 2 for other in places), default=0)
    start = max(0, min(best - room // 4, len(plain) - room))
    before, after = "..." if start else "", "..." if start + room < len(plain) else ""
    return f"{before}{plain[start : start + room]}{after}"


def distinct(texts: Iterable[str], most: int) -> tuple[int, ...]:
    """The places of at most `most` texts, in order, without those that say nearly the same as one before."""
    kept = list[tuple[int, frozenset[str]]]()
    for place, text in enumerate(texts):
        said = frozenset(_WORD.findall(text.lower()))
        if all(len(said & other) < _SAME * len(said | other) for _, other in kept):
            kept.append((place, said))
        if len(kept) == most:
            break
    return tuple(place for place, _ in kept)
