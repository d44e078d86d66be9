"""An example for a JSON Schema, made of the examples, defaults and kinds of its fields; pure."""

from collections.abc import Mapping
from typing import Any

_DEEPEST = 8
_EXAMPLE_TIME = 1_767_225_600.0
_BY_KIND: dict[str, Any] = {"boolean": False, "integer": 1, "number": 1.0, "string": "text", "null": None}
_TIMES = ("epoch second",)


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int = 0) -> Any:
    """A value that the schema takes; `schemas` are those it may name, by name."""
    told = _told(schema)
    if told is not _NOTHING:
        return told
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, depth)
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return _marked(schema, example_of(_first(schema[choice]), schemas, depth), _first(schema[choice]))
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, schemas, depth)
    if kind == "array":
        return _array(schema, schemas, depth)
    return _plain(schema, kind)


class _Nothing:
    pass


_NOTHING = _Nothing()


def _told(schema: Mapping[str, Any]) -> Any:
    if schema.get("examples"):
        return schema["examples"][0]
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return next((one for one in schema["enum"] if one != ""), schema["enum"][0])
    if "default" in schema and schema["default"] not in (None, [], {}):
        return schema["default"]
    return _NOTHING


def _first(choices: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    return next((one for one in choices if one.get("type") != "null"), choices[0])


def _marked(schema: Mapping[str, Any], value: Any, chosen: Mapping[str, Any]) -> Any:
    """The value with the field that tells which of several kinds it is."""
    mark = schema.get("discriminator")
    if mark and isinstance(value, dict):
        kinds = {reference: kind for kind, reference in mark.get("mapping", {}).items()}
        value.setdefault(mark["propertyName"], kinds.get(chosen.get("$ref", ""), ""))
    return value


def _object(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int) -> dict[str, Any]:
    """Optional fields are left out where a schema is deep, so that one that names itself ends."""
    needed = set(schema.get("required", ()))
    fields = schema.get("properties", {})
    shown = {name: field for name, field in fields.items() if depth < _DEEPEST // 2 or name in needed}
    return {name: example_of(field, schemas, depth + 1) for name, field in shown.items()} if depth < _DEEPEST else {}


def _array(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int) -> list[Any]:
    if "prefixItems" in schema:
        return [example_of(one, schemas, depth + 1) for one in schema["prefixItems"]]
    items = schema.get("items")
    if not items or (depth >= _DEEPEST // 2 and not schema.get("minItems")):
        return []
    return [example_of(items, schemas, depth + 1)]


def _plain(schema: Mapping[str, Any], kind: Any) -> Any:
    text = str(schema.get("description", "")).casefold()
    if kind == "number" and any(word in text for word in _TIMES):
        return _EXAMPLE_TIME
    if kind in ("integer", "number"):
        least = schema.get("minimum", schema.get("exclusiveMinimum"))
        value = max(_BY_KIND[kind], least if least is not None else _BY_KIND[kind])
        return min(value, schema.get("maximum", value))
    if kind == "string":
        return "" if not schema.get("minLength") and "empty" in text else _text(schema)
    return _BY_KIND.get(str(kind), "text")


def _text(schema: Mapping[str, Any]) -> str:
    least, most = schema.get("minLength", 0), schema.get("maxLength", 10_000)
    value = str(_BY_KIND["string"])[:most]
    return value if len(value) >= least else value.ljust(least, "x")
