import pytest

from wactorz_common.contracts.llm import Completion, ModelMessage, Tool
from wactorz_llm.prices import NANO, Cost, PriceList, upper_estimate
from wactorz_llm.provider import TokenUsage

MILLION = TokenUsage(1_000_000, 1_000_000)


def usd(provider, model, *tokens, own=None):
    cost = PriceList(own).cost(provider, model, TokenUsage(*tokens))
    assert cost.priced
    return cost.nano_usd / NANO


@pytest.mark.parametrize(
    ("provider", "model", "dollars"),
    [
        ("anthropic", "claude-sonnet-4-6", 3 + 15),
        ("anthropic", "claude-haiku-4-5", 1 + 5),
        ("anthropic", "claude-haiku-4-5-20251001", 1 + 5),
        ("openai", "gpt-4o", 2.50 + 10),
        ("openai", "gpt-4o-mini", 0.15 + 0.60),
        ("openai", "gpt-4o-mini-2024-07-18", 0.15 + 0.60),
        ("gemini", "gemini-2.5-flash", 0.30 + 2.50),
        ("gemini", "gemini-2.5-flash-lite", 0.10 + 0.40),
        ("ollama", "llama3", 0),
        ("offline", "", 0),
    ],
)
def test_price_of_a_million_tokens_in_and_out(provider, model, dollars):
    if provider == "gemini":
        parts = [usd(provider, model, 1_000_000, 0), usd(provider, model, 0, 1_000_000)]
        assert sum(parts) == pytest.approx(dollars)
    else:
        assert usd(provider, model, 1_000_000, 1_000_000) == pytest.approx(dollars)


@pytest.mark.parametrize(
    ("tokens", "dollars_in", "dollars_out"), [(199_999, 1.25, 10), (200_000, 1.25, 10), (200_001, 2.50, 15)]
)
def test_gemini_pro_costs_more_above_200_000_tokens(tokens, dollars_in, dollars_out):
    expected = tokens * dollars_in / 1e6 + 1000 * dollars_out / 1e6
    assert usd("gemini", "gemini-2.5-pro", tokens, 1000) == pytest.approx(expected)


def test_cached_tokens_have_their_own_price():
    plain = usd("anthropic", "claude-sonnet-4-6", 1000, 0)
    assert usd("anthropic", "claude-sonnet-4-6", 1000, 0, 1000, 0) == pytest.approx(plain * 0.1)
    assert usd("anthropic", "claude-sonnet-4-6", 1000, 0, 0, 1000) == pytest.approx(plain * 1.25)


@pytest.mark.parametrize(("provider", "model"), [("anthropic", "house-model"), ("nim", "meta/llama"), ("other", "x")])
def test_unknown_models_cost_nothing_and_say_so(provider, model):
    assert PriceList().cost(provider, model, MILLION) == Cost(0, priced=False)


def test_own_prices_come_first_and_the_longest_name_wins():
    own = {"house": (1.0, 2.0), "house-mini": (0.1, 0.2)}
    assert usd("nim", "house-large", 1_000_000, 1_000_000, own=own) == 3
    assert usd("nim", "house-mini-2", 1_000_000, 1_000_000, own=own) == pytest.approx(0.3)


def test_sums_are_exact():
    one = PriceList().cost("openai", "gpt-4o-mini", TokenUsage(1, 0)).nano_usd
    assert one * 1_000_000 == PriceList().cost("openai", "gpt-4o-mini", TokenUsage(1_000_000, 0)).nano_usd


@pytest.mark.parametrize("text", ["plain English text", "Σκοτεινά για μαγείρεμα", "暗すぎて料理できない"])  # noqa: RUF001  # Greek
def test_estimate_is_an_upper_bound(text):
    tool = Tool(name="act", description="Act", parameters={"type": "object"})
    request = Completion(messages=(ModelMessage(role="user", content=text * 100),), tools=(tool,), max_tokens=77)
    estimate = upper_estimate(request)
    assert estimate.output_tokens == 77
    assert estimate.input_tokens >= len((text * 100).encode()) // 2
