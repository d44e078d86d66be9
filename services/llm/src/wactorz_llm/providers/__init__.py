"""The providers by name; a further one is a module here, a line in the registry and its settings."""

from collections.abc import Callable

from wactorz_common import logs
from wactorz_llm.provider import Provider
from wactorz_llm.providers import choice
from wactorz_llm.providers.anthropic_provider import MODELS as ANTHROPIC_MODELS
from wactorz_llm.providers.anthropic_provider import AnthropicProvider
from wactorz_llm.providers.choice import OFFLINE_NAMES, ProviderSettings, key_of, models, names_of, split_model, url_of
from wactorz_llm.providers.gemini_provider import MODELS as GEMINI_MODELS
from wactorz_llm.providers.gemini_provider import GeminiProvider
from wactorz_llm.providers.offline import OfflineProvider
from wactorz_llm.providers.ollama_provider import MODELS as OLLAMA_MODELS
from wactorz_llm.providers.ollama_provider import OllamaProvider
from wactorz_llm.providers.openai_provider import NIM_MODELS, OPENAI_MODELS, NimProvider, OpenAIProvider
from wactorz_llm.providers.sdk import SdkProvider

__all__ = ["KNOWN", "OFFLINE_NAMES", "ProviderSettings", "build", "build_all", "build_named", "names_of", "split_model"]

_log = logs.get(__name__)


def _anthropic(settings: ProviderSettings) -> SdkProvider:
    name = "anthropic"
    return AnthropicProvider(key_of(settings, name), url_of(settings, name), models(settings, name, ANTHROPIC_MODELS))


def _openai(settings: ProviderSettings) -> SdkProvider:
    name = "openai"
    return OpenAIProvider(key_of(settings, name), url_of(settings, name), models(settings, name, OPENAI_MODELS))


def _nim(settings: ProviderSettings) -> SdkProvider:
    name = "nim"
    return NimProvider(key_of(settings, name), url_of(settings, name), models(settings, name, NIM_MODELS))


def _gemini(settings: ProviderSettings) -> SdkProvider:
    name = "gemini"
    return GeminiProvider(key_of(settings, name), url_of(settings, name), models(settings, name, GEMINI_MODELS))


def _ollama(settings: ProviderSettings) -> SdkProvider:
    name = "ollama"
    return OllamaProvider(url_of(settings, name), models(settings, name, OLLAMA_MODELS), settings.ollama_context)


KNOWN: dict[str, Callable[[ProviderSettings], SdkProvider]] = {
    "anthropic": _anthropic,
    "openai": _openai,
    "gemini": _gemini,
    "nim": _nim,
    "ollama": _ollama,
}
"""Builders by name; none of them imports an SDK."""


def build_all(settings: ProviderSettings) -> tuple[Provider, ...]:
    """The providers to try, in order; never empty, and the offline one only on its own."""
    built = tuple(build_named(settings, name) for name in choice.chain(settings))
    ready = tuple(provider for provider in built if provider.available)
    if ready:
        for name in choice.chain(settings):
            if setting := choice.missing(settings, name):
                _log.warning("model provider left out, its key is not set", provider=name, setting=setting)
        return ready
    if built:
        return built[:1]
    return (OfflineProvider("LLM_PROVIDER is offline" if settings.llm_provider else ""),)


def build_named(settings: ProviderSettings, name: str) -> Provider:
    """The provider of that name, in or out of the chain; the offline one with the reason where its key is missing."""
    if setting := choice.missing(settings, name):
        chosen = settings.llm_provider == name
        reason = "LLM_PROVIDER is {name}, but {setting} is not set"
        reason = reason if chosen else "the provider would be {name}, but {setting} is not set"
        return OfflineProvider(reason, name=name, setting=setting)
    provider = KNOWN[name](settings)
    provider.sighted = frozenset(names_of(settings.pictures))
    return provider


def build(settings: ProviderSettings) -> Provider:
    """The first provider of `build_all`."""
    return build_all(settings)[0]
