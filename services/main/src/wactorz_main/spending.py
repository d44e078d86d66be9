"""/cost: what models cost, by agent, rule, session, day or model, and limits; the reading of it is pure."""

from dataclasses import dataclass
from typing import Literal, cast

from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.llm import (
    GET_COSTS,
    SET_BUDGET,
    BudgetLimit,
    BudgetState,
    CostLine,
    CostQuery,
    CostReport,
)
from wactorz_common.language import grouped
from wactorz_main.errand import Errand
from wactorz_main.german import phrase

_PERIODS = {"today": "today", "day": "today", "month": "month", "heute": "today", "monat": "month"}
_BY = ("agent", "model", "rule", "session", "day", "purpose")
_LENGTHS = {"daily": "daily", "day": "daily", "weekly": "weekly", "week": "weekly", "monthly": "monthly",
            "month": "monthly"}  # fmt: skip
_MOST_LINES = 30
_MOST_USD = 1e6
_REST = "everything else"
"""Calls that belong to no rule, session or agent."""

By = Literal["agent", "model", "rule", "session", "day", "purpose"]
Period = Literal["daily", "weekly", "monthly"]


@dataclass(frozen=True)
class Limit:
    """A limit that is asked for."""

    budget: BudgetLimit


def read_costs(arguments: tuple[str, ...], conversation_id: str = "") -> CostQuery | Limit | None:
    """What the arguments of /cost ask for; None when they cannot be read."""
    words = tuple(word for word in arguments if word)
    if words[:1] == ("limit",):
        return _limit(words[1:])
    period: Literal["all", "today", "month"] = "all"
    if words and words[-1].casefold() in _PERIODS and (len(words) == 1 or words[-1].casefold() != "day"):
        period = cast(Literal["today", "month"], _PERIODS[words[-1].casefold()])
        words = words[:-1]
    if not words:
        return CostQuery(period=period)
    by, name = words[0], " ".join(words[1:])
    if not name:
        return CostQuery(by=cast(By, by), period=period) if by in _BY else None
    one = {
        "agent": {"by": "model", "agent": name.removeprefix("@")},
        "rule": {"by": "purpose", "rule_id": name.lower()},
        "session": {"by": "purpose", "conversation_id": conversation_id if name in ("here", "this") else name},
    }.get(by)
    return CostQuery.accept({**one, "period": period}) if one else None


def _limit(words: tuple[str, ...]) -> Limit | None:
    """`limit USD [daily|weekly|monthly] [agent NAME|tree NAME]`; 0 takes it away."""
    if not words:
        return None
    try:
        amount = float(words[0].removeprefix("$").removesuffix("$").replace(",", "."))
    except ValueError:
        return None
    period: Period = "daily"
    rest = words[1:]
    if rest and rest[0].casefold() in _LENGTHS:
        period, rest = cast(Period, _LENGTHS[rest[0].casefold()]), rest[1:]
    scope = rest[0] if rest else "all"
    if not 0 <= amount <= _MOST_USD or scope not in ("all", "agent", "tree") or (scope != "all") != (len(rest) > 1):
        return None
    agent = " ".join(rest[1:]).removeprefix("@") if scope != "all" else ""
    return Limit(BudgetLimit(scope=cast(Literal["all", "agent", "tree"], scope), agent=agent, period=period,
                             limit_usd=amount))  # fmt: skip


class Spending:
    """What one message wants to know of costs, or to change about limits."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand

    async def command(self, arguments: tuple[str, ...]) -> ChatAnswer:
        """`/cost` with its arguments."""
        wish = read_costs(arguments, self._errand.request.conversation_id)
        if wish is None:
            return self._errand.failed(self._errand.say("cost_usage"))
        if isinstance(wish, Limit):
            if not self._errand.person:
                return self._errand.failed(self._errand.say("limit_elsewhere"))
            return ChatAnswer(text=costs_text(await self._errand.ask(SET_BUDGET, wish.budget)))
        return ChatAnswer(text=costs_text(await self._errand.ask(GET_COSTS, wish)))


def costs_text(report: CostReport) -> str:
    """Tokens and dollars, in all and by line, and what the limits say."""
    total = phrase(
        "{read} tokens in, {written} tokens out, {cost} in all.", read=grouped(report.total_input_tokens),
        written=grouped(report.total_output_tokens), cost=f"${report.total_cost_usd:.4f}",
    )  # fmt: skip
    if not report.lines:
        total = phrase("No model has been asked for it yet: 0 tokens, $0.00.")
    spent = (
        phrase(" Budget ({period}): {spent} of {limit} used.", period=phrase(report.period),
               spent=f"${report.spent_usd:.4f}", limit=_limit_usd(report.limit_usd))
        if report.limit_usd is not None else ""
    )  # fmt: skip
    lines = [_line(line) for line in report.lines[:_MOST_LINES]]
    left = len(report.lines) - _MOST_LINES
    more = phrase("... and {count} more", count=left) if left > 0 else ""
    using = phrase("Model in use: {model}.", model=f"{report.provider} {report.model}".rstrip())
    using = using if report.provider else ""
    budgets = [_budget(one) for one in report.budgets]
    return "\n".join(filter(None, [total + spent, *lines, more, *budgets, using]))


def _limit_usd(amount: float) -> str:
    return f"${amount:.2f}" if amount == 0 or amount >= 0.01 else f"${amount:.4f}"  # noqa: PLR2004


def _line(line: CostLine) -> str:
    names = dict.fromkeys(filter(None, (line.key, line.agent, line.model)))
    name = ", ".join(names) or phrase(_REST)
    notes = [
        phrase("{count} estimated", count=line.estimated_calls) if line.estimated_calls else "",
        phrase("{count} without a known price", count=line.unpriced_calls) if line.unpriced_calls else "",
    ]
    told = ", ".join(filter(None, notes))
    said = phrase(
        "- {name}: {count} calls, {read} in, {written} out, {cost}"
        if line.calls != 1 else "- {name}: {count} call, {read} in, {written} out, {cost}",
        name=name, count=line.calls, read=grouped(line.input_tokens), written=grouped(line.output_tokens),
        cost=f"${line.cost_usd:.4f}",
    )  # fmt: skip
    return f"{said} ({told})" if told else said


def _budget(state: BudgetState) -> str:
    limit = state.limit
    whose = {"all": phrase("everything"), "agent": limit.agent}.get(limit.scope, "")
    whose = whose or phrase("{agent} and what works for it", agent=limit.agent)
    held = f"${state.held_usd:.4f}"
    return phrase(
        "Limit for {whose}, {period}: {spent} of {limit} spent, {held} held for calls that are not settled yet."
        if state.held_usd else "Limit for {whose}, {period}: {spent} of {limit} spent.",
        whose=whose, period=phrase(limit.period), spent=f"${state.spent_usd:.4f}", limit=_limit_usd(limit.limit_usd),
        held=held,
    )  # fmt: skip
