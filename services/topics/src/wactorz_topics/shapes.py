"""What messages look like: fields with types, units and shares, and samples with secrets covered; pure."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wactorz_common.contracts.topics import FieldSeen
from wactorz_common.secrecy import cover
from wactorz_topics import units

NUMBER, TEXT, TRUTH, LIST, OBJECT, NOTHING = "number", "text", "truth", "list", "object", "nothing"
MOST_FIELDS = 60
COVERED = "[covered]"

_DEEPEST = 5
_LONGEST_TEXT, _MOST_ITEMS, _MOST_KEYS = 120, 3, 25
_LONGEST_NAME = 200
_LONGEST_SAMPLE = 1_500
_SECRET_NAME = re.compile(
    r"pass(?:word|wd|phrase|code)?$|pwd$|secret|token$|api_?key|(?:^|_)auth(?:$|_|orization)|credential|cookie|"
    r"(?:^|_)pin$",
    re.IGNORECASE,
)
_UNIT_BESIDE = ("unit", "unit_of_measurement", "units", "uom")
_MEASURED = ("value", "state", "reading", "measurement")


def kind_of(value: Any) -> str:
    """The type of a JSON value, as people call it."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return TRUTH
    if isinstance(value, int | float):
        return NUMBER
    if isinstance(value, str):
        return TEXT
    return LIST if isinstance(value, list) else OBJECT


def flatten(data: Any) -> Iterator[tuple[str, Any]]:
    """Every field by its dotted path, objects and lists included; what is not an object is one field without a name."""
    if not isinstance(data, dict):
        yield "", data
        return
    yield from _flat(data, "", _DEEPEST)


def _flat(data: Mapping[str, Any], above: str, deep: int) -> Iterator[tuple[str, Any]]:
    for key, value in list(data.items())[:MOST_FIELDS]:
        if key.startswith("_"):
            continue
        path = f"{above}{key}"[:_LONGEST_NAME]
        yield path, value
        if deep > 1 and isinstance(value, dict):
            yield from _flat(value, f"{path}.", deep - 1)
        elif deep > 1 and isinstance(value, list) and value and isinstance(value[0], dict):
            yield from _flat(value[0], f"{path}[].", deep - 1)


@dataclass(slots=True)
class Field:
    """What was seen of one field."""

    seen: int = 0
    types: dict[str, int] = field(default_factory=dict)
    unit: str = ""
    example: Any = None

    def note(self, value: Any) -> None:
        """One more message has it."""
        self.seen += 1
        kind = kind_of(value)
        self.types[kind] = self.types.get(kind, 0) + 1
        if value is not None and kind not in (OBJECT, LIST):
            self.example = value[:_LONGEST_TEXT] if isinstance(value, str) else value


@dataclass(slots=True)
class Shape:
    """What the messages of one topic look like."""

    looks: int = 0
    fields: dict[str, Field] = field(default_factory=dict)
    sample: Any = None

    def note(self, data: Any) -> None:
        """Look into one message."""
        self.looks += 1
        self.sample = shorten(data)
        beside: dict[str, str] = {}
        for name, value in flatten(data):
            known = self.fields.get(name)
            if known is None:
                if len(self.fields) >= MOST_FIELDS:
                    continue
                known = self.fields[name] = Field(unit=units.by_name(name))
            known.note(value)
            leaf = name.rsplit(".", 1)[-1]
            if leaf in _UNIT_BESIDE and isinstance(value, str):
                beside[name.removesuffix(leaf)] = value
        for above, unit in beside.items():
            self._measure(above, units.plain(unit))

    def _measure(self, above: str, unit: str) -> None:
        """A unit stands beside what it measures, or in the attributes of a state."""
        for place in {above, above.removesuffix("attributes.")}:
            for leaf in _MEASURED:
                if f"{place}{leaf}" in self.fields:
                    self.fields[f"{place}{leaf}"].unit = unit

    def merge(self, other: "Shape") -> None:
        """Add what was seen on a like topic."""
        self.looks += other.looks
        self.sample = other.sample if self.sample is None else self.sample
        for name, theirs in other.fields.items():
            ours = self.fields.get(name)
            if ours is None:
                if len(self.fields) < MOST_FIELDS:
                    self.fields[name] = theirs
                continue
            ours.seen += theirs.seen
            ours.unit = ours.unit if ours.unit == theirs.unit else ""
            for kind, count in theirs.types.items():
                ours.types[kind] = ours.types.get(kind, 0) + count

    def signature(self) -> frozenset[str]:
        """The names on the first level, by which like topics are told."""
        return frozenset(name for name in self.fields if "." not in name)

    def told(self, declared: Mapping[str, str]) -> tuple[FieldSeen, ...]:
        """The fields for others to see, also those that are declared only."""
        seen = [_told(name, one, self.looks, declared.get(name, "")) for name, one in self.fields.items()]
        missing = [
            FieldSeen(name=name, types=declared_types(text), unit=units.by_text(text) or units.by_name(name), share=0.0,
                      declared=text)
            for name, text in declared.items() if name not in self.fields
        ]  # fmt: skip
        return (*seen, *missing)

    def to_json(self) -> dict[str, Any]:
        """As it is kept on disk: secrets covered."""
        fields = {
            name: [one.seen, one.types, one.unit, covered(one.example, name)] for name, one in self.fields.items()
        }
        return {"looks": self.looks, "fields": fields, "sample": covered(self.sample)}

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> "Shape":
        """As it was kept."""
        fields = {name: Field(*values) for name, values in data["fields"].items()}
        return cls(data["looks"], fields, data["sample"])


