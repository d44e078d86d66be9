"""The attempts at one provider: back-off, the provider's own wait, and a pause after failures in a row."""

import asyncio
import random
from collections.abc import Awaitable, Callable

from wactorz_common import logs
from wactorz_llm.call import Call
from wactorz_llm.german import phrase
from wactorz_llm.provider import Provider, ProviderAnswer, ProviderFailure, TokenUsage
from wactorz_llm.resilience import Backoff, Breaker

_log = logs.get(__name__)

Again = Callable[[TokenUsage], Awaitable[None]]
"""Asked before another attempt, with what the former ones have used; raises when it must not be made."""

PATIENCE = 5.0
"""Seconds that a retry is waited for when another provider can answer instead."""


class Attempts:
    """Asks one provider until it answers or it is not worth another attempt."""

    def __init__(
        self,
        provider: Provider,
        retries: int,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        on_trouble: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        self.breaker = Breaker(clock)
        self._provider, self._backoff = provider, Backoff(retries)
        self._clock, self._sleep, self._on_trouble = clock, sleep, on_trouble

    async def answer(self, call: Call, again: Again, *, last: bool) -> ProviderAnswer:
        """The answer, or the ProviderFailure of the last attempt; `last`: no other provider can answer instead."""
        while True:
            try:
                return await self._attempt(call)
            except ProviderFailure as failure:
                wait = self._wait_after(failure, call, last=last)
                if wait is None:
                    raise
                _log.warning("model attempt failed, trying again", attempt=call.attempts, wait=round(wait, 2))
                await again(call.used)
                await self._sleep(wait)

    def fail(self, sentence: str) -> None:
        """Note a failure that the provider itself did not tell."""
        if self.breaker.fail():
            self._on_trouble(
                phrase("The model provider '{name}' keeps failing; calls pause. Last: {sentence}",
                       name=self._provider.name, sentence=sentence)
            )  # fmt: skip

    async def _attempt(self, call: Call) -> ProviderAnswer:
        self.breaker.enter()
        call.attempts += 1
        try:
            answer = await self._provider.complete(call.request, call.take, call.take_usage)
        except ProviderFailure as failure:
            call.take_usage(failure.usage)
            if failure.again:
                self.fail(str(failure))
            else:
                self.breaker.succeed()
            raise
        self.breaker.succeed()
        call.take_usage(answer.usage)
        return answer

    def _wait_after(self, failure: ProviderFailure, call: Call, *, last: bool) -> float | None:
        if not failure.again or not call.may_repeat() or self.breaker.closed_in > 0:
            return None
        remaining = call.ends_at - self._clock()
        patience = remaining if last else min(remaining, PATIENCE)
        return self._backoff.wait(call.attempts, failure.retry_after, patience, random.random())  # noqa: S311
