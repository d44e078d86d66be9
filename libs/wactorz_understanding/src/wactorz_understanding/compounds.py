"""Sentences of several commands: parts that share a verb, a target or neither."""

import dataclasses
import re
from collections.abc import Iterator

from wactorz_understanding.commands import Reading, interpret, read_command, read_stock_command
from wactorz_understanding.grammar import Grammar, Match
from wactorz_understanding.naming import fold
from wactorz_understanding.targets import Place

_MOST_PARTS = 8
_MOST_JOINED = 3
_PLACES = frozenset({"area", "floor"})


def read_commands(text: str, grammar: Grammar, place: Place) -> Reading | None:
    """Read a text as one or several commands; None unless every part of it is one."""
    single = read_command(text, grammar, place)
    if single is not None:
        return single
    parts = _split(text, place)
    readings = _read_parts(parts, grammar, place, Reading()) if 1 < len(parts) <= _MOST_PARTS else None
    if readings is None:
        return read_stock_command(text, grammar, place)
    unclear = next((reading for reading in readings if reading.unclear), None)
    calls = tuple(call for reading in readings for call in reading.calls)
    return unclear or dataclasses.replace(readings[-1], calls=calls)


def _split(text: str, place: Place) -> list[tuple[str, str]]:
    """Parts of a text with what stands before each: [("", first), (", ", second), ...]."""
    parts, start, joint = [], 0, ""
    for match in place.language.join.finditer(text):
        parts.append((joint, text[start : match.start()].strip()))
        joint, start = match[0], match.end()
    parts.append((joint, text[start:].strip()))
    return parts


def _read_parts(parts: list[tuple[str, str]], grammar: Grammar, place: Place, before: Reading) -> list[Reading] | None:
    """Read all parts; a name may contain a joining word, so parts are put together again where that helps."""
    if not parts:
        return []
    for size in range(1, min(len(parts), _MOST_JOINED) + 1):
        text = parts[0][1] + "".join(joint + part for joint, part in parts[1:size])
        here = _with_pronouns(place, before, text)
        elsewhere = _same_elsewhere(text, before, place)
        rest = _read_parts(parts[size:], grammar, place, elsewhere) if elsewhere else None
        if elsewhere and rest is not None:
            return [elsewhere, *rest]
        for candidate in _completions(text, before, parts[size:], place.language.article):
            reading = read_command(candidate, grammar, here)
            if reading is None:
                continue
            reading = _shared_place(candidate, reading, parts[size:], grammar, here)
            rest = _read_parts(parts[size:], grammar, place, reading)
            if rest is not None:
                return [reading, *rest]
    return None


def _same_elsewhere(text: str, before: Reading, place: Place) -> Reading | None:
    """A part that only names a further area: the command before, there."""
    area_id = place.names.areas.get(fold(place.language.articles.sub("", text)))
    if area_id is None or "area" not in before.slots or "kind" not in before.slots:
        return None
    slots = {key: value for key, value in before.slots.items() if key != "area_too"} | {"area": area_id}
    return interpret(Match(before.verb, slots, before.literal, before.head, before.tail), before.verb, place)


def _shared_place(
    text: str, reading: Reading, rest: list[tuple[str, str]], grammar: Grammar, place: Place
) -> Reading:  # fmt: skip
    """A part that is not clear, in the place that the last part names, if that makes it clear."""
    if reading.unclear is None or not rest:
        return reading
    last = rest[-1][1].split(" ")
    for size in range(1, min(len(last) - 1, _MOST_JOINED + 1) + 1):
        placed = read_command(f"{text} {' '.join(last[-size:])}", grammar, place)
        if placed and not placed.unclear and _PLACES & placed.slots.keys() and placed.verb == reading.verb:
            return placed
    return reading


def _with_pronouns(place: Place, before: Reading, text: str) -> Place:
    """In a later part, "it" is what the part before was about."""
    return pronouns_mean(place, text, before.entity_ids) if before.calls else place


def pronouns_mean(place: Place, text: str, entity_ids: tuple[str, ...]) -> Place:
    """The place in which the pronouns of a text stand for devices."""
    language = place.language
    patterns = (language.pronoun, language.pronouns)
    words = {found[0].casefold() for pattern in patterns for found in pattern.finditer(text)}
    return dataclasses.replace(place, said=dict.fromkeys(sorted(words), entity_ids)) if words else place


def _completions(text: str, before: Reading, rest: list[tuple[str, str]], article: re.Pattern[str]) -> Iterator[str]:
    yield text
    if before.calls or before.unclear:
        head = article.sub("", before.head)
        yield f"{head} {text}"
        yield f"{head} {text} {before.tail}"
    elif rest and before.head == before.tail == "":
        last = rest[-1][1].rsplit(" ", 1)
        if len(last) > 1:
            yield f"{text} {last[-1]}"
