"""Answers that were given a short while ago, for questions that are asked again word for word."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from wactorz_common.contracts.llm import Completion, CompletionResult
from wactorz_llm.question import File
from wactorz_llm.showing import Fetched

_NO_FILES: Fetched = {}
_QUESTION = {"messages", "system", "tools", "force_tool", "max_tokens", "tier"}


@dataclass(frozen=True)
class Answers:
    """How long an answer may be given again (seconds), and how many are kept."""

    seconds: float = 600.0
    capacity: int = 512


class Given:
    """Keeps answers by their questions; `clock` is monotonic."""

    def __init__(self, limits: Answers, clock: Callable[[], float]) -> None:
        self._limits, self._clock = limits, clock
        self._kept: dict[str, tuple[float, CompletionResult]] = {}

    def find(self, key: str) -> CompletionResult | None:
        """The answer to the same question, if it is fresh."""
        at, result = self._kept.get(key, (0.0, None))
        if result is None:
            return None
        if self._clock() - at >= self._limits.seconds:
            del self._kept[key]
            return None
        return result

    def keep(self, key: str, result: CompletionResult) -> None:
        """Keep an answer that is as good as the next one would be; the oldest gives way."""
        if self._limits.capacity == 0 or not result.available or result.notice or result.stop_reason == "max_tokens":
            return
        self._kept.pop(key, None)
        self._kept[key] = (self._clock(), result)
        if len(self._kept) > self._limits.capacity:
            del self._kept[next(iter(self._kept))]


def key_of(request: Completion, route: str, fetched: Fetched = _NO_FILES) -> str:
    """What two requests share that ask the same of the same model about the same files, which both may read."""
    text = request.model_dump_json(include=_QUESTION)
    files = "\0".join(f"{name}:{one.sha256}" for name, one in sorted(fetched.items()) if isinstance(one, File))
    return hashlib.sha256(f"{route}\0{files}\0{text}".encode(errors="surrogatepass")).hexdigest()


def again(result: CompletionResult) -> CompletionResult:
    """The same answer as it is given again: free."""
    free = {"input_tokens": 0, "output_tokens": 0, "cost_usd": 0.0, "priced": True, "estimated": False, "reused": True}
    return result.model_copy(update=free)
