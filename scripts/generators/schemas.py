"""JSON Schemas of all payloads, bundled once for every generator."""

from typing import Any

from pydantic.json_schema import models_json_schema

from wactorz_common.contracts import CHANNELS, OPERATIONS, Payload


def payload_classes() -> list[type[Payload]]:
    """Every class that travels, in reading order."""
    classes: dict[type[Payload], None] = {}
    for channel in CHANNELS:
        classes[channel.payload] = None
    for operation in OPERATIONS:
        classes[operation.request] = None
        classes[operation.result] = None
    return list(classes)


def definitions() -> dict[str, Any]:
    """Name to schema, as written on the wire; titles of fields are left out."""
    _, bundle = models_json_schema(
        [(cls, "serialization") for cls in payload_classes()],
        by_alias=True,
        ref_template="#/components/schemas/{model}",
    )
    schemas: dict[str, Any] = bundle["$defs"]
    return {name: _plain(schemas[name]) for name in sorted(schemas)}


def _plain(schema: Any) -> Any:
    """Without titles of fields, and with the discriminator spelled as AsyncAPI has it: the name of the property."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if not (key == "title" and isinstance(value, str))}
    if isinstance(kept.get("discriminator"), dict):
        kept["discriminator"] = kept["discriminator"]["propertyName"]
    return {key: _plain(value) for key, value in kept.items()}
