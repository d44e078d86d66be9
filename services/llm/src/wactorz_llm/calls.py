"""The one way to a model: a slot, the budget, one provider after the other, and the accounts."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from wactorz_common.contracts.llm import Completion, CompletionResult
from wactorz_common.errors import Refused
from wactorz_llm.attempts import Attempts
from wactorz_llm.call import Call
from wactorz_llm.files import HoldFiles, no_files
from wactorz_llm.german import phrase
from wactorz_llm.ledger import Ledger, Reservation, Settlement
from wactorz_llm.pieces import PieceStream
from wactorz_llm.prices import Cost, PriceList, upper_estimate
from wactorz_llm.provider import Provider, ProviderAnswer, ProviderFailure, TokenUsage
from wactorz_llm.purse import OverBudget
from wactorz_llm.results import noted, reservation, result_of
from wactorz_llm.reuse import Answers, Given, again, key_of
from wactorz_llm.routing import Plan, Route, Router
from wactorz_llm.running import Running

_AGAIN = re.compile(r"\. (?:Try again(?: in a moment)?|Versuche es (?:gleich )?noch einmal)\.$")
"""Advice that is none where another model answers."""

_WARM_UP_SECONDS = 5.0
_REMEDY = "Wait for the next period, or set a higher limit (`/cost limit USD`, or LLM_COST_LIMIT_USD)."
_NO_PRICE = (
    "No price is known for the model '{model}', so the budget cannot be kept. Give its price in WACTORZ_LLM_PRICES, "
    "choose another LLM_MODEL, or take the budget away."
)


@dataclass(frozen=True)
class Limits:
    """How many calls run and wait at once, how often an attempt is repeated, how long a call may take (seconds)."""

    concurrency: int = 4
    queue: int = 32
    retries: int = 2
    seconds: float = 80.0


class ModelCalls:
    """Answers completions; every failure ends as Refused with a sentence for a person."""

    def __init__(
        self,
        router: Router,
        ledger: Ledger,
        prices: PriceList,
        limits: Limits,
        *,
        answers: Answers | None = None,
        files: HoldFiles = no_files,
        on_trouble: Callable[[str], None] = lambda _sentence: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.router, self.running = router, Running(clock)
        self._ledger, self._prices, self._limits = ledger, prices, limits
        self._files = files
        self._given = Given(answers or Answers(), clock)
        self._attempts: dict[str, Attempts] = {}
        self._on_trouble, self._clock, self._sleep = on_trouble, clock, sleep
        self._slots = asyncio.Semaphore(limits.concurrency)
        self._present = 0
        self._known: set[Route] = set()

    async def warm_up(self) -> None:
        """Load what the first call would otherwise wait for, once the other services have started."""
        first = self.router.first
        if first.available:
            await self._sleep(_WARM_UP_SECONDS)
            await asyncio.to_thread(first.warm_up)
            for route in self.router.all():
                await self._cost(route, TokenUsage())

    async def complete(
        self, request: Completion, pieces: PieceStream | None = None, seconds: float = float("inf")
    ) -> CompletionResult:
        """Answer within `seconds`; the text goes to `pieces` while it is written."""
        plan = self.router.plan(request)
        limit = min(seconds, self._limits.seconds)
        call = Call(request, pieces, self._clock() + limit)
        if not plan.routes[0].provider.available:
            return await _offline(plan.routes[0].provider, call)
        _check_tool(request)
        async with self._files(request) as call.fetched:
            return await self._answered(call, plan, max(0.0, call.ends_at - self._clock()))

    async def _answered(self, call: Call, plan: Plan, limit: float) -> CompletionResult:
        request = call.request
        key = key_of(request, plan.routes[0].name, call.fetched) if request.reuse else ""
        given = self._given.find(key)
        if given is not None:
            self._ledger.note_reused(reservation(request, plan.routes[0]))
            call.take(given.text)
            return again(given)
        result = await self.running.run(request, self._within(call, plan, limit))
        if key:
            self._given.keep(key, result)
        return result

    async def _within(self, call: Call, plan: Plan, limit: float) -> CompletionResult:
        try:
            async with asyncio.timeout(limit), self._slot():
                return await self._through(call, plan)
        except TimeoutError as error:
            raise Refused(
                phrase("The model gave no complete answer within {seconds} s. Try again.", seconds=f"{limit:.0f}")
            ) from error

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        if self._present >= self._limits.concurrency + self._limits.queue:
            raise Refused(
                phrase(
                    "The model is busy: {running} calls run and {waiting} wait. Try again.",
                    running=self._limits.concurrency,
                    waiting=self._limits.queue,
                )
            )
        self._present += 1
        try:
            async with self._slots:
                yield
        finally:
            self._present -= 1

    # -- one provider after the other ---------------------------------------------------------------------------

    async def _through(self, call: Call, plan: Plan) -> CompletionResult:
        missed = [plan.notice] if plan.notice else []
        for route in plan.routes:
            last = route is plan.routes[-1]
            try:
                result = await self._accounted(call, route, last=last)
            except OverBudget as over:
                return await self._cheaper(call, route, over)
            except ProviderFailure as failure:
                if last or not failure.elsewhere or not call.may_repeat():
                    raise Refused(" ".join([str(failure), *_before(missed)])) from failure
                missed.append(_AGAIN.sub(".", str(failure)))
            else:
                return noted(result, [*missed, phrase("{name} answered instead.", name=route.name)] if missed else [])
        raise Refused(phrase("No language model is configured."))

    async def _cheaper(self, call: Call, route: Route, over: OverBudget) -> CompletionResult:
        """Who answers when a budget does not hold the usual model: the next cheaper one, a local one, nobody."""
        missed = [str(over)]
        for other in await self._below(call.request, route):
            try:
                result = await self._accounted(call, other, last=True)
            except OverBudget:
                continue
            except ProviderFailure as failure:
                if not call.may_repeat():
                    raise Refused(str(failure)) from failure
                missed.append(_AGAIN.sub(".", str(failure)))
            else:
                return noted(
                    result, [*missed, phrase("{name} answered instead of {usual}.", name=other.name, usual=route.name)]
                )
        text = " ".join([*missed, phrase("So no model was asked."), phrase(_REMEDY)])
        return CompletionResult(
            text=text, notice=text, available=False, provider=route.provider.name, model="", stop_reason="over_budget"
        )

    async def _below(self, request: Completion, route: Route) -> list[Route]:
        """What costs less than a route, dearest first; those on this machine or network come last."""
        wanted = upper_estimate(request)
        usual = await self._cost(route, wanted)
        priced = [(other, await self._cost(other, wanted)) for other in self.router.all() if other != route]
        if not usual.priced:
            usual = await self._cost(self.router.usual(request), wanted)
            most = usual.nano_usd + 1
        else:
            most = usual.nano_usd
        known = [(other, cost) for other, cost in priced if cost.priced or other.provider.local]
        fit = [(other, cost) for other, cost in known if cost.nano_usd < most]
        return [other for other, _ in sorted(fit, key=lambda one: (one[0].provider.local, -one[1].nano_usd))]

    # -- one provider -------------------------------------------------------------------------------------------

    async def _accounted(self, call: Call, route: Route, *, last: bool) -> CompletionResult:
        attempts = self._attempts_at(route.provider)
        _check_pause(attempts, route)
        call.begin(route)
        row = await self._ledger.reserve(await self._reserved(call.request, route))
        try:
            answer = await self._asked(call, route, row, attempts, last=last)
        except asyncio.CancelledError:
            await asyncio.shield(self._settle(row, call, route, "interrupted"))
            raise
        except BaseException:
            await self._settle(row, call, route, "failed")
            raise
        cost = await self._settle(row, call, route, "done")
        return result_of(route.provider, answer, cost, call, estimated=call.used.estimated)

    async def _asked(self, call: Call, route: Route, row: int, attempts: Attempts, *, last: bool) -> ProviderAnswer:
        """The answer; a provider that gives no sign within half the time is given up when another one can answer."""
        covered = 0

        async def repeat(used: TokenUsage) -> None:
            nonlocal covered
            spent = (await self._cost(route, used)).nano_usd
            if spent > covered:
                await self._ledger.extend(row, spent - covered)
                covered = spent

        half = max(0.0, (call.ends_at - self._clock()) / 2)
        try:
            async with asyncio.timeout(None if last else half) as timer:
                call.on_sign = lambda: None if timer.expired() else timer.reschedule(None)
                return await attempts.answer(call, repeat, last=last)
        except TimeoutError as error:
            sentence = phrase(
                "{name} gave no sign within {seconds} s.", name=route.provider.name, seconds=f"{half:.0f}"
            )
            attempts.fail(sentence)
            raise ProviderFailure(sentence, again=True, kind="timeout") from error

    def _attempts_at(self, provider: Provider) -> Attempts:
        if provider.name not in self._attempts:
            self._attempts[provider.name] = Attempts(
                provider, self._limits.retries, self._clock, self._sleep, self._on_trouble
            )
        return self._attempts[provider.name]

    # -- money --------------------------------------------------------------------------------------------------

    async def _reserved(self, request: Completion, route: Route) -> Reservation:
        estimate = upper_estimate(request)
        held = await self._cost(route, estimate)
        if (
            not held.priced
            and not route.provider.local
            and self._ledger.purse.limits(request.agent, request.on_behalf_of)
        ):
            raise OverBudget(phrase(_NO_PRICE, model=route.model))
        sent = await self._cost(route, TokenUsage(input_tokens=estimate.input_tokens))
        return reservation(request, route, held.nano_usd, sent.nano_usd)

    async def _settle(self, row: int, call: Call, route: Route, outcome: str) -> Cost:
        cost = await self._cost(route, call.used)
        self._ledger.settle(row, Settlement(outcome, call.used, cost.nano_usd, cost.priced, call.attempts))
        return cost

    async def _cost(self, route: Route, usage: TokenUsage) -> Cost:
        """What `usage` costs there; the first look at a model reads the catalog, beside the loop."""
        if route in self._known:
            return self._prices.cost(route.provider.name, route.model, usage)
        cost = await asyncio.to_thread(self._prices.cost, route.provider.name, route.model, usage)
        self._known.add(route)
        return cost


def _check_pause(attempts: Attempts, route: Route) -> None:
    seconds = attempts.breaker.closed_in
    if seconds > 0:
        raise ProviderFailure(
            phrase(
                "The model provider '{name}' failed several times in a row, so calls pause. Try again in {seconds} s.",
                name=route.provider.name,
                seconds=f"{seconds:.0f}",
            ),
            again=False,
            kind="overloaded",
        )


def _check_tool(request: Completion) -> None:
    if request.force_tool and request.force_tool not in {tool.name for tool in request.tools}:
        raise Refused(
            phrase(
                "The tool '{name}' must be called but is not among the tools of the request.", name=request.force_tool
            )
        )


def _before(missed: list[str]) -> list[str]:
    return [phrase("Before that: {missed}", missed=" ".join(missed))] if missed else []


async def _offline(provider: Provider, call: Call) -> CompletionResult:
    return result_of(provider, await provider.complete(call.request, call.take), Cost(0), call)
