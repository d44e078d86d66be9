import pytest

from wactorz_common.errors import ConfigError
from wactorz_common.settings import load
from wactorz_llm import providers
from wactorz_llm.settings import LlmSettings

KEYS = ("LLM_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "NIM_API_KEY", "NVIDIA_API_KEY", "GEMINI_API_KEY",
        "GOOGLE_API_KEY")  # fmt: skip
NAMES = (
    *KEYS, *(f"{key}_FILE" for key in KEYS), "LLM_PROVIDER", "LLM_FALLBACK", "LLM_MODEL", "LLM_MODEL_FAST",
    "LLM_MODEL_SMART", "ANTHROPIC_BASE_URL", "OPENAI_URL", "OPENAI_BASE_URL", "NIM_URL", "GEMINI_BASE_URL", "OLLAMA_URL",
)  # fmt: skip


@pytest.fixture
def read(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)

    def read(**environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return load(LlmSettings)

    return read


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({}, "offline"),
        ({"ANTHROPIC_API_KEY": "k"}, "anthropic"),
        ({"ANTHROPIC_API_KEY": "  "}, "offline"),
        ({"ANTHROPIC_API_KEY": "k", "LLM_PROVIDER": "offline"}, "offline"),
        ({"ANTHROPIC_API_KEY": "k", "LLM_PROVIDER": "none"}, "offline"),
        ({"ANTHROPIC_API_KEY": "k", "LLM_PROVIDER": "Anthropic"}, "anthropic"),
        ({"LLM_PROVIDER": "anthropic"}, "offline"),
        ({"LLM_PROVIDER": "anthropic", "LLM_API_KEY": "k"}, "anthropic"),
        ({"LLM_API_KEY": "k"}, "anthropic"),
        ({"LLM_API_KEY": "k", "OPENAI_API_KEY": "k"}, "anthropic"),
        ({"OPENAI_API_KEY": "k"}, "openai"),
        ({"OPENAI_URL": "http://localhost:8000/v1"}, "openai"),
        ({"OPENAI_BASE_URL": "http://localhost:8000/v1"}, "openai"),
        ({"LLM_PROVIDER": "openai"}, "offline"),
        ({"GEMINI_API_KEY": "k"}, "gemini"),
        ({"GOOGLE_API_KEY": "k"}, "gemini"),
        ({"LLM_PROVIDER": "gemini", "LLM_API_KEY": "k"}, "gemini"),
        ({"LLM_PROVIDER": "gemini", "ANTHROPIC_API_KEY": "k"}, "offline"),
        ({"NIM_API_KEY": "k"}, "nim"),
        ({"NVIDIA_API_KEY": "k"}, "nim"),
        ({"OLLAMA_URL": "http://localhost:11434"}, "ollama"),
        ({"LLM_PROVIDER": "ollama"}, "ollama"),
        ({"LLM_PROVIDER": "anthropic", "LLM_FALLBACK": "ollama"}, "ollama"),
    ],
)
def test_provider_follows_the_environment(read, environment, name):
    assert providers.build(read(**environment)).name == name


@pytest.mark.parametrize("name", KEYS)
def test_key_from_a_file_is_used_and_never_shown(read, tmp_path, name):
    path = tmp_path / "key"
    path.write_text("sk-ant-CANARY\n")
    settings = read(**{f"{name}_FILE": str(path)})
    assert getattr(settings, name.lower()).get_secret_value() == "sk-ant-CANARY"
    assert "CANARY" not in repr(settings) + settings.model_dump_json()
    assert providers.build(settings).available


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("LLM_PROVIDER", "hal9000", "use anthropic, openai, gemini, nim, ollama or offline"),
        ("LLM_FALLBACK", "ollama, hal9000", "LLM_FALLBACK names 'hal9000'"),
        ("OPENAI_URL", "localhost:8000", "must begin with http"),
        ("OLLAMA_URL", "http://", "name a host"),
        ("LLM_COST_LIMIT_USD", "-1", "LLM_COST_LIMIT_USD"),
        ("LLM_COST_LIMIT_PERIOD", "hourly", "LLM_COST_LIMIT_PERIOD"),
        ("LLM_MAX_RETRIES", "many", "LLM_MAX_RETRIES"),
        ("WACTORZ_LLM_PRICES", '{"m": [1]}', "WACTORZ_LLM_PRICES"),
    ],
)
def test_wrong_settings_are_named(read, name, value, words):
    with pytest.raises(ConfigError, match=words):
        read(**{name: value})


def test_own_prices_are_json(read):
    assert read(WACTORZ_LLM_PRICES='{"house": [1, 2.5]}').prices == {"house": (1.0, 2.5)}
