"""The model path: asks the model, does what it wants through checked tools, and reports only what is verified."""

import time
from dataclasses import dataclass, field
from typing import Protocol

from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.home import House, ServiceCall
from wactorz_common.contracts.llm import Completion, CompletionResult, ModelMessage, ToolCall
from wactorz_common.contracts.rules import RuleResult
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_main import prompts
from wactorz_main.memory import Memory
from wactorz_main.wording import not_understood_text

ROUNDS = 4
"""How often the model may answer one sentence, tool calls included."""

_MOST_TOOL_CALLS = 8
_WORST_FIRST = (TaskState.UNKNOWN, TaskState.FAILED, TaskState.EXPIRED)
_NOTHING_DONE = "(To be clear: nothing was moved.)"


class Hands(Protocol):
    """What the model path can reach; each step has a suffix that makes its task id, the same in every run."""

    async def complete(self, question: Completion) -> CompletionResult:
        """Ask the model."""

    async def act(self, calls: tuple[ServiceCall, ...], step: str) -> tuple[TaskState, str]:
        """Move devices; return how it ended, and what to say about it."""

    async def make_rule(self, request: str, step: str) -> tuple[RuleResult | None, str]:
        """Have a rule proposed; return it, or None, and what to say about it."""

    async def look_up(self, query: str) -> str:
        """Find devices with their present states."""


@dataclass
class _Doings:
    """What was done for one sentence so far."""

    outcomes: list[tuple[TaskState, str]] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    refused_rule: str = ""
    """Why the last rule could not be made; empty once one was made after it."""
    cost_usd: float = 0.0

    @property
    def status(self) -> TaskState:
        """The worst end of all actions."""
        states = {state for state, _ in self.outcomes}
        if self.refused_rule:
            states.add(TaskState.FAILED)
        return next((state for state in _WORST_FIRST if state in states), TaskState.DONE)

    @property
    def verified(self) -> str:
        """What the actuator and the planner reported."""
        return " ".join(filter(None, [*(text for _, text in self.outcomes), *self.rules, self.refused_rule]))


class Mind:
    """Answers one sentence with the help of the model."""

    def __init__(self, memory: Memory, hands: Hands, house: House, task_id: str) -> None:
        self._memory, self._hands, self._house, self._task_id = memory, hands, house, task_id
        self._doings = _Doings()

    async def think(self, text: str, question: Completion) -> ChatAnswer:
        """Ask, act, ask again with the results, at most four times; a run after a crash takes the same decisions."""
        kept = await self._memory.rounds(self._task_id)
        for number in range(ROUNDS):
            try:
                result = kept[number] if number < len(kept) else await self._ask(question, number)
            except (TaskFailed, TransportError) as error:
                return self._without_model(error)
            self._doings.cost_usd += result.cost_usd
            if not result.available:
                reason = result.text.strip() or "No model is configured."
                return ChatAnswer(text=not_understood_text(text, self._house, reason), source="local", status="failed")
            if not result.tool_calls:
                return self._finished(result.text)
            question = await self._with_results(question, result, number)
        return self._finished("")

    async def _ask(self, question: Completion, number: int) -> CompletionResult:
        result = await self._hands.complete(question)
        await self._memory.keep_round(self._task_id, number, result, time.time())
        return result

    async def _with_results(self, question: Completion, result: CompletionResult, number: int) -> Completion:
        """Do what the model asked for, and put the results into the next question."""
        calls = result.tool_calls[:_MOST_TOOL_CALLS]
        messages = [ModelMessage(role="assistant", content=result.text, tool_calls=calls)]
        for index, call in enumerate(calls):
            said = await self._perform(call, f"call-{number}-{index}")
            messages.append(ModelMessage(role="tool", content=said, tool_call_id=call.id))
        return question.model_copy(update={"messages": (*question.messages, *messages)})

    async def _perform(self, call: ToolCall, step: str) -> str:
        if call.name == prompts.CALL_SERVICES:
            return await self._call_services(call, step)
        if call.name == prompts.CREATE_RULE:
            return await self._create_rule(call, step)
        if call.name == prompts.LOOK_UP:
            return await self._hands.look_up(prompts.text_argument(call.arguments, "query"))
        return f"Error: there is no tool {call.name}"

    async def _call_services(self, call: ToolCall, step: str) -> str:
        calls, problem = prompts.read_calls(call.arguments, self._house)
        if problem:
            return f"Error: nothing was done, because {problem}"
        state, said = await self._hands.act(calls, step)
        self._doings.outcomes.append((state, said))
        return f"{state.value}: {said}"

    async def _create_rule(self, call: ToolCall, step: str) -> str:
        request = prompts.text_argument(call.arguments, "request")
        if not request:
            return "Error: 'request' must be a sentence"
        result, said = await self._hands.make_rule(request, step)
        if result is None:
            self._doings.refused_rule = said
            return f"failed: {said}"
        self._doings.refused_rule = ""
        self._doings.rules.append(said)
        self._doings.cost_usd += result.cost_usd or 0.0
        return f"{result.rule.status}: {said}"

    def _finished(self, text: str) -> ChatAnswer:
        """The answer: the model's words only as far as they agree with what was verified."""
        doings, text = self._doings, text.strip()
        if doings.status is not TaskState.DONE:
            said = doings.verified
        elif doings.verified:
            said = text if doings.verified in text else f"{text}\n{doings.verified}".strip()
        elif prompts.claims_action(text):
            said = f"{text}\n{_NOTHING_DONE}"
        else:
            said = text or "I found no way to do that, so nothing was done."
        return ChatAnswer(text=said, source="cloud", status=doings.status.value, cost_usd=doings.cost_usd)

    def _without_model(self, error: Exception) -> ChatAnswer:
        """The model is gone: say what was done before, if anything."""
        doings = self._doings
        if doings.verified:
            said = f"{doings.verified} The model could not finish its answer: {error}"
            return ChatAnswer(text=said, source="cloud", status=doings.status.value, cost_usd=doings.cost_usd)
        reason = str(error).rstrip(".")
        said = f"I could not read that without a model, and the model could not be asked: {reason}. Nothing was done."
        return ChatAnswer(text=said, source="local", status="failed", cost_usd=doings.cost_usd or None)
