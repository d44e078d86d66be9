"""The providers by name; a further one is a module here and a line in the registry."""

from collections.abc import Callable
from typing import Protocol

from pydantic import SecretStr

from wactorz_llm.provider import Provider
from wactorz_llm.providers.anthropic_provider import AnthropicProvider
from wactorz_llm.providers.offline import OfflineProvider


class ProviderSettings(Protocol):
    """The settings that choose and equip a provider."""

    llm_provider: str
    anthropic_api_key: SecretStr
    anthropic_base_url: str


OFFLINE_NAMES = frozenset({"offline", "none"})


def _anthropic(settings: ProviderSettings) -> Provider:
    key = settings.anthropic_api_key
    if not key.get_secret_value().strip():
        return OfflineProvider("LLM_PROVIDER is anthropic, but ANTHROPIC_API_KEY is not set")
    return AnthropicProvider(key, settings.anthropic_base_url)


KNOWN: dict[str, Callable[[ProviderSettings], Provider]] = {"anthropic": _anthropic}
"""Builders; each returns the offline provider when its key is missing."""


def build(settings: ProviderSettings) -> Provider:
    """The provider that the settings name; without a name, the first one that has a key, else none."""
    if settings.llm_provider in OFFLINE_NAMES:
        return OfflineProvider("LLM_PROVIDER is offline")
    if settings.llm_provider:
        return KNOWN[settings.llm_provider](settings)
    if settings.anthropic_api_key.get_secret_value().strip():
        return _anthropic(settings)
    return OfflineProvider()


def build_named(settings: ProviderSettings, name: str) -> Provider:
    """The provider of that name, in or out of the chain; the offline one with the reason where it is not equipped."""
    return KNOWN[name](settings)


def build_all(settings: ProviderSettings) -> tuple[Provider, ...]:
    """The providers to try, in order; never empty, and the offline one only on its own."""
    return (build(settings),)


def split_model(name: str) -> tuple[str, str]:
    """Provider and model of `provider:model`; the provider is empty where the name gives none (`llama3:8b`)."""
    provider, colon, model = name.partition(":")
    return (provider, model) if colon and provider in KNOWN else ("", name)
