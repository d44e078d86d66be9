"""The llm agent: answers completions, keeps the accounts, and talks to people who address it."""

import asyncio
from typing import Any, ClassVar

from wactorz_common.agent import Task, every, handles, listens
from wactorz_common.bus import Message
from wactorz_common.contracts import Channel, Nothing
from wactorz_common.contracts.blobs import READ_BLOB, BlobPart, ReadBlob
from wactorz_common.contracts.chat import (
    CHAT,
    CHAT_PIECES,
    CHAT_STOP,
    ChatAnswer,
    ChatPiece,
    ChatRequest,
    ChatStop,
    Source,
)
from wactorz_common.contracts.llm import (
    CANCEL_COMPLETION,
    COMPLETE,
    GET_COSTS,
    RESET_BUDGETS,
    SET_BUDGET,
    BudgetLimit,
    BudgetReset,
    CancelCompletion,
    Completion,
    CompletionResult,
    CostQuery,
    CostReport,
    ModelMessage,
)
from wactorz_common.errors import Refused
from wactorz_llm import costs, providers
from wactorz_llm.bridge import NodeBridge, Turnstile
from wactorz_llm.budget import Budget
from wactorz_llm.calls import Limits, ModelCalls
from wactorz_llm.files import Files
from wactorz_llm.german import phrase
from wactorz_llm.ledger import Ledger
from wactorz_llm.metrics import figures
from wactorz_llm.pieces import PieceStream, StreamIndexes
from wactorz_llm.prices import NANO, PriceList
from wactorz_llm.provider import Tier
from wactorz_llm.reuse import Answers
from wactorz_llm.routing import Router

_CHAT_SYSTEM = (
    "You are the language model of a home automation system, addressed directly by a person. Answer briefly and in "
    "their language. You cannot see or move devices here; say so if asked, and suggest to ask without '@llm'."
)
_REPLY_SLACK = 2.0
_METRICS_SECONDS = 0.5

_DOOR = "io-agent"

_SPEAK_FOR_PEOPLE = frozenset({"gateway", "main"})
"""Who may set budgets: they do so when a person asks for it."""

_STOP_FOR_PEOPLE = frozenset({"gateway", "main", "io-agent", "planner"})
"""Who may stop the calls of others."""


