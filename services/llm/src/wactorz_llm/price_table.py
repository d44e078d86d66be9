"""The project's own prices; they go before those of the catalog."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

P = TypeVar("P")

LONG_PROMPT = 200_000
"""Tokens of a prompt above which the pro models cost double."""

FREE = frozenset({"offline", "ollama", "nim"})
"""Providers without a price of their own; give one in WACTORZ_LLM_PRICES where they have one."""


@dataclass(frozen=True)
class Listed:
    """US dollars per million tokens sent and written; `doubles` above 200,000 tokens in the prompt."""

    sent: Decimal
    written: Decimal
    doubles: bool = False


def _dollars(sent: str, written: str, *, doubles: bool = False) -> Listed:
    return Listed(Decimal(sent), Decimal(written), doubles)


TABLE: Mapping[str, Mapping[str, Listed]] = {
    "gemini": {
        "gemini-2.5-flash-lite": _dollars("0.10", "0.40"),
        "gemini-2.0-flash": _dollars("0.10", "0.40"),
        "gemini-2.5-flash": _dollars("0.30", "2.50"),
        "gemini-2.5-pro": _dollars("1.25", "10.00", doubles=True),
        "gemini-3.1-pro": _dollars("2.00", "12.00", doubles=True),
    },
    "anthropic": {
        "claude-opus-4-6": _dollars("5", "25"),
        "claude-sonnet-4-6": _dollars("3", "15"),
        "claude-haiku-4-5": _dollars("1", "5"),
    },
    "openai": {
        "gpt-5.4": _dollars("2.5", "15"),
        "gpt-5.4-mini": _dollars("0.75", "4.5"),
        "gpt-5.2": _dollars("1.75", "14"),
        "gpt-5": _dollars("1.25", "10"),
        "gpt-5-mini": _dollars("0.275", "2.2"),
        "gpt-4o": _dollars("2.5", "10"),
        "gpt-4o-mini": _dollars("0.15", "0.6"),
        "gpt-4-turbo": _dollars("10", "30"),
    },
}
"""By provider and model."""

CACHE: Mapping[str, tuple[Decimal, Decimal]] = {
    "anthropic": (Decimal("0.1"), Decimal("1.25")),
    "openai": (Decimal("0.5"), Decimal(1)),
    "gemini": (Decimal("0.25"), Decimal(1)),
}
"""Shares of the price that cached tokens cost when read and written, where the catalog does not know the model."""

_DATED = re.compile(r"(-(latest|preview|exp|\d{2,8}))*")


def listed(prices: Mapping[str, P], model: str) -> P | None:
    """The price of a model that is listed, or of a dated or preview version of it."""
    names = [name for name in prices if model.startswith(name) and _DATED.fullmatch(model[len(name) :])]
    return prices[max(names, key=len)] if names else None


def longest_prefix(prices: Mapping[str, P], model: str) -> P | None:
    """The price under the longest name that the model's begins with."""
    names = [name for name in prices if model.startswith(name)]
    return prices[max(names, key=len)] if names else None
