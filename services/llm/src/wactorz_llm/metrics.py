"""The ledger's sums as the agent's metrics carry them; pure."""

from collections.abc import Mapping
from typing import Any

from wactorz_llm.ledger import Totals
from wactorz_llm.prices import NANO

MOST_PAYERS = 200
"""Agents that a frame tells one by one; the dearest come first, and the rest is told as one."""

OTHERS = "others"


def figures(by_agent: Mapping[str, Totals]) -> dict[str, Any]:
    """All sums, and those of each agent that paid."""
    return {**_sums(sum(by_agent.values(), Totals())), "paid_by": _paid_by(by_agent)}


def _paid_by(by_agent: Mapping[str, Totals]) -> dict[str, dict[str, Any]]:
    dearest = sorted(by_agent.items(), key=lambda one: (-one[1].nano_usd, -one[1].calls, one[0]))
    shown = dict(dearest[:MOST_PAYERS])
    rest = sum((totals for _, totals in dearest[MOST_PAYERS:]), Totals())
    if rest.calls:
        shown[OTHERS] = shown.get(OTHERS, Totals()) + rest
    return {name: _sums(totals) for name, totals in shown.items()}


def _sums(totals: Totals) -> dict[str, Any]:
    return {
        "input_tokens": totals.input_tokens,
        "output_tokens": totals.output_tokens,
        "cost_usd": round(totals.nano_usd / NANO, 6),
        "llm_calls": totals.calls,
    }
