"""What people and models write into a field of text."""

import json


def json_object(text: str) -> dict[str, object] | None:
    """A text that is a JSON object, as that; None otherwise."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
