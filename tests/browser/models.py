"""A model that costs something, for windows: it answers slowly enough that its words are seen to come."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.e2e.minds_stage import serving
from wactorz_testing import anthropic_brain
from wactorz_testing.anthropic_server import TEST_KEY, AnthropicServer
from wactorz_testing.model_replies import Answer, Reply

CAPITAL = "what is the capital of France?"
PARIS = "The capital of France is **Paris**, on the river Seine, and it has been that for a long time."


def think(body: dict[str, Any]) -> Reply:
    """Answer the one question slowly, all else as the simple brain does."""
    said = str(body["messages"][-1])
    return Answer(PARIS, pause=0.15) if "capital of France" in said else anthropic_brain.think(body)


@contextmanager
def a_model() -> Iterator[Mapping[str, str]]:
    """Settings that lead to it, as if it were in the cloud: requests for it go through a proxy on this machine."""
    server = AnthropicServer(brain=think)
    with serving(server):
        yield {
            "LLM_PROVIDER": "anthropic", "ANTHROPIC_API_KEY": TEST_KEY,
            "ANTHROPIC_BASE_URL": "http://api.models.example", "HTTP_PROXY": server.root, "http_proxy": server.root,
            "NO_PROXY": "127.0.0.1,localhost",
        }  # fmt: skip