class LlmAgent(NodeBridge):
    """The only holder of model keys."""

    name = "llm"
    description = "Asks the language model for the others, streams its answers, and keeps the budget."
    publishes: ClassVar[tuple[Channel[Any], ...]] = (CHAT_PIECES,)

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.turnstile = Turnstile()
        self._indexes = StreamIndexes()
        self._telling: asyncio.Task[Any] | None = None
        self._ledger = Ledger(self.store, Budget(round(self.settings.llm_cost_limit_usd * NANO),
                                                 self.settings.llm_cost_limit_period))  # fmt: skip

    async def on_start(self) -> None:
        """Open the ledger and load the providers' libraries beside the loop."""
        settings = self.settings
        await self._ledger.prepare()
        elsewhere: dict[Tier, str] = {
            "": settings.llm_model,
            "fast": settings.llm_model_fast,
            "smart": settings.llm_model_smart,
        }
        self._router = Router(
            providers.build_all(settings),
            {tier: name for tier, name in elsewhere.items() if providers.split_model(name)[0]},
            lambda name: providers.build_named(settings, name),
        )
        self._calls = ModelCalls(
            self._router,
            self._ledger,
            PriceList(settings.prices),
            Limits(settings.concurrency, settings.queue, settings.llm_max_retries, settings.llm_timeout_s),
            answers=Answers(settings.reuse_seconds, settings.reuse_answers),
            files=Files(self._read_blob).held,
            on_trouble=self._alert_soon,
        )
        self.spawn_background(self._calls.warm_up(), "warm up")
        self.log.info("model providers chosen", routes=[route.name for route in self._router.all()])

    async def on_stop(self) -> None:
        """Close the providers' connections."""
        for provider in (*self._router.providers, *self._router.apart.values()):
            await provider.close()

    def extra_metrics(self) -> dict[str, Any]:
        """Tokens, cost and calls since the ledger began, altogether and by who paid."""
        return figures(self._ledger.by_agent)

    # -- asking -------------------------------------------------------------------------------------------------

    @handles(COMPLETE)
    async def complete(self, request: Completion, task: Task) -> CompletionResult:
        """Ask the model for another agent."""
        payer = request.agent or task.sender or self.name
        return await self._answer(request.model_copy(update={"agent": payer}), task)

    @handles(CHAT)
    async def chat(self, request: ChatRequest, task: Task) -> ChatAnswer:
        """Answer a person who addresses the model itself; only the door says who that is and hands on files."""
        by_door = task.sender == _DOOR
        completion = Completion(
            messages=(
                ModelMessage(role="user", content=request.text, attachments=request.attachments if by_door else ()),
            ),
            system=_CHAT_SYSTEM,
            agent=self.name,
            purpose="chat",
            conversation_id=request.conversation_id,
            stream_to=request.chat_id,
            person=request.person if by_door else "",
        )
        result = await self._answer(completion, task)
        text = "\n".join([result.text, *(one.sentence for one in result.unseen)])
        if not result.available:
            return ChatAnswer(text=text, source="local", status="failed")
        source: Source = "local" if result.local else "cloud"
        text = f"{text}\n\n({result.notice})" if result.notice else text
        return ChatAnswer(text=text, source=source, cost_usd=result.cost_usd)

    @handles(CANCEL_COMPLETION)
    async def cancel_completion(self, request: CancelCompletion, task: Task) -> Nothing:
        """Stop the calls for a message: an agent its own, those who speak for people any."""
        whose = "" if task.sender in _STOP_FOR_PEOPLE else task.sender or "-"
        self._calls.running.stop(stream_to=request.stream_to, agent=whose)
        return Nothing()

    @listens(CHAT_STOP)
    async def on_chat_stop(self, message: Message[ChatStop]) -> None:
        """A person does not want an answer any more."""
        stop = message.payload
        self._calls.running.stop(stream_to=stop.chat_id, conversation_id=stop.conversation_id, person=stop.person)

    async def _answer(self, request: Completion, task: Task) -> CompletionResult:
        pieces = self._pieces(request) if request.stream_to else None
        try:
            return await self._calls.complete(request, pieces, _seconds(task))
        finally:
            if pieces is not None:
                await pieces.close()
                self._indexes.keep(request.stream_to, pieces.next_index)
            if self._router.available:
                self._tell_soon()

    async def _read_blob(self, request: ReadBlob) -> BlobPart:
        return await self.ask(READ_BLOB, request)

    def _pieces(self, request: Completion) -> PieceStream:
        chat_id = request.stream_to
        CHAT_PIECES.topic(chat_id=chat_id)

        async def send(text: str, index: int) -> None:
            piece = ChatPiece(id=chat_id, sender=request.agent, content=text, index=index)
            await self.publish(CHAT_PIECES, piece, chat_id=chat_id)

        return PieceStream(send, self._indexes.next_of(chat_id, request.stream_index))

    # -- money --------------------------------------------------------------------------------------------------

    @handles(GET_COSTS)
    async def get_costs(self, request: CostQuery, task: Task) -> CostReport:  # noqa: ARG002
        """Report what has been spent."""
        return await self._report(request)

    @handles(SET_BUDGET)
    async def set_budget(self, request: BudgetLimit, task: Task) -> CostReport:
        """Lay a budget down, or take it away."""
        _check_person(task)
        if (request.scope == "all") == bool(request.agent):
            raise Refused(phrase("A budget for all names no agent; one for an agent or its tree names one."))
        await self._ledger.set_budget(
            Budget(round(request.limit_usd * NANO), request.period, request.scope, request.agent)
        )
        self.log.info("budget set", scope=request.scope, agent=request.agent, by=task.sender)
        return await self._report(CostQuery())

    @handles(RESET_BUDGETS)
    async def reset_budgets(self, request: BudgetReset, task: Task) -> CostReport:
        """Count budgets anew from now on; what was spent stays in the ledger."""
        _check_person(task)
        keys = tuple(
            standing.budget.key
            for standing, _ in self._ledger.state()
            if request.scope in ("", standing.budget.scope) and request.agent in ("", standing.budget.agent)
        )
        await self._ledger.begin_anew(keys)
        self.log.info("budgets counted anew", budgets=len(keys), by=task.sender)
        return await self._report(CostQuery())

    @every(3600)
    async def trim(self) -> None:
        """Keep calls for a year."""
        await self._ledger.trim()

    async def _report(self, query: CostQuery) -> CostReport:
        route = self._router.plan(_USUAL).routes[0]
        return await costs.report(self._ledger, query, provider=route.provider.name, model=route.model)

    # -- telling ------------------------------------------------------------------------------------------------

    def _tell_soon(self) -> None:
        """Publish the counters beside the answer; of many calls at once the first and the last do."""
        if self._telling is None or self._telling.done():
            self._telling = self.spawn_background(self._tell(), "metrics")

    async def _tell(self) -> None:
        told = None
        while told != self._ledger.totals:
            told = self._ledger.totals
            await self.publish_metrics()
            await asyncio.sleep(_METRICS_SECONDS)

    def _alert_soon(self, sentence: str) -> None:
        self.spawn_background(self.alert(sentence), "alert")


_USUAL = Completion(messages=(ModelMessage(role="user"),))


def _check_person(task: Task) -> None:
    if task.sender not in _SPEAK_FOR_PEOPLE:
        raise Refused(phrase("Only people set budgets: by /cost in a conversation, or over the gateway."))


def _seconds(task: Task) -> float:
    """How long a call may take so that its answer still arrives before the task's own limits."""
    return max(0.0, min(task.remaining, COMPLETE.timeout) - _REPLY_SLACK)
