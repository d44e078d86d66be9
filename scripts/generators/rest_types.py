"""spa/src/contracts/rest.ts: the gateway's models as TypeScript types, and what each route takes and answers.

Models that the bus has too, field by field, come from generated.ts.
"""

import json
import re
from typing import Any

from generators import openapi
from generators.schemas import definitions
from generators.typescript import declaration, interface, key, type_of

_HEAD = "// Generated from the routes of the gateway by `./just gen`; do not edit.\n"
_METHODS = ("get", "post", "put", "patch", "delete")


def render() -> str:
    """The file's text."""
    document = json.loads(openapi.render())
    schemas = {_name(name): _renamed(schema) for name, schema in document["components"]["schemas"].items()}
    shared = _shared(schemas, definitions())
    routes = interface("Routes", "Route to what it takes and answers.", _routes(document["paths"]))
    own = [declaration(name, schema) for name, schema in sorted(schemas.items()) if name not in shared]
    return "\n".join([_HEAD, *_borrowed(shared, "\n".join([*own, routes])), *own, routes])


def _shared(schemas: dict[str, Any], known: dict[str, Any]) -> set[str]:
    """The models that are the same on the bus, with all that they name."""
    same = {name for name in schemas.keys() & known.keys() if _text(name, schemas) == _text(name, known)}
    while apart := {name for name in same if not _names(schemas[name]) <= same}:
        same -= apart
    return same


def _text(name: str, schemas: dict[str, Any]) -> str:
    return declaration(name, schemas[name])


def _names(schema: Any) -> set[str]:
    """The models that a schema names."""
    if isinstance(schema, list):
        return {name for one in schema for name in _names(one)}
    if not isinstance(schema, dict):
        return set()
    named = {str(schema["$ref"]).rsplit("/", 1)[-1]} if "$ref" in schema else set()
    return named | _names(list(schema.values()))


def _borrowed(shared: set[str], own: str) -> list[str]:
    """Lines that take these models over; imported where the text of the others names them."""
    used = sorted(name for name in shared if re.search(rf"\b{name}\b", own))
    parts = [f'import type {{\n{_rows(used)}}} from "./generated";\n'] if used else []
    return [*parts, f'export type {{\n{_rows(sorted(shared))}}} from "./generated";\n'] if shared else parts


def _rows(names: list[str]) -> str:
    return "".join(f"  {name},\n" for name in names)


def _routes(paths: dict[str, Any]) -> dict[str, str]:
    return {
        f"{method.upper()} {path}": _route(operation)
        for path, operations in paths.items()
        for method, operation in operations.items()
        if method in _METHODS
    }


def _route(operation: dict[str, Any]) -> str:
    body = _json_type(operation.get("requestBody", {}))
    answers = [_json_type(answer) for code, answer in operation["responses"].items() if code.startswith("2")]
    query = [one for one in operation.get("parameters", ()) if one["in"] == "query"]
    fields = "; ".join(f"{key(one['name'])}{'' if one.get('required') else '?'}: {_parameter(one)}" for one in query)
    answer = " | ".join(dict.fromkeys(answers)) or "unknown"
    return f"{{ body: {body}; query: {{ {fields} }}; answer: {answer} }}"


def _parameter(parameter: dict[str, Any]) -> str:
    return type_of(_renamed(parameter.get("schema", {})))


def _json_type(part: dict[str, Any]) -> str:
    schema = part.get("content", {}).get("application/json", {}).get("schema")
    return type_of(_renamed(schema)) if schema else "unknown"


def _renamed(schema: Any) -> Any:
    """The schema with references to names that TypeScript can write."""
    if isinstance(schema, list):
        return [_renamed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: f"#/{_name(value.rsplit('/', 1)[-1])}" if key == "$ref" and isinstance(value, str) else _renamed(value)
        for key, value in schema.items()
    }


def _name(name: str) -> str:
    return re.sub(r"\W+", "_", name).strip("_")
