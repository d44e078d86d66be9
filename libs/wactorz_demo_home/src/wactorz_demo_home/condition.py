"""The condition of a device: what it shows, and what it remembers without showing."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Condition:
    """State and attributes of one device, and its private memory (such as the last brightness)."""

    state: str
    attributes: dict[str, Any] = field(default_factory=dict)
    memory: dict[str, Any] = field(default_factory=dict)

    def showing(self, state: str | None = None, /, **attributes: Any) -> "Condition":
        """Return the condition with another state and these attributes changed."""
        return replace(self, state=self.state if state is None else state, attributes={**self.attributes, **attributes})

    def remembering(self, **memory: Any) -> "Condition":
        """Return the condition with these memories changed."""
        return replace(self, memory={**self.memory, **memory})

    @property
    def features(self) -> int:
        """The bit field of abilities that Home Assistant calls supported features."""
        return int(self.attributes.get("supported_features", 0))


Behavior = Callable[[Condition, str, dict[str, Any]], Condition]
"""What a service does to a device: (condition before, service, cleaned data) -> condition after."""


def flipped(before: Condition, service: str, *, on: str = "turn_on", off: str = "turn_off") -> str:
    """Return the absolute service that a toggle means now; other services unchanged."""
    if service != "toggle":
        return service
    return on if before.state in ("off", "closed", "unavailable", "unknown") else off
