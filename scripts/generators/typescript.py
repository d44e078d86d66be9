"""spa/src/contracts/generated.ts: the payloads as TypeScript types, and which address carries which."""

import json
from typing import Any

from generators.schemas import definitions
from wactorz_common.contracts import CHANNELS, OPERATIONS

_PRIMITIVES = {"string": "string", "number": "number", "integer": "number", "boolean": "boolean", "null": "null"}


def render() -> str:
    """The file's text."""
    parts = ["// Generated from the contracts by `./just gen`; do not edit.\n"]
    parts += [declaration(name, schema) for name, schema in definitions().items()]
    parts.append(interface("PayloadByAddress", "Address template to payload.", _addresses()))
    parts.append(interface("Operations", "Action to request and result.", _operations()))
    return "\n".join(parts)


def declaration(name: str, schema: dict[str, Any]) -> str:
    """A schema as an interface or type of that name."""
    comment = _comment(schema.get("description", ""), "")
    if schema.get("type") != "object":
        return f"{comment}export type {name} = {type_of(schema)};\n"
    required = set(schema.get("required", ()))
    lines = [f"{comment}export interface {name} {{"]
    for field, kind in schema.get("properties", {}).items():
        optional = "" if field in required else "?"
        lines.append(f"{_comment(kind.get('description', ''), '  ')}  {key(field)}{optional}: {type_of(kind)};")
    if schema.get("additionalProperties") is True:
        lines.append("  [key: string]: unknown;")
    return "\n".join([*lines, "}\n"])


def type_of(schema: dict[str, Any]) -> str:
    """A schema as a TypeScript type."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if values is not None:
        return " | ".join(json.dumps(value) for value in values)
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        return " | ".join(dict.fromkeys(type_of(option) for option in options))
    return _container(schema) or _PRIMITIVES.get(schema.get("type", ""), "unknown")


def _container(schema: dict[str, Any]) -> str:
    if schema.get("type") == "array":
        return f"({type_of(schema['items'])})[]" if "items" in schema else "unknown[]"
    if schema.get("type") == "object":
        inner = schema.get("additionalProperties")
        return f"Record<string, {type_of(inner) if isinstance(inner, dict) else 'unknown'}>"
    return ""


def key(name: str) -> str:
    """The name of a field as TypeScript writes it."""
    return name if name.isidentifier() else json.dumps(name)


def _comment(text: str, indent: str) -> str:
    return f"{indent}/** {text.splitlines()[0]} */\n" if text else ""


def interface(name: str, comment: str, entries: dict[str, str]) -> str:
    """An interface from keys to types."""
    lines = "".join(f"  {json.dumps(key)}: {value};\n" for key, value in entries.items())
    return f"/** {comment} */\nexport interface {name} {{\n{lines}}}\n"


def _addresses() -> dict[str, str]:
    return {channel.address: channel.payload.__name__ for channel in CHANNELS}


def _operations() -> dict[str, str]:
    return {o.action: f"{{ request: {o.request.__name__}; result: {o.result.__name__} }}" for o in OPERATIONS}