def _told(name: str, one: Field, looks: int, declared: str) -> FieldSeen:
    kinds = tuple(sorted(one.types, key=lambda kind: -one.types[kind]))
    return FieldSeen(
        name=name, types=kinds, unit=one.unit or units.by_text(declared), example=covered(one.example, name),
        share=round(min(1.0, one.seen / looks), 3) if looks else 0.0, declared=declared,
    )  # fmt: skip


_DECLARED = (
    (TRUTH, ("bool", "truth")), (NUMBER, ("int", "float", "number", "double", "decimal")),
    (LIST, ("list", "array", "tuple", "set")), (OBJECT, ("dict", "object", "map", "json")),
    (TEXT, ("str", "text", "enum", "iso")),
)  # fmt: skip


def declared_types(text: str) -> tuple[str, ...]:
    """The types that "type - description" names; none when it is not clear."""
    said = re.split(r"\s+[-—–:]\s+", text, maxsplit=1)[0].lower()  # noqa: RUF001  # dashes that people type
    found = tuple(kind for kind, words in _DECLARED if any(word in said for word in words))
    return found + ((NOTHING,) if found and re.search(r"none|null|optional", said) else ())


def described(schema: Mapping[str, Any]) -> dict[str, str]:
    """A schema as field to text; nested objects become dotted paths, JSON Schema is understood."""
    properties = schema.get("properties")
    if schema.get("type") == "object" and isinstance(properties, dict):
        schema = properties
    found: dict[str, str] = {}
    for name, value in schema.items():
        if isinstance(value, dict) and not isinstance(value.get("type"), str):
            found |= {f"{name}.{inner}": text for inner, text in described(value).items()}
        elif isinstance(value, dict):
            found[name] = f"{value['type']} - {value.get('description', '')}".rstrip(" -")
            found |= {f"{name}.{inner}": text for inner, text in described(value).items()} if _has_inner(value) else {}
        else:
            found[name] = str(value)
    return found


def _has_inner(value: Mapping[str, Any]) -> bool:
    return value.get("type") == "object" and isinstance(value.get("properties"), dict)


def shorten(data: Any, deep: int = _DEEPEST) -> Any:
    """The same with long texts, lists and objects cut."""
    if isinstance(data, str):
        return data if len(data) <= _LONGEST_TEXT else data[: _LONGEST_TEXT - 1] + "…"
    if isinstance(data, list):
        return [shorten(item, deep - 1) for item in data[:_MOST_ITEMS]] if deep else ["…"]
    if isinstance(data, dict):
        return {str(key)[:_LONGEST_NAME]: shorten(value, deep - 1) for key, value in list(data.items())[:_MOST_KEYS]} \
            if deep else {}  # fmt: skip
    return data


def covered(data: Any, name: str = "") -> Any:
    """A sample with nothing in it that looks like a secret, short enough to be told."""
    clean = _covered(data, name)
    if isinstance(clean, dict | list) and len(json.dumps(clean)) > _LONGEST_SAMPLE:
        return shorten(clean, 2)
    return clean


def _covered(data: Any, name: str) -> Any:
    if isinstance(data, dict):
        return {key: _covered(value, str(key)) for key, value in data.items()}
    if isinstance(data, list):
        return [_covered(item, name) for item in data]
    if _SECRET_NAME.search(name.rsplit(".", 1)[-1]) and data not in (None, "") and not isinstance(data, bool):
        return COVERED
    return cover(data) if isinstance(data, str) else data
