from pydantic import SecretStr

from wactorz_llm.provider import Provider, ProviderFailure, TokenUsage
from wactorz_llm.providers.anthropic_provider import AnthropicProvider
from wactorz_llm.providers.offline import OfflineProvider


def test_usage_of_attempts_adds_up():
    assert TokenUsage(1, 2, 3, 4) + TokenUsage(10, 20, 30, 40) == TokenUsage(11, 22, 33, 44)


def test_failure_says_whether_another_attempt_is_worth_it():
    failure = ProviderFailure("Overloaded.", again=True, retry_after=3)
    assert str(failure) == "Overloaded."
    assert (failure.again, failure.retry_after, failure.usage) == (True, 3, TokenUsage())


def test_every_provider_has_what_the_port_asks_for():
    wanted = {*Provider.__annotations__, *(name for name in vars(Provider) if not name.startswith("_"))}
    for provider in (OfflineProvider(), AnthropicProvider(SecretStr("k"))):
        assert wanted <= set(dir(provider))
