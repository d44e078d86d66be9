"""Targets: which entities a service call is for."""

import re
from typing import Any

from wactorz_demo_home.fields import Wrong

FIELDS = ("entity_id", "device_id", "area_id", "floor_id", "label_id")
_ENTITY_ID = re.compile(r"(?!.+__)(?!_)[\da-z_]+(?<!_)\.(?!_)[\da-z_]+(?<!_)")


def is_entity_id(value: str) -> bool:
    """Say whether a text is a well-formed entity id."""
    return _ENTITY_ID.fullmatch(value) is not None


def ids(value: Any) -> list[str]:
    """Return a target field as a list of ids; text may hold several, separated by commas."""
    if value is None:
        return []
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return list(value)
    raise Wrong("not a valid value")


def entity_ids(value: Any) -> list[str]:
    """Return an entity_id field as a list; 'all' stands for every one of the domain."""
    if value in ("all", "none"):
        return [] if value == "none" else ["all"]
    found = [one.lower() for one in ids(value)]
    if not all(is_entity_id(one) for one in found):
        raise Wrong("not a valid value")
    return found
