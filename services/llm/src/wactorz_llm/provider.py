"""The provider port: what every model provider answers, and how it says that it cannot."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from wactorz_common.contracts.llm import Completion, ToolCall
from wactorz_common.errors import WactorzError
from wactorz_llm.takes import Takes

OnPiece = Callable[[str], None]
"""Takes the next piece of the answer's text while it is written; runs in the event loop and never blocks."""

Tier = Literal["", "fast", "smart"]

FailureKind = Literal[
    "key",  # the key is missing, wrong or lacks a permission
    "model",  # the provider does not know the model
    "limit",  # too many requests, or the account is used up
    "overloaded",  # the provider has no room at the moment
    "server",  # the provider has an error of its own
    "timeout",  # no answer in time
    "network",  # the connection failed or broke
    "junk",  # what came is not an answer
    "empty",  # the answer holds neither text nor calls
    "length",  # the answer was cut where it must not be
    "request",  # the provider refuses this very request
    "unexpected",
]


@dataclass(frozen=True)
class TokenUsage:
    """Tokens of one or more attempts; `input_tokens` includes the cached ones.

    `estimated` says that at least one of the figures is an estimate, because a stream ended before it told them.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    estimated: bool = False

    def __add__(self, other: "TokenUsage") -> "TokenUsage":
        return TokenUsage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cache_read_tokens + other.cache_read_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
            self.estimated or other.estimated,
        )


OnUsage = Callable[[TokenUsage], None]
"""Takes what an attempt has used up when it is canceled, told or estimated; called at most once."""


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
    `usage` what the attempt has used up all the same, and `kind` what went wrong.
    """

    code = "provider"

    def __init__(
        self,
        message: str,
        *,
        again: bool,
        retry_after: float | None = None,
        usage: TokenUsage | None = None,
        kind: FailureKind = "unexpected",
    ) -> None:
        super().__init__(message, again=again, retry_after=retry_after)
        self.again = again
        self.retry_after = retry_after
        self.usage = usage or TokenUsage()
        self.kind: FailureKind = kind

    @property
    def elsewhere(self) -> bool:
        """Whether another provider may well answer the same request."""
        return self.kind not in ("request", "length")


class Provider(Protocol):
    """One source of answers."""

    name: str
    default_model: str
    available: bool
    local: bool
    models: Mapping[Tier, str]
    """The model of each tier; the usual one under an empty name."""

    def takes(self, model: str) -> Takes:
        """Which files a model of this provider is shown."""

    def warm_up(self) -> None:
        """Load what is heavy; blocks, so it runs in a thread."""

    async def complete(self, request: Completion, on_piece: OnPiece, on_usage: OnUsage | None = None) -> ProviderAnswer:
        """Make one attempt to answer; raise ProviderFailure. The caller retries, limits the time and keeps accounts.

        `request.model` is a bare name of this provider. When a request that was sent is canceled, `on_usage` is called
        before the CancelledError leaves.
        """

    async def close(self) -> None:
        """Release connections."""
