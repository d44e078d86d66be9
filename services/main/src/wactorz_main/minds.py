"""The model path: asks the model, does what it wants through checked tools, and reports only what is verified."""

import json
import time
from dataclasses import dataclass, field
from typing import Protocol

from wactorz_common.contracts.chat import ChatAnswer, Source
from wactorz_common.contracts.home import House, ServiceCall
from wactorz_common.contracts.llm import Completion, CompletionResult, ModelMessage, ToolCall
from wactorz_common.contracts.rules import RuleResult
from wactorz_common.contracts.spawning import SpawnResult, SpawnSpec
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_main import blocks, mind_texts, prompts, spawning, texts
from wactorz_main.blocks import Block
from wactorz_main.german import phrase
from wactorz_main.memory import Memory
from wactorz_main.wording import not_understood_text

ROUNDS = 4
"""How often the model may answer one sentence, tool calls included."""

_MOST_TOOL_CALLS = 8
_WORST_FIRST = (TaskState.UNKNOWN, TaskState.FAILED, TaskState.EXPIRED)
_OFFLINE = "offline"
_NO_MODEL = ("No language model is configured, ", "Es ist kein Sprachmodell eingerichtet, ")
"""How the answer of nobody begins when there is no more to say about it; what else is wrong is told as it is."""

_RULE, _AGENT = "rule", "agent"


class Hands(Protocol):
    """What the model path can reach; each step has a suffix that makes its task id, the same in every run."""

    async def complete(self, question: Completion) -> CompletionResult:
        """Ask the model."""

    def answered(self, result: CompletionResult) -> None:
        """Take note of an answer of the model, asked for now or before a crash."""

    async def act(self, calls: tuple[ServiceCall, ...], step: str) -> tuple[TaskState, str]:
        """Move devices; return how it ended, and what to say about it."""

    async def make_rule(self, request: str, step: str) -> tuple[RuleResult | None, str]:
        """Have a rule proposed; return it, or None, and what to say about it."""

    async def spawn(self, spec: SpawnSpec, step: str) -> tuple[SpawnResult | None, str]:
        """Have an agent run; return what became of it, or None, and what to say about it."""

    async def delegate(self, agent: str, text: str, step: str) -> str:
        """Ask a spawned agent; return its answer."""

    async def look_up(self, query: str) -> str:
        """Find devices with their present states."""

    async def automations(self, query: str) -> str:
        """Find automations of Home Assistant."""


@dataclass
class _Doings:
    """What was done for one sentence so far."""

    outcomes: list[tuple[TaskState, str]] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    """What was said about rules and agents that were made or proposed."""
    refused: dict[str, str] = field(default_factory=dict)
    """Why the last rule or agent could not be made; gone once one was made after it."""
    approvals: list[str] = field(default_factory=list)
    rules: int = 0
    cost_usd: float = 0.0
    elsewhere: bool = False
    """Whether any model that was asked runs elsewhere."""
    asked: bool = False
    notices: dict[str, None] = field(default_factory=dict)
    """What a person should know about the models that answered, each once."""

    @property
    def status(self) -> TaskState:
        """The worst end of all actions."""
        states = {state for state, _ in self.outcomes}
        if self.refused:
            states.add(TaskState.FAILED)
        return next((state for state in _WORST_FIRST if state in states), TaskState.DONE)

    @property
    def verified(self) -> str:
        """What the actuator, the planner and the monitor reported."""
        return " ".join(filter(None, [*(text for _, text in self.outcomes), *self.made, *self.refused.values()]))

    def note(self, result: CompletionResult) -> None:
        """Count what an answer of a model cost, and where it came from."""
        self.cost_usd += result.cost_usd
        if result.available:
            self.asked = True
            self.elsewhere = self.elsewhere or not result.local
        if result.available and result.notice:
            self.notices[result.notice] = None

    @property
    def source(self) -> Source:
        """Where the models run that were asked."""
        return "cloud" if self.elsewhere or not self.asked else "local"

    @property
    def approval_id(self) -> str:
        """The approval that a plain yes can only mean; empty when there are several questions or none."""
        return self.approvals[0] if len(self.approvals) == 1 and not self.rules else ""


