"""What model calls cost, in nano-dollars (1e-9 US dollars) so that sums stay exact."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache

from wactorz_common.contracts.llm import Completion
from wactorz_llm.price_table import CACHE, FREE, LONG_PROMPT, TABLE, Listed, listed, longest_prefix
from wactorz_llm.provider import TokenUsage
from wactorz_llm.question import file_tokens

NANO = 1_000_000_000
_PER_MILLION = 1_000_000
_CATALOGS = {"anthropic": "anthropic", "openai": "openai", "gemini": "google"}
BYTES_PER_TOKEN = 2
_TOKENS_AROUND = 400


@dataclass(frozen=True)
class Cost:
    """The cost of a call; `priced` is false when no price is known, and `nano_usd` is then 0."""

    nano_usd: int
    priced: bool = True


class PriceList:
    """Own prices (dollars per million tokens) first, then the project's table, then the catalog of `genai-prices`."""

    def __init__(self, own: Mapping[str, tuple[float, float]] | None = None) -> None:
        self._own = {name: (Decimal(str(one[0])), Decimal(str(one[1]))) for name, one in (own or {}).items()}

    def cost(self, provider: str, model: str, usage: TokenUsage) -> Cost:
        """What `usage` costs on that model; `estimated` tokens are priced like others."""
        own = longest_prefix(self._own, f"{provider}:{model}") or longest_prefix(self._own, model)
        if own is not None:
            return Cost(_nano((usage.input_tokens * own[0] + usage.output_tokens * own[1]) / _PER_MILLION))
        if provider in FREE:
            return Cost(0)
        table = TABLE.get(provider, {})
        known = listed(table, model)
        if known is not None:
            return _listed_cost(known, provider, model, usage)
        cost = _catalog_cost(_CATALOGS.get(provider), model, usage)
        inherited = longest_prefix(table, model)
        return _listed_cost(inherited, provider, model, usage) if inherited and not cost.priced else cost


def upper_estimate(request: Completion) -> TokenUsage:
    """Tokens that a request can use at most: one for every two bytes sent, its files, and the longest answer."""
    sent = len(request.model_dump_json(include={"messages", "system", "tools"}).encode(errors="replace"))
    asked = sent // BYTES_PER_TOKEN + _TOKENS_AROUND + file_tokens(request)
    return TokenUsage(input_tokens=asked, output_tokens=request.max_tokens)


def _listed_cost(price: Listed, provider: str, model: str, usage: TokenUsage) -> Cost:
    read, write = _cached_shares(provider, model)
    plain = max(0, usage.input_tokens - usage.cache_read_tokens - usage.cache_write_tokens)
    sent = (plain + usage.cache_read_tokens * read + usage.cache_write_tokens * write) * price.sent
    dollars = (sent + usage.output_tokens * price.written) / _PER_MILLION
    return Cost(_nano(dollars * 2 if price.doubles and usage.input_tokens > LONG_PROMPT else dollars))


@lru_cache(maxsize=256)
def _cached_shares(provider: str, model: str) -> tuple[Decimal, Decimal]:
    """What a token read from or written to the cache costs of a plain one: by the catalog, else by the provider."""
    plain, read, write = (
        _catalog_cost(_CATALOGS.get(provider), model, TokenUsage(1_000, 0, *cached))
        for cached in ((0, 0), (1_000, 0), (0, 1_000))
    )
    if not (plain.priced and plain.nano_usd):
        return CACHE.get(provider, (Decimal(1), Decimal(1)))
    return Decimal(read.nano_usd) / plain.nano_usd, Decimal(write.nano_usd) / plain.nano_usd


def _catalog_cost(catalog: str | None, model: str, usage: TokenUsage) -> Cost:
    from genai_prices import Usage, calc_price  # noqa: PLC0415  # half a second and 30 MB, only when it is needed

    if catalog is None:
        return Cost(0, priced=False)
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
