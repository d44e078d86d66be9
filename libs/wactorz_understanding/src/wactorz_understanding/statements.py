"""What a rule says of the house: something that happens or holds, usable as trigger, as condition or as both."""

from dataclasses import dataclass

from wactorz_common.contracts.rules import Condition, Trigger
from wactorz_understanding.targets import Target

LONGEST_SECONDS = 86_400
"""The longest holding or quiet time."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement; `event` when it can only happen, `sudden` when it does so at one moment."""

    hold: float = 0.0
    event: bool = False
    sudden: bool = False
    negated: bool = False
    unclear: Target | None = None
    how: int = 0

    def as_trigger(self) -> Trigger | None:
        """The trigger that it makes; None when it is none."""
        return None

    def as_condition(self) -> Condition | None:
        """The condition that it makes; None when it is none."""
        return None
