"""How well a field of one agent serves as a field of another: by name, type and unit; pure."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from wactorz_common.contracts.topics import FieldSeen
from wactorz_topics import units
from wactorz_topics.german import phrase
from wactorz_topics.shapes import NOTHING, NUMBER, TEXT, TRUTH, declared_types

GOOD = 0.6
"""Fields that fit less well are not proposed."""

_ALIKE = {
    "temp": "temperature", "tmp": "temperature", "hum": "humidity", "ts": "timestamp", "time": "timestamp",
    "lux": "illuminance", "batt": "battery", "lat": "latitude", "lon": "longitude", "lng": "longitude",
    "msg": "message", "text": "message", "label": "class", "conf": "confidence", "score": "confidence",
    "val": "value", "reading": "value", "qty": "count", "num": "count", "bri": "brightness", "pwr": "power",
}  # fmt: skip
_UNIT_WORDS = frozenset({
    "c", "f", "k", "celsius", "fahrenheit", "degc", "degf", "pct", "percent", "percentage", "w", "kw", "wh", "kwh", "v",
    "a", "ms", "s", "sec", "seconds", "min", "minutes", "m", "cm", "km", "hpa", "lx", "ppm", "watts", "volts",
})  # fmt: skip
_NEAR = 0.6


@dataclass(frozen=True, slots=True)
class Need:
    """A field that an agent expects."""

    name: str
    text: str = ""

    @property
    def types(self) -> tuple[str, ...]:
        """Types that it says it takes."""
        return declared_types(self.text)

    @property
    def unit(self) -> str:
        """The unit that it expects, as far as it says."""
        return units.by_text(self.text) or units.by_name(self.name)


@dataclass(frozen=True, slots=True)
class Match:
    """How a field serves a need; `note` says what has to be done about it."""

    field: str
    score: float
    note: str = ""


@lru_cache(maxsize=4_096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a field's last level, in one spelling and without its unit."""
    leaf = name.rsplit(".", 1)[-1]
    parts = [part for part in re.split(r"[_\W]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", leaf).lower()) if part]
    plain = tuple(_ALIKE.get(part, part) for part in parts)
    bare = tuple(part for part in plain if part not in _UNIT_WORDS)
    return bare or plain


def match(need: Need, given: FieldSeen) -> Match | None:
    """How well a field serves a need; None when it does not at all."""
    by_name = _by_name(need.name, given.name)
    if by_name < _NEAR or not types_fit(need.types, given.types):
        return None
    fits = units.fit(given.unit, need.unit)
    if fits is None:
        return None
    if fits:
        return Match(given.name, by_name)
    return Match(
        given.name,
        by_name * 0.8,
        phrase(
            "{given} is in {unit}, {need} wants {wanted}: convert it",
            given=given.name,
            unit=given.unit,
            need=need.name,
            wanted=need.unit,
        ),
    )


@lru_cache(maxsize=65_536)
def _by_name(wanted: str, given: str) -> float:
    if wanted == given:
        return 1.0
    if wanted.rsplit(".", 1)[-1].lower() == given.rsplit(".", 1)[-1].lower():
        return 0.95
    ours, theirs = words_of(wanted), words_of(given)
    if ours == theirs:
        return 0.9
    shared = len(set(ours) & set(theirs))
    return 0.8 * shared / max(len(set(ours)), len(set(theirs))) if shared else 0.0


def types_fit(wanted: tuple[str, ...], given: tuple[str, ...]) -> bool:
    """Whether values of some types can be taken where others are expected; what is not known fits."""
    meant = [kind for kind in given if kind != NOTHING]
    if not wanted or not meant:
        return True
    return any(kind in wanted for kind in meant) or (TRUTH in meant and NUMBER in wanted)


def best(need: Need, fields: Iterable[FieldSeen]) -> Match | None:
    """The field that serves a need best, if one does well enough."""
    found = [fit for one in fields if (fit := match(need, one)) is not None and fit.score >= GOOD]
    return max(found, key=lambda fit: fit.score, default=None)


def nearest(name: str, fields: Iterable[FieldSeen], most: int = 3) -> list[str]:
    """Names that somebody may have meant, nearest first."""
    names = [one.name for one in fields if one.name]
    scored = [(max(_by_name(name, other), _spelling(name, other)), other) for other in names]
    near = [other for score, other in sorted(scored, key=lambda pair: -pair[0]) if score >= _NEAR]
    return near[:most]


def _spelling(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one.rsplit(".", 1)[-1].lower(), other.rsplit(".", 1)[-1].lower()).ratio()


def kinds(types: tuple[str, ...]) -> str:
    """Types in words."""
    return phrase(" or ").join(types) or TEXT
