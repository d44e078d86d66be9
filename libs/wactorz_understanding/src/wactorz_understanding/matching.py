"""Templates matched against one text: every part of a template is tried once at each place, whoever refers to it.

Reads what hassil has parsed; a value of a list must end where a word ends.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

_CHUNK, _LIST, _RULE, _SEQUENCE, _CHOICE = range(5)
_ENDS_OF_WORDS = (" ", "'")
_MOST_FOUND = 300
_MOST_WILD = 7

Node = tuple[int, Any]
"""A part of a template: its kind, and what it consists of."""


class Found(NamedTuple):
    """One way to get to a place of the text: the place, whether a word may begin there, slots and letters read."""

    end: int
    fresh: bool
    slots: tuple[tuple[str, Any, int, int], ...]
    literal: int


@dataclass(frozen=True)
class Template:
    """A template with its intent, and the pieces of text of which one of each set must be there."""

    intent: str
    node: Node
    needs: tuple[frozenset[str], ...]

    def is_worded_in(self, text: str) -> bool:
        """Whether a text, in one case, has a piece of each set."""
        return all(any(piece in text for piece in clause) for clause in self.needs)


class Values:
    """The values of a list by their first word."""

    def __init__(self, values: Iterable[tuple[str, Any]]) -> None:
        self._by_word: dict[str, list[tuple[str, Any]]] = {}
        for said, value in values:
            folded = fold_case(said)
            self._by_word.setdefault(folded.split(" ", 1)[0], []).append((folded, value))

    def at(self, text: str, place: int) -> Iterable[tuple[int, Any]]:
        """Ends and values of what stands at a place."""
        space = text.find(" ", place)
        for said, value in self._by_word.get(text[place : space if space >= 0 else len(text)], ()):
            if text.startswith(said, place) and not text[place + len(said) : place + len(said) + 1].isalnum():
                yield place + len(said), value


class AnyWords:
    """A list that every few words are in."""

    def at(self, text: str, place: int) -> Iterable[tuple[int, Any]]:
        """Ends and values of what stands at a place."""
        end = place
        for _ in range(_MOST_WILD):
            end = text.find(" ", end + 1)
            if end < 0:
                return
            yield end, text[place:end]


def fold_case(text: str) -> str:
    """Text in one case and of the same length."""
    folded = text.lower()
    return folded if len(folded) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def compile_node(expression: Any) -> Node:
    """What a parsed expression of hassil consists of."""
    from hassil import Alternative, ListReference, Permutation, RuleReference, TextChunk  # noqa: PLC0415

    if isinstance(expression, TextChunk):
        text = fold_case(expression.text)
        return _CHUNK, (text, text.lstrip(), expression.text.endswith(_ENDS_OF_WORDS))
    if isinstance(expression, ListReference):
        return _LIST, (expression.list_name, expression.slot_name)
    if isinstance(expression, RuleReference):
        return _RULE, expression.rule_name
    if isinstance(expression, Permutation):
        raise TypeError("permutations are not read: write the orders out")
    kind = _CHOICE if isinstance(expression, Alternative) else _SEQUENCE
    return kind, tuple(compile_node(item) for item in expression.items)


class Matcher:
    """Matches templates against one text, which must be in one case with single spaces."""

    def __init__(self, text: str, lists: Mapping[str, Values | AnyWords], rules: Mapping[str, Node]) -> None:
        self.text = text
        self._text = fold_case(text) + " "
        self._lists = lists
        self._rules = rules
        self._known: dict[tuple[int, str, str, int, bool], list[Found]] = {}
        self._last = len(self._text.rstrip())

    def match(self, templates: Iterable[Template]) -> list[tuple[str, Found]]:
        """Every way in which a template fits the whole text."""
        matches: list[tuple[str, Found]] = []
        for template in templates:
            if not template.is_worded_in(self._text):
                continue
            for found in self._find(template.node, 0, True):
                if found.end >= self._last and len(matches) < _MOST_FOUND:
                    matches.append((template.intent, found))
        return matches

    def _find(self, node: Node, place: int, fresh: bool) -> list[Found]:
        kind, data = node
        if kind == _CHUNK:
            return self._chunk(data, place, fresh)
        if kind == _SEQUENCE:
            return self._sequence(data, place, fresh)
        if kind == _CHOICE:
            return [found for item in data for found in self._find(item, place, fresh)]
        name, slot = data if kind == _LIST else (data, "")
        key = (kind, name, slot, place, fresh)
        if key not in self._known:
            rule = kind == _RULE
            self._known[key] = self._find(self._rules[name], place, fresh) if rule else self._list(data, place, fresh)
        return self._known[key]

    def _chunk(self, data: tuple[str, str, bool], place: int, fresh: bool) -> list[Found]:
        text, stripped, ends = data
        if not text:
            return [Found(place, fresh, (), 0)]
        start = self._skip(place) if fresh else place
        said = stripped if fresh else text
        if self._text.startswith(said, start):
            return [Found(start + len(said), ends, (), len(said.strip()))]
        return [Found(place, fresh, (), 0)] if place >= self._last and not stripped else []

    def _list(self, data: tuple[str, str], place: int, fresh: bool) -> list[Found]:
        name, slot = data
        start = self._skip(place) if fresh else place
        values = self._lists[name]
        wild = isinstance(values, AnyWords)
        return [
            Found(end, False, ((slot, value, start, end),), 0 if wild else end - start)
            for end, value in values.at(self._text, start)
        ]

    def _sequence(self, items: tuple[Node, ...], place: int, fresh: bool) -> list[Found]:
        ways = [Found(place, fresh, (), 0)]
        for item in items:
            ways = [
                Found(step.end, step.fresh, way.slots + step.slots, way.literal + step.literal)
                for way in ways
                for step in self._find(item, way.end, way.fresh)
            ]
            if not ways:
                break
        return ways

    def _skip(self, place: int) -> int:
        while place < len(self._text) and self._text[place] == " ":
            place += 1
        return place
