"""The provider port: what every model provider answers, and how it says that it cannot."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from wactorz_common.contracts.llm import Completion, ToolCall
from wactorz_common.errors import WactorzError

OnPiece = Callable[[str], None]
"""Takes the next piece of the answer's text while it is written; runs in the event loop and never blocks."""


@dataclass(frozen=True)
class TokenUsage:
    """Tokens of one or more attempts; `input_tokens` includes the cached ones."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0

    def __add__(self, other: "TokenUsage") -> "TokenUsage":
        return TokenUsage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cache_read_tokens + other.cache_read_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
        )


@dataclass(frozen=True)
class ProviderAnswer:
    """What the model answered."""

    text: str
    model: str
    tool_calls: tuple[ToolCall, ...] = ()
    usage: TokenUsage = field(default_factory=TokenUsage)
    stop_reason: str = ""


class ProviderFailure(WactorzError):
    """One attempt failed; the message is a sentence for a person and holds no secret.

    `again` says that the same request may succeed later, `retry_after` (seconds) is what the provider asked for,
    and `usage` what the attempt has used up all the same.
    """

    code = "provider"

    def __init__(
        self, message: str, *, again: bool, retry_after: float | None = None, usage: TokenUsage | None = None
    ) -> None:
        super().__init__(message, again=again, retry_after=retry_after)
        self.again = again
        self.retry_after = retry_after
        self.usage = usage or TokenUsage()


class Provider(Protocol):
    """One source of answers."""

    name: str
    default_model: str
    available: bool
    local: bool

    def warm_up(self) -> None:
        """Load what is heavy; blocks, so it runs in a thread."""

    async def complete(self, request: Completion, on_piece: OnPiece) -> ProviderAnswer:
        """Make one attempt to answer; raise ProviderFailure. The caller retries, limits the time and keeps accounts."""

    async def close(self) -> None:
        """Release connections."""
