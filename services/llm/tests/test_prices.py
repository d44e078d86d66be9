import pytest

from wactorz_common.contracts.llm import Completion, ModelMessage, Tool
from wactorz_llm.price_table import TABLE
from wactorz_llm.prices import NANO, Cost, PriceList, upper_estimate
from wactorz_llm.provider import TokenUsage

MILLION = TokenUsage(1_000_000, 1_000_000)


def usd(provider, model, *tokens, own=None):
    cost = PriceList(own).cost(provider, model, TokenUsage(*tokens))
    assert cost.priced
    return cost.nano_usd / NANO


LISTED = [
    ("gemini", "gemini-2.5-flash-lite", 0.10, 0.40),
    ("gemini", "gemini-2.0-flash", 0.10, 0.40),
    ("gemini", "gemini-2.5-flash", 0.30, 2.50),
    ("gemini", "gemini-2.5-pro", 1.25, 10.00),
    ("gemini", "gemini-3.1-pro", 2.00, 12.00),
    ("anthropic", "claude-opus-4-6", 5, 25),
    ("anthropic", "claude-sonnet-4-6", 3, 15),
    ("anthropic", "claude-haiku-4-5", 1, 5),
    ("openai", "gpt-5.4", 2.5, 15),
    ("openai", "gpt-5.4-mini", 0.75, 4.5),
    ("openai", "gpt-5.2", 1.75, 14),
    ("openai", "gpt-5", 1.25, 10),
    ("openai", "gpt-5-mini", 0.275, 2.2),
    ("openai", "gpt-4o", 2.5, 10),
    ("openai", "gpt-4o-mini", 0.15, 0.6),
    ("openai", "gpt-4-turbo", 10, 30),
]


def test_every_listed_model_is_checked():
    assert {(provider, model) for provider, model, _, _ in LISTED} == {
        (provider, model) for provider, models in TABLE.items() for model in models
    }


@pytest.mark.parametrize("suffix", ["", "-20251001", "-2025-08-07", "-latest", "-001", "-preview-06-05"])
@pytest.mark.parametrize(("provider", "model", "sent", "written"), LISTED)
def test_price_of_a_listed_model_and_its_dated_versions(provider, model, sent, written, suffix):
    assert usd(provider, model + suffix, 100_000, 0) == pytest.approx(sent / 10)
    assert usd(provider, model + suffix, 0, 1_000_000) == pytest.approx(written)


@pytest.mark.parametrize(
    ("provider", "model", "dollars"),
    [
        ("openai", "gpt-5-nano", 0.05 + 0.40),
        ("openai", "gpt-4.1-mini", 0.40 + 1.60),
        ("ollama", "llama3", 0),
        ("nim", "meta/llama-3.3-70b-instruct", 0),
        ("offline", "", 0),
    ],
)
def test_price_of_other_models(provider, model, dollars):
    assert usd(provider, model, 1_000_000, 1_000_000) == pytest.approx(dollars)


@pytest.mark.parametrize(("model", "sent", "written"), [("gemini-2.5-pro", 1.25, 10), ("gemini-3.1-pro", 2, 12)])
@pytest.mark.parametrize(("tokens", "times"), [(199_999, 1), (200_000, 1), (200_001, 2)])
def test_pro_models_cost_double_above_200_000_tokens(model, sent, written, tokens, times):
    expected = times * (tokens * sent + 1000 * written) / 1e6
    assert usd("gemini", model, tokens, 1000) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("model", ["gemini-2.5-flash", "gemini-2.5-flash-lite", "gemini-2.0-flash"])
def test_other_models_do_not_double(model):
    assert usd("gemini", model, 200_001, 0) == pytest.approx(usd("gemini", model, 200_000, 0), rel=1e-4)


def test_cached_tokens_have_their_own_price():
    plain = usd("anthropic", "claude-sonnet-4-6", 1000, 0)
    assert usd("anthropic", "claude-sonnet-4-6", 1000, 0, 1000, 0) == pytest.approx(plain * 0.1)
    assert usd("anthropic", "claude-sonnet-4-6", 1000, 0, 0, 1000) == pytest.approx(plain * 1.25)


@pytest.mark.parametrize(("provider", "model"), [("anthropic", "house-model"), ("openai", "x"), ("other", "x")])
def test_unknown_models_cost_nothing_and_say_so(provider, model):
    assert PriceList().cost(provider, model, MILLION) == Cost(0, priced=False)


def test_own_prices_come_first_and_the_longest_name_wins():
    own = {"house": (1.0, 2.0), "house-mini": (0.1, 0.2)}
    assert usd("nim", "house-large", 1_000_000, 1_000_000, own=own) == 3
    assert usd("nim", "house-mini-2", 1_000_000, 1_000_000, own=own) == pytest.approx(0.3)


def test_own_prices_may_name_the_provider():
    own = {"ollama:llama3": (1.0, 1.0)}
    assert usd("ollama", "llama3:8b", 1_000_000, 0, own=own) == 1
    assert usd("nim", "llama3:8b", 1_000_000, 0, own=own) == 0


@pytest.mark.parametrize(
    ("provider", "model", "share"),
    [("openai", "gpt-4o", 0.5), ("openai", "gpt-5", 0.1), ("gemini", "gemini-2.5-pro", 0.1)],
)
def test_cached_tokens_of_others_cost_a_share_as_well(provider, model, share):
    plain = usd(provider, model, 100_000, 0)
    assert usd(provider, model, 100_000, 0, 100_000, 0) == pytest.approx(plain * share)


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
