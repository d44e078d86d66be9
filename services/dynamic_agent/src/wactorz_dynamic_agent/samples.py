"""What an agent was seen to publish, for its manifest; pure."""

from typing import Any

MOST_TOPICS = 30
_LONGEST_TEXT = 200
_LONGEST_NAME = 100
_MOST_FIELDS = 20


class Samples:
    """Fields and one example for each topic."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, Any]] = {}

    def take(self, topic: str, value: Any) -> bool:
        """Note what was published; whether the topic or one of its fields is new."""
        if topic not in self._seen and len(self._seen) >= MOST_TOPICS:
            return False
        fields = _fields(value)
        known = self._seen.setdefault(topic, {"fields": {}, "example": {}})
        is_new = bool(set(fields) - set(known["fields"])) or not known["example"]
        known["fields"] = {**known["fields"], **{name: type(item).__name__ for name, item in fields.items()}}
        known["example"] = {name: _short(item) for name, item in fields.items()}
        return is_new

    @property
    def topics(self) -> tuple[str, ...]:
        """Topics seen, oldest first."""
        return tuple(self._seen)

    def to_wire(self) -> dict[str, Any]:
        """The samples as the manifest carries them."""
        return {topic: dict(sample) for topic, sample in self._seen.items()}


def _fields(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        return {"value": value}
    shown = [(str(name), item) for name, item in value.items() if not str(name).startswith("_")]
    return {name[:_LONGEST_NAME]: item for name, item in shown[:_MOST_FIELDS]}


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return value[:_LONGEST_TEXT]
    if isinstance(value, dict | list):
        return value if len(str(value)) <= _LONGEST_TEXT else f"{type(value).__name__} of {len(value)}"
    return value
