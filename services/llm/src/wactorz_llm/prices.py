"""What model calls cost, in nano-dollars (1e-9 US dollars) so that sums stay exact."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from wactorz_common.contracts.llm import Completion
from wactorz_llm.provider import TokenUsage

NANO = 1_000_000_000
_PER_MILLION = 1_000_000
_CATALOGS = {"anthropic": "anthropic", "openai": "openai", "gemini": "google"}
_FREE = frozenset({"offline", "ollama"})
BYTES_PER_TOKEN = 2
_TOKENS_AROUND = 400


@dataclass(frozen=True)
class Cost:
    """The cost of a call; `priced` is false when no price is known, and `nano_usd` is then 0."""

    nano_usd: int
    priced: bool = True


class PriceList:
    """Prices of the catalog that comes with `genai-prices`, after own prices in dollars per million tokens."""

    def __init__(self, own: Mapping[str, tuple[float, float]] | None = None) -> None:
        self._own = dict(own or {})

    def cost(self, provider: str, model: str, usage: TokenUsage) -> Cost:
        """What `usage` costs on that model."""
        own = _longest_prefix(self._own, model)
        if own is not None:
            dollars = usage.input_tokens * Decimal(str(own[0])) + usage.output_tokens * Decimal(str(own[1]))
            return Cost(_nano(dollars / _PER_MILLION))
        if provider in _FREE:
            return Cost(0)
        catalog = _CATALOGS.get(provider)
        return Cost(0, priced=False) if catalog is None else _catalog_cost(catalog, model, usage)


def upper_estimate(request: Completion) -> TokenUsage:
    """Tokens that a request can use at most: one for every two bytes sent, and the longest answer."""
    sent = len(request.model_dump_json(include={"messages", "system", "tools"}).encode())
    return TokenUsage(input_tokens=sent // BYTES_PER_TOKEN + _TOKENS_AROUND, output_tokens=request.max_tokens)


def _longest_prefix(prices: Mapping[str, tuple[float, float]], model: str) -> tuple[float, float] | None:
    names = [name for name in prices if model.startswith(name)]
    return prices[max(names, key=len)] if names else None


def _catalog_cost(catalog: str, model: str, usage: TokenUsage) -> Cost:
    from genai_prices import Usage, calc_price  # noqa: PLC0415  # half a second and 30 MB, only when it is needed

    tokens = Usage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cache_read_tokens,
        cache_write_tokens=usage.cache_write_tokens,
    )
    try:
        return Cost(_nano(calc_price(tokens, model, provider_id=catalog).total_price))
    except LookupError:
        return Cost(0, priced=False)


def _nano(dollars: Decimal) -> int:
    return int((dollars * NANO).to_integral_value(ROUND_CEILING))
