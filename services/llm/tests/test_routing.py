import pytest

from wactorz_common.contracts.llm import Completion, ModelMessage
from wactorz_llm.providers.offline import OfflineProvider
from wactorz_llm.routing import Router


class FakeProvider:
    """A provider that is only asked for its names."""

    available = True

    def __init__(self, name, usual, fast="", smart="", *, local=False):
        self.name, self.default_model, self.local = name, usual, local
        self.models = {"": usual, "fast": fast or usual, "smart": smart or usual}


ANTHROPIC = FakeProvider("anthropic", "claude", "haiku", "opus")
OLLAMA = FakeProvider("ollama", "llama3", local=True)
OPENAI = FakeProvider("openai", "gpt-4o", "gpt-4o-mini")


def make_request(**fields):
    return Completion(messages=(ModelMessage(role="user", content="Hi"),), **fields)


def names(router, **fields):
    return [route.name for route in router.plan(make_request(**fields)).routes]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ["anthropic:claude", "ollama:llama3"]),
        ({"tier": "fast"}, ["anthropic:haiku", "ollama:llama3"]),
        ({"tier": "smart"}, ["anthropic:opus", "ollama:llama3"]),
        ({"model": "claude-of-tomorrow"}, ["anthropic:claude-of-tomorrow", "ollama:llama3"]),
        ({"model": "anthropic:new", "tier": "fast"}, ["anthropic:new", "ollama:llama3"]),
        ({"model": "ollama:qwen3:8b"}, ["ollama:qwen3:8b", "anthropic:claude"]),
        ({"model": "qwen3:8b"}, ["anthropic:qwen3:8b", "ollama:llama3"]),
    ],
)
def test_who_is_asked_and_who_follows(fields, expected):
    assert names(Router((ANTHROPIC, OLLAMA)), **fields) == expected


@pytest.mark.parametrize(
    ("model", "first"), [("gpt-5", "openai:gpt-5"), ("o4-mini", "openai:o4-mini"), ("gemini-9", "anthropic:gemini-9")]
)
def test_a_bare_name_goes_to_its_owner_where_that_is_there(model, first):
    assert names(Router((ANTHROPIC, OPENAI)), model=model)[0] == first


def test_a_tier_may_belong_to_another_provider():
    router = Router((ANTHROPIC, OLLAMA), {"fast": "ollama:small"})
    assert names(router, tier="fast") == ["ollama:small", "anthropic:haiku"]
    assert names(router) == ["anthropic:claude", "ollama:llama3"]


def test_a_provider_beside_the_chain_is_built_once():
    built = []

    def build(name):
        built.append(name)
        return OPENAI

    router = Router((ANTHROPIC,), named=build)
    for _ in range(2):
        assert names(router, model="openai:gpt-5") == ["openai:gpt-5", "anthropic:claude"]
    assert (built, list(router.apart)) == (["openai"], ["openai"])


def test_a_provider_without_a_key_is_said_and_another_one_asked():
    plan = Router((ANTHROPIC,), named=lambda _name: OfflineProvider("no key")).plan(make_request(model="openai:gpt-5"))
    assert [route.name for route in plan.routes] == ["anthropic:claude"]
    assert plan.notice.startswith("openai:gpt-5 could not be asked")


def test_without_any_model_the_offline_provider_answers():
    router = Router((OfflineProvider(),))
    plan = router.plan(make_request(tier="fast"))
    assert ([route.name for route in plan.routes], plan.notice) == (["offline"], "")
    assert not router.available
    assert router.all() == ()


def test_every_model_is_named_once():
    router = Router((ANTHROPIC, OLLAMA), {"smart": "ollama:llama3"})
    assert [route.name for route in router.all()] == [
        "anthropic:claude",
        "anthropic:haiku",
        "anthropic:opus",
        "ollama:llama3",
    ]
    assert router.usual(make_request(model="x", tier="fast")).name == "anthropic:haiku"
