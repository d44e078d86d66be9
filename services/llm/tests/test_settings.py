import pytest

from wactorz_common.errors import ConfigError
from wactorz_common.settings import load
from wactorz_llm import providers
from wactorz_llm.settings import LlmSettings

NAMES = ("LLM_PROVIDER", "LLM_MODEL", "ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY_FILE", "ANTHROPIC_BASE_URL")


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
    ],
)
def test_provider_follows_the_environment(read, environment, name):
    assert providers.build(read(**environment)).name == name


def test_key_from_a_file_is_used_and_never_shown(read, tmp_path):
    path = tmp_path / "key"
    path.write_text("sk-ant-CANARY\n")
    settings = read(ANTHROPIC_API_KEY_FILE=str(path))
    assert settings.anthropic_api_key.get_secret_value() == "sk-ant-CANARY"
    assert "CANARY" not in repr(settings) + settings.model_dump_json()
    assert providers.build(settings).name == "anthropic"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("LLM_PROVIDER", "hal9000", "use anthropic or offline"),
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
