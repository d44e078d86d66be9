"""JSON text as it crosses the border: strict, and forgiving towards what Python agents like to pass."""

import json
import math
from typing import Any

LONGEST = 1_000_000
"""Characters that may cross the border at once; the host's own limits lie below."""

_SETS = (set, frozenset, tuple)


def encode(value: Any) -> str:
    """JSON text of any value: NaN becomes null, what JSON does not know becomes text."""
    try:
        return clean(json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain))
    except ValueError as error:
        if "JSON" not in str(error):
            raise
        return clean(json.dumps(_finite(value), ensure_ascii=False, allow_nan=False, default=_plain))


def clean(text: str) -> str:
    """Text without the halves of characters, which cannot leave the interpreter."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def decode(text: str) -> Any:
    """The value of JSON text, or the text itself when it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _plain(value: Any) -> Any:
    if isinstance(value, _SETS):
        return list(value)
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return _finite(vars(value)) if hasattr(value, "__dataclass_fields__") else str(value)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
