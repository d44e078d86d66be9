"""Pure arithmetic of budgets: where a period begins, whom a budget concerns, and whether one more call fits."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from wactorz_llm.german import phrase
from wactorz_llm.prices import NANO

Period = Literal["daily", "weekly", "monthly"]
Scope = Literal["all", "agent", "tree"]

Key = tuple[str, str, str]
"""Scope, agent and period: there is one budget of each."""


@dataclass(frozen=True)
class Budget:
    """A limit in nano-dollars per period; a limit of 0 means none.

    What was spent before `since` (epoch seconds) is not counted: a person has begun the count anew then.
    """

    limit: int = 0
    period: Period = "monthly"
    scope: Scope = "all"
    agent: str = ""
    since: float = 0.0

    @property
    def active(self) -> bool:
        """Whether there is a limit."""
        return self.limit > 0

    @property
    def key(self) -> Key:
        """What another budget must differ in to stand beside this one."""
        return self.scope, self.agent, self.period

    def begins_at(self, now: float) -> float:
        """Epoch seconds from which is counted, by the local calendar; weeks begin on Monday."""
        today = datetime.fromtimestamp(now).astimezone().date()
        return max(datetime.combine(_first_day(today, self.period), time.min).timestamp(), self.since)

    def concerns(self, payer: str, above: tuple[str, ...]) -> bool:
        """Whether a call of `payer`, made on behalf of those `above` it, counts here."""
        if self.scope == "all":
            return True
        return payer == self.agent or (self.scope == "tree" and self.agent in above)

    def refusal(self, spent: int, held: int, wanted: int) -> str | None:
        """Why a call that may cost `wanted` does not fit, or None when it does; what is free always does."""
        if not self.active or wanted == 0 or spent + held + wanted <= self.limit:
            return None
        parts = [phrase("{amount} spent", amount=dollars(spent))]
        if held:
            parts.append(phrase("{amount} held for calls that are not settled yet", amount=dollars(held)))
        parts.append(phrase("this call may cost up to {amount}", amount=dollars(wanted)))
        return phrase(
            "The {name} of {limit} is used up ({parts}).", name=self.name, limit=dollars(self.limit),
            parts=", ".join(parts),
        )  # fmt: skip

    @property
    def name(self) -> str:
        """The budget in words, without its amount."""
        whose = {"all": "", "agent": " of {agent}", "tree": " of {agent} and all that works for it"}[self.scope]
        return phrase(f"{self.period} budget") + phrase(whose, agent=self.agent)


def dollars(nano: int) -> str:
    """An amount for a person: cents, or more digits below a cent."""
    amount = nano / NANO
    return f"${amount:.2f}" if amount == 0 or amount >= 0.01 else f"${amount:.4f}"  # noqa: PLR2004


def _first_day(today: date, period: Period) -> date:
    if period == "daily":
        return today
    return today - timedelta(days=today.weekday()) if period == "weekly" else today.replace(day=1)