class Mind:
    """Answers one sentence with the help of the model."""

    def __init__(self, memory: Memory, hands: Hands, house: House, task_id: str, language: str = "en") -> None:
        self._memory, self._hands, self._house, self._task_id = memory, hands, house, task_id
        self._language = language
        self._doings = _Doings()

    @property
    def verified(self) -> str:
        """What is known to be done so far, in words."""
        return self._doings.verified

    def note(self, result: CompletionResult | None) -> None:
        """Count an answer of the model that was asked for before."""
        if result is not None:
            self._doings.note(result)

    async def think(self, text: str, question: Completion) -> ChatAnswer:
        """Ask, act, ask again with the results, at most four times; a run after a crash takes the same decisions."""
        kept = await self._memory.rounds(self._task_id)
        for number in range(ROUNDS):
            try:
                result = kept[number] if number < len(kept) else await self._ask(question, number)
            except (TaskFailed, TransportError) as error:
                return self._without_model(error)
            self._doings.note(result)
            if not result.available:
                return self.without_any(text, result)
            self._hands.answered(result)
            said, failures = await self._with_blocks(result.text, number)
            if not result.tool_calls and not failures:
                return self._finished(self._ending(said, result.stop_reason))
            question = await self._with_results(question, result, failures, number)
        return self._finished(self._say("rounds", count=ROUNDS), gave_up=True)

    async def _ask(self, question: Completion, number: int) -> CompletionResult:
        result = await self._hands.complete(question)
        await self._memory.keep_round(self._task_id, number, result, time.time())
        return result

    async def _with_results(
        self, question: Completion, result: CompletionResult, failures: list[str], number: int
    ) -> Completion:
        """Do what the model asked for, and put the results into the next question."""
        calls = result.tool_calls[:_MOST_TOOL_CALLS]
        messages = [ModelMessage(role="assistant", content=result.text, tool_calls=calls)]
        for index, call in enumerate(calls):
            said = await self._perform(call, f"call-{number}-{index}")
            messages.append(ModelMessage(role="tool", content=said, tool_call_id=call.id))
        if failures:
            messages.append(ModelMessage(role="user", content="\n".join(failures)))
        return question.model_copy(update={"messages": (*question.messages, *messages)})

    async def _perform(self, call: ToolCall, step: str) -> str:
        if call.name == prompts.CALL_SERVICES:
            return await self._call_services(call, step)
        if call.name == prompts.CREATE_RULE:
            return await self._create_rule(call, step)
        if call.name == spawning.SPAWN_AGENT:
            return await self._spawn(call.arguments, step)
        if call.name == prompts.LOOK_UP:
            return await self._hands.look_up(prompts.text_argument(call.arguments, "query"))
        if call.name == prompts.LIST_AUTOMATIONS:
            return await self._hands.automations(prompts.text_argument(call.arguments, "query"))
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
            self._doings.refused[_RULE] = said
            return f"failed: {said}"
        self._doings.refused.pop(_RULE, None)
        self._doings.made.append(said)
        self._doings.rules += 1
        self._doings.cost_usd += result.cost_usd or 0.0
        return f"{result.rule.status}: {said}"

    async def _spawn(self, arguments: dict[str, object], step: str) -> str:
        spec, problem = spawning.read_spec(arguments)
        if spec is None:
            self._doings.refused[_AGENT] = phrase("No agent was started, because {problem}.", problem=problem)
            return f"Error: no agent was started, because {problem}"
        result, said = await self._hands.spawn(spec, step)
        if result is None:
            self._doings.refused[_AGENT] = said
            return f"failed: {said}"
        self._doings.refused.pop(_AGENT, None)
        if result.status == "needs_approval":
            said = spawning.approval_text(spec, result)
            self._doings.approvals.append(result.approval_id)
        self._doings.made.append(said)
        return f"{result.status}: {said}"

    # -- models that write blocks instead of calling tools ----------------------------------------------------------

    async def _with_blocks(self, text: str, number: int) -> tuple[str, list[str]]:
        """Do what the blocks of a text ask for: the text without them, and what the model should mend."""
        found = blocks.read(text)
        results, failures = list[str](), list[str]()
        for index, block in enumerate(found):
            result, failure = await self._perform_block(block, f"block-{number}-{index}")
            results.append(result)
            failures += [failure] if failure else []
        return blocks.shown(text, found, results) if found else text, failures

    async def _perform_block(self, block: Block, step: str) -> tuple[str, str]:
        """What stands in place of a block, and what the model should mend about it."""
        if block.kind == "delegate":
            return await self._delegate(block, step), ""
        if block.kind == "delete":
            name = str(block.body.get("name") or "")
            said = phrase("(To delete an agent, type /delete {name}; nothing was deleted.)", name=name or "NAME")
            return said, ""
        if block.problem:
            self._doings.refused[_AGENT] = phrase("No agent was started, because {problem}.", problem=block.problem)
            return "", f"Your <spawn> block was not read: {block.problem}. Write the whole block again."
        said = await self._spawn(block.body, step)
        return "", f"Your <spawn> block: {said}. Mend it and write it again." if _AGENT in self._doings.refused else ""

    async def _delegate(self, block: Block, step: str) -> str:
        agent, payload = str(block.body.get("agent") or ""), block.body.get("payload", block.body.get("task"))
        if block.problem or not agent or payload in (None, "", {}):
            problem = block.problem or "agent and task must be given"
            return phrase("(Nobody was asked: {problem}.)", problem=problem)
        text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
        return await self._hands.delegate(agent, text[:8_000], step)

    # -- the answer -------------------------------------------------------------------------------------------------

    def _say(self, key: str, **values: object) -> str:
        return mind_texts.say(self._language, key, **values)

    def _ending(self, text: str, stop_reason: str) -> str:
        """The model's words, and what is to be said about how they end."""
        text = text.strip()
        if text:
            return f"{text}\n{self._say('too_long')}" if stop_reason == "max_tokens" else text
        if self._doings.verified:
            return ""
        return self._say("declined" if stop_reason == "refusal" else "empty")

    def _finished(self, text: str, *, gave_up: bool = False) -> ChatAnswer:
        """The answer: the model's words only as far as they agree with what was verified."""
        doings = self._doings
        if doings.status is not TaskState.DONE:
            said = doings.verified
        elif doings.verified:
            said = text if doings.verified in text else f"{text}\n{doings.verified}".strip()
        elif not gave_up and prompts.claims_action(text):
            said = f"{text}\n{self._say('nothing_moved')}"
        else:
            said = text
        failed = gave_up and doings.status is TaskState.DONE and not doings.outcomes
        return self._answer(said, "failed" if failed else doings.status.value)

    def _answer(self, text: str, status: str) -> ChatAnswer:
        doings = self._doings
        return ChatAnswer(
            text="\n".join([text, *doings.notices]), source=doings.source, status=status, cost_usd=doings.cost_usd,
            approval_id=doings.approval_id,
        )  # fmt: skip

    def without_any(self, text: str, result: CompletionResult) -> ChatAnswer:
        """No model can be asked: what a few words need none for, else that the text was not understood."""
        language = self._language
        if said := texts.small_talk(language, text):
            return ChatAnswer(text=said)
        plain = result.provider == _OFFLINE and result.text.startswith(_NO_MODEL)
        reason = texts.say(language, "no_model") if plain else result.text.strip()
        told = not_understood_text(text, self._house, reason, language)
        return ChatAnswer(text=told, source="local", status="failed")

    def _without_model(self, error: Exception) -> ChatAnswer:
        """The model is gone: say what was done before, if anything."""
        doings, reason = self._doings, str(error).rstrip(".")
        if doings.verified:
            return self._answer(f"{doings.verified} {self._say('unfinished', reason=reason)}.", doings.status.value)
        said = self._say("no_answer", reason=reason)
        return ChatAnswer(text=said, source="local", status="failed", cost_usd=doings.cost_usd or None)
