"""What a state must show to prove that a call took effect."""

from dataclasses import dataclass, replace
from typing import Any

from wactorz_common.comparisons import to_number
from wactorz_home_assistant import State
from wactorz_home_assistant.model import ABSENT_STATES

DEFAULT_PATIENCE = 5.0
"""Seconds."""

_STRICT_TOLERANCE = 0.5


@dataclass(frozen=True)
class Near:
    """An attribute that must come close to a number, or equal a word."""

    attribute: str
    value: float | str | bool
    tolerance: float = 0.0

    def met(self, state: State) -> bool:
        """Whether the state shows it; the attribute `state` means the state itself."""
        shown = state.state if self.attribute == "state" else state.attributes.get(self.attribute)
        if isinstance(self.value, str | bool):
            return shown == self.value
        number = to_number(shown)
        return number is not None and abs(number - self.value) <= self.tolerance


@dataclass(frozen=True)
class Close:
    """A color attribute of which each number must come close to another; a hue goes round, red-green-blue is scaled."""

    attribute: str
    values: tuple[float, ...]
    tolerance: float

    def met(self, state: State) -> bool:
        """Whether the state shows it."""
        shown = state.attributes.get(self.attribute)
        if not isinstance(shown, list | tuple) or len(shown) != len(self.values):
            return False
        found = tuple(to_number(value) or 0.0 for value in shown)
        if self.attribute == "hs_color":
            hue = abs(found[0] - self.values[0]) % 360.0
            gaps = [min(hue, 360.0 - hue), abs(found[1] - self.values[1])]
        else:
            gaps = [abs(one - other) for one, other in zip(_bright(found), _bright(self.values), strict=True)]
        return all(gap <= self.tolerance for gap in gaps)


def _bright(color: tuple[float, ...]) -> list[float]:
    """The color at full brightness, which lights tell apart from it."""
    most = max(color)
    return [value * 255.0 / most for value in color] if most else list(color)


@dataclass(frozen=True)
class Changed:
    """An attribute that must show something else than before, such as when a script last ran."""

    attribute: str
    before: Any

    def met(self, state: State) -> bool:
        """Whether the state shows it; the attribute `state` means the state itself."""
        shown = state.state if self.attribute == "state" else state.attributes.get(self.attribute)
        return state.state not in ABSENT_STATES and shown is not None and shown != self.before


@dataclass(frozen=True)
class Effect:
    """What one entity shows once the call took effect; `patience` is in seconds."""

    states: frozenset[str] = frozenset()
    not_states: frozenset[str] = frozenset()
    near: tuple[Near | Changed | Close, ...] = ()
    begun: frozenset[str] = frozenset()
    patience: float = DEFAULT_PATIENCE

    def met(self, state: State) -> bool:
        """Whether the state proves the effect; a movement that has begun counts."""
        if state.state in self.begun:
            return True
        if self.states and state.state not in self.states:
            return False
        return state.state not in self.not_states and all(item.met(state) for item in self.near)

    @property
    def is_relative(self) -> bool:
        """Whether only a change proves it, so that the state alone does not tell what was done before."""
        return any(isinstance(item, Changed) for item in self.near)

    def strictly(self) -> "Effect":
        """The same without tolerance, to tell one level from the next."""
        return replace(self, near=tuple(_strict(item) for item in self.near))


def _strict(item: Near | Changed | Close) -> Near | Changed | Close:
    return replace(item, tolerance=min(item.tolerance, _STRICT_TOLERANCE)) if isinstance(item, Near) else item
