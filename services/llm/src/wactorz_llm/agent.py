"""The llm agent: answers completions, keeps the accounts, and talks to people who address it."""

from typing import Any, ClassVar

from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts import Channel
from wactorz_common.contracts.chat import CHAT, CHAT_PIECES, ChatAnswer, ChatPiece, ChatRequest, Source
from wactorz_common.contracts.llm import (
    COMPLETE,
    GET_COSTS,
    Completion,
    CompletionResult,
    CostQuery,
    CostReport,
    ModelMessage,
)
from wactorz_llm import providers
from wactorz_llm.budget import Budget
from wactorz_llm.calls import Limits, ModelCalls
from wactorz_llm.ledger import Ledger, Totals
from wactorz_llm.pieces import PieceStream, StreamIndexes
from wactorz_llm.prices import NANO, PriceList
from wactorz_llm.settings import LlmSettings

_CHAT_SYSTEM = (
    "You are the language model of a home automation system, addressed directly by a person. Answer briefly and in "
    "their language. You cannot see or move devices here; say so if asked, and suggest to ask without '@llm'."
)
_REPLY_SLACK = 2.0


class LlmAgent(Agent[LlmSettings]):
    """The only holder of model keys."""

    name = "llm"
    description = "Asks the language model for the others, streams its answers, and keeps the budget."
    publishes: ClassVar[tuple[Channel[Any], ...]] = (CHAT_PIECES,)

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._totals = Totals()
        self._indexes = StreamIndexes()

    async def on_start(self) -> None:
        """Open the ledger and load the provider's library beside the loop."""
        settings = self.settings
        budget = Budget(round(settings.llm_cost_limit_usd * NANO), settings.llm_cost_limit_period)
        self._ledger = Ledger(self.store, budget)
        await self._ledger.prepare()
        self._totals = await self._ledger.totals()
        self._provider = providers.build(settings)
        self._calls = ModelCalls(
            self._provider,
            self._ledger,
            PriceList(settings.prices),
            Limits(settings.concurrency, settings.queue, settings.llm_max_retries, settings.llm_timeout_s),
            default_model=settings.llm_model,
            on_trouble=self._alert_soon,
        )
        self.spawn_background(self._calls.warm_up(), "warm up")
        self.log.info("model provider chosen", provider=self._provider.name, model=self._calls.model)

    async def on_stop(self) -> None:
        """Close the provider's connections."""
        await self._provider.close()

    def extra_metrics(self) -> dict[str, Any]:
        """Tokens, cost and calls since the ledger began."""
        return {
            "input_tokens": self._totals.input_tokens,
            "output_tokens": self._totals.output_tokens,
            "cost_usd": round(self._totals.nano_usd / NANO, 6),
            "llm_calls": self._totals.calls,
        }

    @handles(COMPLETE)
    async def complete(self, request: Completion, task: Task) -> CompletionResult:
        """Ask the model for another agent."""
        payer = request.agent or task.sender or self.name
        return await self._answer(request.model_copy(update={"agent": payer}), task)

    @handles(CHAT)
    async def chat(self, request: ChatRequest, task: Task) -> ChatAnswer:
        """Answer a person who addresses the model itself."""
        completion = Completion(
            messages=(ModelMessage(role="user", content=request.text),),
            system=_CHAT_SYSTEM,
            agent=self.name,
            purpose="chat",
            stream_to=request.chat_id,
        )
        result = await self._answer(completion, task)
        if not result.available:
            return ChatAnswer(text=result.text, source="local", status="failed")
        source: Source = "local" if self._provider.local else "cloud"
        return ChatAnswer(text=result.text, source=source, cost_usd=result.cost_usd)

    @handles(GET_COSTS)
    async def get_costs(self, request: CostQuery, task: Task) -> CostReport:  # noqa: ARG002
        """Report what has been spent."""
        budget = self._ledger.budget
        spent, held = await self._ledger.spent()
        totals = await self._ledger.totals()
        return CostReport(
            lines=await self._ledger.lines(),
            total_input_tokens=totals.input_tokens,
            total_output_tokens=totals.output_tokens,
            total_cost_usd=totals.nano_usd / NANO,
            limit_usd=budget.limit / NANO if budget.active else None,
            period=budget.period,
            spent_usd=(spent + held) / NANO,
            provider=self._provider.name,
            model=self._calls.model,
        )

    async def _answer(self, request: Completion, task: Task) -> CompletionResult:
        pieces = self._pieces(request.stream_to, request.agent) if request.stream_to else None
        try:
            return await self._calls.complete(request, pieces, _seconds(task))
        finally:
            if pieces is not None:
                await pieces.close()
                self._indexes.keep(request.stream_to, pieces.next_index)
            if self._provider.available:
                self._totals = await self._ledger.totals()
                await self.publish_metrics()

    def _alert_soon(self, sentence: str) -> None:
        self.spawn_background(self.alert(sentence), "alert")

    def _pieces(self, chat_id: str, sender: str) -> PieceStream:
        CHAT_PIECES.topic(chat_id=chat_id)

        async def send(text: str, index: int) -> None:
            piece = ChatPiece(id=chat_id, sender=sender, content=text, index=index)
            await self.publish(CHAT_PIECES, piece, chat_id=chat_id)

        return PieceStream(send, self._indexes.next_of(chat_id))


def _seconds(task: Task) -> float:
    """How long a call may take so that its answer still arrives before the task's own limits."""
    return max(0.0, min(task.remaining, COMPLETE.timeout) - _REPLY_SLACK)
