"""Which providers and models the settings ask for; pure."""

from collections.abc import Mapping
from typing import Protocol

from pydantic import SecretStr

from wactorz_llm.provider import Tier

OFFLINE_NAMES = frozenset({"offline", "none"})
NAMES = ("anthropic", "openai", "gemini", "nim", "ollama")
"""In the order in which a key or an address chooses, where LLM_PROVIDER is empty."""
DEFAULT = "anthropic"


class ProviderSettings(Protocol):
    """The settings that choose and equip providers."""

    llm_provider: str
    llm_fallback: str
    llm_model: str
    llm_model_fast: str
    llm_model_smart: str
    llm_api_key: SecretStr
    anthropic_api_key: SecretStr
    anthropic_base_url: str
    openai_api_key: SecretStr
    openai_url: str
    openai_base_url: str
    nim_api_key: SecretStr
    nvidia_api_key: SecretStr
    nim_url: str
    gemini_api_key: SecretStr
    google_api_key: SecretStr
    gemini_base_url: str
    ollama_url: str
    ollama_context: int
    pictures: str


def chain(settings: ProviderSettings) -> tuple[str, ...]:
    """Names of the providers to try, in order; empty: offline."""
    first = settings.llm_provider or next((name for name in NAMES if equipped(settings, name)), "")
    if not first or first in OFFLINE_NAMES:
        return ()
    return tuple(dict.fromkeys((first, *names_of(settings.llm_fallback))))


def names_of(listed: str) -> tuple[str, ...]:
    """The names of a comma list, in lower case."""
    return tuple(name for part in listed.split(",") if (name := part.strip().lower()))


def key_of(settings: ProviderSettings, name: str) -> SecretStr:
    """The key of a provider: its own, then its other name's, then LLM_API_KEY where it is the chosen one."""
    own = {
        "anthropic": (settings.anthropic_api_key,),
        "openai": (settings.openai_api_key,),
        "nim": (settings.nim_api_key, settings.nvidia_api_key),
        "gemini": (settings.gemini_api_key, settings.google_api_key),
    }.get(name, ())
    chosen = (settings.llm_api_key,) if name == (settings.llm_provider or DEFAULT) else ()
    return next((key for key in (*own, *chosen) if key.get_secret_value().strip()), SecretStr(""))


def url_of(settings: ProviderSettings, name: str) -> str:
    """The address that is set for a provider; empty: its own."""
    return {
        "anthropic": settings.anthropic_base_url,
        "openai": settings.openai_url or settings.openai_base_url,
        "nim": settings.nim_url,
        "gemini": settings.gemini_base_url,
        "ollama": settings.ollama_url,
    }[name]


def missing(settings: ProviderSettings, name: str) -> str:
    """The setting without which a provider cannot work; empty when nothing is missing."""
    if name == "ollama" or key_of(settings, name).get_secret_value():
        return ""
    if name in ("openai", "nim") and url_of(settings, name):
        return ""
    return {"anthropic": "ANTHROPIC_API_KEY", "openai": "OPENAI_API_KEY", "nim": "NIM_API_KEY"}.get(
        name, "GEMINI_API_KEY"
    )


def equipped(settings: ProviderSettings, name: str) -> bool:
    """Whether a key or an address asks for a provider."""
    return not missing(settings, name) if name != "ollama" else bool(settings.ollama_url)


def models(settings: ProviderSettings, name: str, usual: Mapping[Tier, str]) -> dict[Tier, str]:
    """The model of each tier: what the settings say for this provider, else its own defaults.

    On a machine of one's own only the named model is known to be there, so it stands for the other tiers too.
    """
    first = next(iter(chain(settings)), "")
    named = _named(settings.llm_model, name, first)
    alone = name == "ollama" or (name in ("openai", "nim") and bool(url_of(settings, name)))
    default = named or usual[""]
    fast, smart = (default, default) if alone else (usual["fast"], usual["smart"])
    return {
        "": default,
        "fast": _named(settings.llm_model_fast, name, first) or fast,
        "smart": _named(settings.llm_model_smart, name, first) or smart,
    }


def split_model(name: str) -> tuple[str, str]:
    """Provider and model of `provider:model`; the provider is empty where the name gives none (`llama3:8b`)."""
    provider, colon, model = name.partition(":")
    return (provider.lower(), model) if colon and provider.lower() in NAMES else ("", name)


def _named(wanted: str, name: str, first: str) -> str:
    """The model of a setting if it is meant for this provider; without a provider's name it is for the first one."""
    provider, model = split_model(wanted.strip())
    return model if (provider or first) == name else ""
