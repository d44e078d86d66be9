"""One call on its way: whom it asks at the moment, and what that has used."""

from collections.abc import Callable
from dataclasses import dataclass, field

from wactorz_common.contracts.llm import Completion
from wactorz_llm.pieces import PieceStream
from wactorz_llm.provider import TokenUsage
from wactorz_llm.routing import Route


def _ignore() -> None:
    """Nobody waits for the first piece."""


@dataclass
class Call:
    """A question, where its text goes, and until when (of the monotonic clock) it may take."""

    request: Completion
    pieces: PieceStream | None
    ends_at: float
    attempts: int = 0
    used: TokenUsage = field(default_factory=TokenUsage)
    on_sign: Callable[[], None] = _ignore
    """Called with the first piece of an attempt."""

    def begin(self, route: Route) -> None:
        """A route is taken: its model is asked, and what is used is counted for it alone."""
        self.request = self.request.model_copy(update={"model": route.model})
        self.attempts, self.used, self.on_sign = 0, TokenUsage(), _ignore

    def take(self, text: str) -> None:
        """The next piece of the answer."""
        self.on_sign()
        self.on_sign = _ignore
        if self.pieces is not None:
            self.pieces.add(text)

    def take_usage(self, usage: TokenUsage) -> None:
        """What an attempt has used."""
        self.used += usage

    def may_repeat(self) -> bool:
        """Whether another attempt shows nobody the same text twice."""
        if self.pieces is None:
            return True
        self.pieces.discard()
        return not self.pieces.visible
