"""spa/src/contracts/rest.ts: the gateway's models as TypeScript types, and what each route takes and answers."""

import json
import re
from typing import Any

from generators import openapi
from generators.typescript import declaration, interface, type_of

_METHODS = ("get", "post", "put", "patch", "delete")


def render() -> str:
    """The file's text."""
    document = json.loads(openapi.render())
    schemas = document.get("components", {}).get("schemas", {})
    parts = ["// Generated from the routes of the gateway by `./just gen`; do not edit.\n"]
    parts += [declaration(_name(name), _renamed(schema)) for name, schema in sorted(schemas.items())]
    parts.append(interface("Routes", "Route to what it takes and answers.", _routes(document["paths"])))
    return "\n".join(parts)


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
    fields = "; ".join(f"{one['name']}{'' if one.get('required') else '?'}: {_parameter(one)}" for one in query)
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
