"""One call on its way: whom it asks at the moment, and what that has used."""

from collections.abc import Callable
from dataclasses import dataclass, field

from wactorz_common.contracts.llm import Completion, UnseenFile
from wactorz_llm.pieces import PieceStream
from wactorz_llm.provider import TokenUsage
from wactorz_llm.routing import Route
from wactorz_llm.showing import Fetched, shown_to


def _ignore() -> None:
    """Nobody waits for the first piece."""


@dataclass
class Call:
    """A question, where its text goes, until when (of the monotonic clock) it may take, and its files."""

    request: Completion
    pieces: PieceStream | None
    ends_at: float
    fetched: Fetched = field(default_factory=dict)
    unseen: tuple[UnseenFile, ...] = ()
    """Files that the model that is asked at the moment is not shown."""
    attempts: int = 0
    used: TokenUsage = field(default_factory=TokenUsage)
    on_sign: Callable[[], None] = _ignore
    """Called with the first piece of an attempt."""

    def __post_init__(self) -> None:
        self._asked = self.request

    def begin(self, route: Route) -> None:
        """A route is taken: its model is asked and shown what it takes, and what is used is counted for it alone."""
        self.request, self.unseen = shown_to(self._asked, route.model, route.provider.takes(route.model), self.fetched)
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
