import pytest

from wactorz_llm.providers.abilities import takes_of


@pytest.mark.parametrize(
    ("place", "model", "pictures", "documents"),
    [
        ("anthropic", "claude-sonnet-4-6", True, True),
        ("anthropic", "claude-2.1", False, False),
        ("openai", "gpt-4o", True, True),
        ("openai", "gpt-4o-mini", True, True),
        ("openai", "gpt-5.4", True, True),
        ("openai", "gpt-4-turbo", True, True),
        ("openai", "o3", True, True),
        ("openai", "o3-mini", False, False),
        ("openai", "gpt-4", False, False),
        ("openai", "gpt-4-0613", False, False),
        ("openai", "gpt-3.5-turbo", False, False),
        ("gemini", "gemini-2.5-flash", True, True),
        ("gemini", "models/gemini-3.8-flash", True, True),
        ("gemini", "gemma-3-27b-it", True, False),
        ("nim", "meta/llama-3.3-70b-instruct", False, False),
        ("nim", "meta/llama-3.2-90b-vision-instruct", True, False),
        ("nim", "nvidia/llama-3.1-nemotron-nano-vl-8b-v1", True, False),
        ("nim", "openai/gpt-oss-120b", False, False),
        ("ollama", "llama3", False, False),
        ("ollama", "llama3:8b", False, False),
        ("ollama", "llava:13b", True, False),
        ("ollama", "llama3.2-vision", True, False),
        ("ollama", "gemma3:4b", True, False),
        ("ollama", "gemma3:1b", False, False),
        ("ollama", "gemma3n:e4b", False, False),
        ("ollama", "qwen3", False, False),
        ("ollama", "qwen2.5vl:7b", True, False),
        ("ollama", "qwen3-vl", True, False),
        ("ollama", "minicpm-v", True, False),
        ("ollama", "mistral-small3.2", True, False),
        ("ollama", "gpt-oss:20b", False, False),
        ("compatible", "qwen3", False, False),
        ("compatible", "gpt-4o", True, True),
        ("compatible", "openai/gpt-4o", True, True),
        ("compatible", "gpt-oss-20b", False, False),
        ("compatible", "anthropic/claude-sonnet-4", True, False),
        ("compatible", "Qwen/Qwen2.5-VL-7B-Instruct", True, False),
    ],
)
def test_who_takes_what(place, model, pictures, documents):
    found = takes_of(place, model)
    assert (bool(found.pictures), found.documents) == (pictures, documents)


def test_animations_go_only_where_they_are_taken():
    assert "image/gif" in takes_of("anthropic", "claude-sonnet-4-6").pictures
    assert "image/gif" not in takes_of("gemini", "gemini-2.5-flash").pictures


def test_a_small_model_of_openai_counts_a_picture_as_more_tokens():
    usual, small = takes_of("openai", "gpt-4o"), takes_of("openai", "gpt-4o-mini")
    assert small.tokens_of(1000, 1000, 0) > 5 * usual.tokens_of(1000, 1000, 0)


def test_the_settings_name_models_that_look_at_pictures():
    assert not takes_of("compatible", "house-model").pictures
    for place in ("compatible", "ollama", "nim"):
        assert takes_of(place, "House-Model", frozenset({"house-model"})).pictures
    assert not takes_of("openai", "gpt-3.5-turbo", frozenset({"gpt-3.5-turbo"})).pictures
