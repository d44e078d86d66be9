"""Pure arithmetic of the budget: where its period begins, and whether one more call fits."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from wactorz_llm.prices import NANO

Period = Literal["daily", "weekly", "monthly"]


@dataclass(frozen=True)
class Budget:
    """A limit in nano-dollars per period; a limit of 0 means none."""

    limit: int = 0
    period: Period = "monthly"

    @property
    def active(self) -> bool:
        """Whether there is a limit."""
        return self.limit > 0

    def begins_at(self, now: float) -> float:
        """Epoch seconds at which the current period began, by the local calendar; weeks begin on Monday."""
        today = datetime.fromtimestamp(now).astimezone().date()
        return datetime.combine(_first_day(today, self.period), time.min).timestamp()

    def refusal(self, spent: int, held: int, wanted: int) -> str | None:
        """Why a call that may cost `wanted` does not fit, or None when it does."""
        if not self.active or spent + held + wanted <= self.limit:
            return None
        parts = [f"{dollars(spent)} spent"]
        if held:
            parts.append(f"{dollars(held)} held for calls that are not settled yet")
        parts.append(f"this call may cost up to {dollars(wanted)}")
        return (
            f"The {self.period} budget of {dollars(self.limit)} is used up ({', '.join(parts)}). "
            "Raise LLM_COST_LIMIT_USD or wait for the next period."
        )


def dollars(nano: int) -> str:
    """An amount for a person: cents, or more digits below a cent."""
    amount = nano / NANO
    return f"${amount:.2f}" if amount == 0 or amount >= 0.01 else f"${amount:.4f}"  # noqa: PLR2004


def _first_day(today: date, period: Period) -> date:
    if period == "daily":
        return today
    return today - timedelta(days=today.weekday()) if period == "weekly" else today.replace(day=1)
