"""Results that may be awaited or not: an `await` too many is harmless, one too few says so."""

import asyncio
from collections.abc import Callable, Coroutine, Generator
from typing import Any

from wactorz_sandbox.guest.port import AgentError


class Later(Coroutine[Any, Any, Any]):
    """A result that comes when it is awaited; the work behind it has begun already."""

    def __init__(
        self, future: asyncio.Future[Any], shape: Callable[[Any], Any], failed: Callable[[str], Any] | None
    ) -> None:
        self._future = future
        self._shape = shape
        self._failed = failed
        self._run: Coroutine[Any, Any, Any] | None = None

    async def _wait(self) -> Any:
        try:
            value = await self._future
        except AgentError as error:
            if self._failed is None:
                raise AgentError(str(error)) from None
            return self._failed(str(error))
        return self._shape(value)

    def _running(self) -> Coroutine[Any, Any, Any]:
        self._run = self._run or self._wait()
        return self._run

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._running().__await__()

    def send(self, value: Any) -> Any:
        """Go on, as a coroutine does."""
        return self._running().send(value)

    def throw(self, *error: Any) -> Any:
        """Raise inside, as in a coroutine."""
        return self._running().throw(*error)

    def close(self) -> None:
        """Give up waiting."""
        if self._run is not None:
            self._run.close()

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"'{name}' of a result that is not there yet: write 'await' before the call")

    def __getitem__(self, key: Any) -> Any:
        raise TypeError("the result is not there yet: write 'await' before the call")


class Now(Coroutine[Any, Any, Any]):
    """Something that is done already; awaiting it gives its value at once."""

    def __init__(self, value: Any = None) -> None:
        self.value = value

    def __await__(self) -> Generator[Any, Any, Any]:
        return self.value
        yield

    def send(self, value: Any) -> Any:  # noqa: ARG002 (the protocol of coroutines)
        """End at once, as a coroutine without waiting does."""
        raise StopIteration(self.value)

    def throw(self, *error: Any) -> Any:
        """Raise, as a coroutine that has not begun does."""
        raise error[0] if isinstance(error[0], BaseException) else error[0](*error[1:2])

    def close(self) -> None:
        """Nothing is open."""


def forgiving(value: Any) -> Any:
    """The operand of an `await` in agent code: what cannot be awaited is its own result."""
    return value if hasattr(type(value), "__await__") or isinstance(value, Generator) else Now(value)
