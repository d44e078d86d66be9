"""The one way to a model: a slot, the budget, attempts with back-off, and the accounts."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from wactorz_common import logs
from wactorz_common.contracts.llm import Completion, CompletionResult
from wactorz_common.errors import Refused
from wactorz_llm.ledger import Ledger, Reservation, Settlement
from wactorz_llm.pieces import PieceStream
from wactorz_llm.prices import BYTES_PER_TOKEN, NANO, Cost, PriceList, upper_estimate
from wactorz_llm.provider import Provider, ProviderAnswer, ProviderFailure, TokenUsage
from wactorz_llm.resilience import Backoff, Breaker

_WARM_UP_SECONDS = 5.0

_log = logs.get(__name__)


@dataclass(frozen=True)
class Limits:
    """How many calls run and wait at once, how often an attempt is repeated, how long a call may take (seconds)."""

    concurrency: int = 4
    queue: int = 32
    retries: int = 2
    seconds: float = 80.0


@dataclass
class _Call:
    """One call on its way: what its attempts have used so far."""

    request: Completion
    pieces: PieceStream | None
    ends_at: float
    attempts: int = 0
    written: int = 0
    in_flight: bool = False
    used: TokenUsage = field(default_factory=TokenUsage)

    def take(self, text: str) -> None:
        self.written += len(text.encode())
        if self.pieces is not None:
            self.pieces.add(text)

    def may_repeat(self) -> bool:
        """Whether another attempt shows nobody the same text twice."""
        if self.pieces is None:
            return True
        self.pieces.discard()
        return not self.pieces.visible


class ModelCalls:
    """Answers completions with one provider; every failure ends as Refused with a sentence for a person."""

    def __init__(
        self,
        provider: Provider,
        ledger: Ledger,
        prices: PriceList,
        limits: Limits,
        *,
        default_model: str = "",
        on_trouble: Callable[[str], None] = lambda _sentence: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.provider = provider
        self.model = default_model or provider.default_model
        self._ledger = ledger
        self._prices = prices
        self._limits = limits
        self._backoff = Backoff(limits.retries)
        self.breaker = Breaker(clock)
        self._on_trouble = on_trouble
        self._clock = clock
        self._sleep = sleep
        self._slots = asyncio.Semaphore(limits.concurrency)
        self._present = 0

    async def warm_up(self) -> None:
        """Load what the first call would otherwise wait for, once the other services have started."""
        if self.provider.available:
            await self._sleep(_WARM_UP_SECONDS)
            await asyncio.to_thread(self.provider.warm_up)
            await asyncio.to_thread(self._prices.cost, self.provider.name, self.model, TokenUsage())

    async def complete(
        self, request: Completion, pieces: PieceStream | None = None, seconds: float = float("inf")
    ) -> CompletionResult:
        """Answer within `seconds`; the text goes to `pieces` while it is written."""
        request = request.model_copy(update={"model": request.model or self.model})
        limit = min(seconds, self._limits.seconds)
        call = _Call(request, pieces, self._clock() + limit)
        if not self.provider.available:
            return _result(self.provider, await self.provider.complete(request, call.take), 0, priced=True)
        _check_tool(request)
        try:
            async with asyncio.timeout(limit), self._slot():
                return await self._accounted(call)
        except TimeoutError as error:
            raise Refused(f"The model gave no complete answer within {limit:.0f} s. Try again.") from error

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        if self._present >= self._limits.concurrency + self._limits.queue:
            raise Refused(
                f"The model is busy: {self._limits.concurrency} calls run and {self._limits.queue} wait. Try again."
            )
        self._present += 1
        try:
            async with self._slots:
                yield
        finally:
            self._present -= 1

    async def _accounted(self, call: _Call) -> CompletionResult:
        self._check_breaker()
        row = await self._ledger.reserve(await self._reservation(call.request))
        try:
            answer = await self._attempts(call)
        except ProviderFailure as failure:
            await self._settle(row, call, "failed")
            raise Refused(str(failure)) from failure
        except asyncio.CancelledError:
            call.used += _interrupted_usage(call)
            await asyncio.shield(self._settle(row, call, "interrupted"))
            raise
        cost = await self._settle(row, call, "done")
        return _result(self.provider, answer, cost.nano_usd, priced=cost.priced)

    async def _settle(self, row: int, call: _Call, outcome: str) -> Cost:
        cost = self._prices.cost(self.provider.name, call.request.model, call.used)
        await self._ledger.settle(row, Settlement(outcome, call.used, cost.nano_usd, cost.priced, call.attempts))
        return cost

    async def _reservation(self, request: Completion) -> Reservation:
        estimate = upper_estimate(request)
        sent = TokenUsage(input_tokens=estimate.input_tokens)
        held = await asyncio.to_thread(self._prices.cost, self.provider.name, request.model, estimate)
        if self._ledger.budget.active and not held.priced:
            raise Refused(
                f"No price is known for the model '{request.model}', so the budget cannot be kept. "
                "Give its price in WACTORZ_LLM_PRICES, choose another LLM_MODEL, or set LLM_COST_LIMIT_USD=0."
            )
        input_cost = self._prices.cost(self.provider.name, request.model, sent)
        return Reservation(
            agent=request.agent,
            purpose=request.purpose,
            provider=self.provider.name,
            model=request.model,
            held=held.nano_usd,
            sent=input_cost.nano_usd,
        )

    async def _attempts(self, call: _Call) -> ProviderAnswer:
        while True:
            try:
                return await self._attempt(call)
            except ProviderFailure as failure:
                wait = self._wait_after(failure, call)
                if wait is None:
                    raise
                _log.warning("model attempt failed, trying again", attempt=call.attempts, wait=round(wait, 2))
                await self._sleep(wait)

    def _wait_after(self, failure: ProviderFailure, call: _Call) -> float | None:
        if not failure.again or not call.may_repeat() or self.breaker.closed_in > 0:
            return None
        remaining = call.ends_at - self._clock()
        return self._backoff.wait(call.attempts, failure.retry_after, remaining, random.random())  # noqa: S311

    async def _attempt(self, call: _Call) -> ProviderAnswer:
        self.breaker.enter()
        call.attempts += 1
        call.written, call.in_flight = 0, True
        try:
            answer = await self.provider.complete(call.request, call.take)
        except ProviderFailure as failure:
            call.in_flight = False
            call.used += failure.usage
            if not failure.again:
                self.breaker.succeed()
            elif self.breaker.fail():
                self._on_trouble(
                    f"The model provider '{self.provider.name}' keeps failing; calls pause. Last: {failure}"
                )
            raise
        self.breaker.succeed()
        call.used += answer.usage
        return answer

    def _check_breaker(self) -> None:
        seconds = self.breaker.closed_in
        if seconds > 0:
            raise Refused(
                f"The model provider '{self.provider.name}' failed several times in a row, so calls pause. "
                f"Try again in {seconds:.0f} s."
            )


def _interrupted_usage(call: _Call) -> TokenUsage:
    """What an attempt that was cut off by time has probably used."""
    if not call.in_flight:
        return TokenUsage()
    return TokenUsage(upper_estimate(call.request).input_tokens, call.written // BYTES_PER_TOKEN)


def _check_tool(request: Completion) -> None:
    if request.force_tool and request.force_tool not in {tool.name for tool in request.tools}:
        raise Refused(f"The tool '{request.force_tool}' must be called but is not among the tools of the request.")


def _result(provider: Provider, answer: ProviderAnswer, nano_usd: int, *, priced: bool) -> CompletionResult:
    return CompletionResult(
        text=answer.text,
        tool_calls=answer.tool_calls,
        provider=provider.name,
        model=answer.model,
        input_tokens=answer.usage.input_tokens,
        output_tokens=answer.usage.output_tokens,
        cost_usd=nano_usd / NANO,
        priced=priced,
        stop_reason=answer.stop_reason,
        available=provider.available,
    )
