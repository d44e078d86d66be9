import pytest

from wactorz_common.settings import load
from wactorz_llm import providers
from wactorz_llm.providers import choice
from wactorz_llm.providers.openai_provider import OPENAI_MODELS
from wactorz_llm.settings import LlmSettings


@pytest.fixture
def read(monkeypatch):
    for name in LlmSettings.model_fields.values():
        alias = str(name.validation_alias)
        if alias.startswith("LLM_") or alias.endswith(("_KEY", "_URL")):
            monkeypatch.delenv(alias, raising=False)

    def read(**environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return load(LlmSettings)

    return read


@pytest.mark.parametrize(
    ("environment", "names"),
    [
        ({}, ()),
        ({"LLM_PROVIDER": "offline", "OPENAI_API_KEY": "k", "LLM_FALLBACK": "openai"}, ()),
        ({"GEMINI_API_KEY": "k", "OPENAI_API_KEY": "k"}, ("openai",)),
        ({"LLM_PROVIDER": "gemini", "LLM_FALLBACK": " Ollama, openai,gemini,"}, ("gemini", "ollama", "openai")),
    ],
)
def test_chain(read, environment, names):
    assert choice.chain(read(**environment)) == names


def test_chain_is_built_in_order_without_those_that_have_no_key(read):
    settings = read(LLM_PROVIDER="gemini", LLM_FALLBACK="openai,ollama", GEMINI_API_KEY="k")
    assert [one.name for one in providers.build_all(settings)] == ["gemini", "ollama"]


def test_nothing_equipped_is_offline_and_says_what_is_missing(read):
    (only,) = providers.build_all(read(LLM_PROVIDER="gemini", LLM_FALLBACK="nim"))
    assert (only.name, only.available) == ("offline", False)
    assert only._values == {"name": "gemini", "setting": "GEMINI_API_KEY"}


def test_a_provider_beside_the_chain_is_built_by_name(read):
    settings = read(ANTHROPIC_API_KEY="k", OPENAI_API_KEY="k")
    assert [one.name for one in providers.build_all(settings)] == ["anthropic"]
    assert providers.build_named(settings, "openai").name == "openai"
    assert not providers.build_named(settings, "nim").available


@pytest.mark.parametrize(
    ("environment", "name", "wanted"),
    [
        ({"OPENAI_API_KEY": "k"}, "openai", ("gpt-4o", "gpt-4o-mini", "gpt-5.4")),
        ({"OPENAI_API_KEY": "k", "LLM_MODEL": "gpt-9"}, "openai", ("gpt-9", "gpt-4o-mini", "gpt-5.4")),
        ({"OPENAI_URL": "http://box/v1", "LLM_MODEL": "qwen3"}, "openai", ("qwen3", "qwen3", "qwen3")),
        ({"OPENAI_URL": "http://box/v1", "LLM_MODEL": "qwen3", "LLM_MODEL_FAST": "tiny"}, "openai", ("qwen3", "tiny", "qwen3")),
        ({"LLM_PROVIDER": "gemini", "LLM_MODEL": "openai:gpt-9"}, "openai", ("gpt-9", "gpt-4o-mini", "gpt-5.4")),
        ({"LLM_PROVIDER": "gemini", "LLM_MODEL": "gemini-9"}, "openai", ("gpt-4o", "gpt-4o-mini", "gpt-5.4")),
    ],
)  # fmt: skip
def test_models_of_the_tiers(read, environment, name, wanted):
    found = choice.models(read(**environment), name, OPENAI_MODELS)
    assert (found[""], found["fast"], found["smart"]) == wanted


@pytest.mark.parametrize(
    ("environment", "name", "default"),
    [
        ({"ANTHROPIC_API_KEY": "k"}, "anthropic", "claude-sonnet-4-6"),
        ({"OPENAI_API_KEY": "k"}, "openai", "gpt-4o"),
        ({"OLLAMA_URL": "http://box:11434"}, "ollama", "llama3"),
        ({"NIM_API_KEY": "k"}, "nim", "meta/llama-3.3-70b-instruct"),
        ({"GEMINI_API_KEY": "k"}, "gemini", "gemini-2.5-flash"),
    ],
)
def test_default_models(read, environment, name, default):
    provider = providers.build(read(**environment))
    assert (provider.name, provider.default_model, provider.models[""]) == (name, default, default)
    assert provider.models["fast"]
    assert provider.models["smart"]


@pytest.mark.parametrize(
    ("environment", "local"),
    [
        ({"LLM_PROVIDER": "ollama"}, True),
        ({"OLLAMA_URL": "https://ollama.com"}, False),
        ({"OPENAI_URL": "http://192.168.1.9:8000/v1"}, True),
        ({"OPENAI_URL": "https://openrouter.ai/api/v1", "OPENAI_API_KEY": "k"}, False),
        ({"OPENAI_API_KEY": "k"}, False),
        ({"NIM_URL": "http://nim:8000/v1"}, True),
        ({"ANTHROPIC_API_KEY": "k"}, False),
    ],
)
def test_local_is_what_runs_in_the_house(read, environment, local):
    assert providers.build(read(**environment)).local is local


def test_the_common_key_goes_to_the_chosen_provider_alone(read):
    settings = read(LLM_PROVIDER="nim", LLM_API_KEY="common", OPENAI_API_KEY="own")
    keys = {name: choice.key_of(settings, name).get_secret_value() for name in ("nim", "openai", "gemini")}
    assert keys == {"nim": "common", "openai": "own", "gemini": ""}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("openai:gpt-4o", ("openai", "gpt-4o")), ("llama3:8b", ("", "llama3:8b")), ("gpt-4o", ("", "gpt-4o")),
        ("ollama:llama3:8b", ("ollama", "llama3:8b")), ("NIM:meta/llama", ("nim", "meta/llama")),
    ],
)  # fmt: skip
def test_provider_and_model_of_a_name(name, parts):
    assert choice.split_model(name) == parts


def test_models_that_look_at_pictures_though_their_name_does_not_say_so(read):
    settings = read(OPENAI_URL="http://127.0.0.1:9/v1", WACTORZ_LLM_PICTURES="House-Model, other")
    provider = providers.build(settings)
    assert [bool(provider.takes(name).pictures) for name in ("house-model", "other", "third")] == [True, True, False]
