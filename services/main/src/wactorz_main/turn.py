"""One message from its text to its answer: commands, prefixes, grammar, model, in this order."""

from typing import TYPE_CHECKING

from wactorz_common.agent import Task
from wactorz_common.briefing import data_block, relevant
from wactorz_common.contracts._channel import Nothing
from wactorz_common.contracts.chat import CHAT, ChatAnswer, ChatRequest
from wactorz_common.contracts.home import ACTUATE, GET_STATES, Actuation, Entity, House, ServiceCall, StateQuery
from wactorz_common.contracts.llm import COMPLETE, GET_COSTS, Completion, CompletionResult
from wactorz_common.contracts.rules import (
    APPROVE_RULE,
    CREATE_RULE,
    DELETE_RULE,
    LIST_RULES,
    CreateRule,
    RuleDraft,
    RuleRef,
    RuleResult,
)  # fmt: skip
from wactorz_common.contracts.spawning import SPAWN, SpawnResult, SpawnSpec
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_main import commands, prompts, wording
from wactorz_main.commands import Typed
from wactorz_main.fleet import Fleet
from wactorz_main.minds import Mind
from wactorz_understanding.meaning import Ambiguous, Calls, Meaning, Question, RuleMeaning, UnknownName

if TYPE_CHECKING:
    from wactorz_main.agent import MainAgent

_ACT_SECONDS = 30.0
_LEAST_SECONDS = 1.0
_SETTLE_SECONDS = 16.0
_LONGEST_MODEL_SECONDS = 60.0
_ASK_SECONDS = 8.0
_DELEGATE_SECONDS = 60.0


class Turn:
    """Answers one message; every sub-task has an id that is the same when the message is answered again."""

    def __init__(self, agent: "MainAgent", request: ChatRequest, task: Task) -> None:
        self._agent, self._request, self._task = agent, request, task
        self._text = request.text.strip()
        self._conversation = request.conversation_id or request.user
        self._fleet = Fleet(agent, task, request.user)

    async def answer(self) -> ChatAnswer:
        """The one answer."""
        if len(self._text) > commands.MAX_CHARACTERS:
            return _failed(f"That is too long: at most {commands.MAX_CHARACTERS:,} characters are read.")
        if not self._text:
            return _failed("Please say something; /help shows what I can do.")
        decided = await self._decide()
        if decided is not None:
            return decided
        typed = commands.parse(self._text)
        try:
            return await self._command(typed) if typed is not None else await self._sentence()
        except (TransportError, TaskFailed) as error:
            return _failed(f"{error}. Nothing was done.".replace("..", "."))

    # -- an open proposal ---------------------------------------------------------------------------------------

    async def _decide(self) -> ChatAnswer | None:
        """Take a yes or no to a proposed rule; anything else passes over the proposal."""
        memory = self._agent.memory
        open_one = memory.proposal(self._conversation, self._task.id)
        if open_one is None:
            return None
        said = commands.decision(self._text)
        await memory.answer_proposal(self._conversation, self._task.id)
        if said is None:
            return None
        if open_one.approval_id:  # the gateway answers those of people it knows, so this came by another way
            return await self._fleet.decide((open_one.approval_id,))
        return await (self._approve(open_one.rule_id) if said else self._delete(open_one.rule_id))

    # -- commands -----------------------------------------------------------------------------------------------

    async def _command(self, typed: Typed) -> ChatAnswer:
        fleet = self._fleet
        perform = {
            "help": self._help, "rules": self._rules, "cost": self._cost, "stop": self._stop, "go": self._go,
            "start": self._start, "delete": self._delete_agent, "agents": fleet.agents, "nodes": fleet.nodes,
            "migrate": fleet.migrate, "approvals": fleet.approvals, "approve": fleet.decide, "deny": fleet.decide,
        }.get(typed.name)  # fmt: skip
        return await perform(typed.arguments) if perform else _failed(commands.unknown(typed.word))

    async def _help(self, _arguments: tuple[str, ...]) -> ChatAnswer:
        return ChatAnswer(text=commands.help_text())

    async def _cost(self, _arguments: tuple[str, ...]) -> ChatAnswer:
        costs = await self._agent.ask(GET_COSTS, Nothing(), timeout=_ASK_SECONDS, trace_id=self._task.trace_id)
        return ChatAnswer(text=wording.costs_text(costs))

    async def _stop(self, arguments: tuple[str, ...]) -> ChatAnswer:
        if arguments and arguments[0] != "all":
            return await self._fleet.manage("stop", " ".join(arguments))
        if arguments != ("all",):
            return _failed("Type /stop all to stop everything, or /stop NAME to stop one agent.")
        return await self._agent.halting.order(self._task, halted=True, by=self._request.user)

    async def _start(self, arguments: tuple[str, ...]) -> ChatAnswer:
        return await self._fleet.manage("start", " ".join(arguments)) if arguments else _failed("Type /start NAME.")

    async def _delete_agent(self, arguments: tuple[str, ...]) -> ChatAnswer:
        if not arguments:
            return _failed("Type /delete NAME; for a rule /rules delete ID.")
        return await self._fleet.manage("delete", " ".join(arguments))

    async def _go(self, _arguments: tuple[str, ...]) -> ChatAnswer:
        return await self._agent.halting.order(self._task, halted=False, by=self._request.user)

    async def _rules(self, arguments: tuple[str, ...]) -> ChatAnswer:
        match arguments:
            case ():
                rules = await self._agent.ask(LIST_RULES, Nothing(), timeout=_ASK_SECONDS, trace_id=self._task.trace_id)
                return ChatAnswer(text=wording.rules_text(rules.rules))
            case ("delete" | "remove", rule_id):
                return await self._delete(rule_id)
            case ("approve", rule_id):
                return await self._approve(rule_id)
            case _:
                return _failed("Type /rules, /rules delete ID or /rules approve ID.")

    async def _approve(self, rule_id: str) -> ChatAnswer:
        end = await self._agent.submit(
            APPROVE_RULE, RuleRef(rule_id=rule_id), task_id=self._task.child("approve"), deadline=self._limit(10),
            trace_id=self._task.trace_id,
        )  # fmt: skip
        return _answer(end.state, end.result.text if end.result else end.error)

    async def _delete(self, rule_id: str) -> ChatAnswer:
        end = await self._agent.submit(
            DELETE_RULE, RuleRef(rule_id=rule_id), task_id=self._task.child("delete"), deadline=self._limit(10),
            trace_id=self._task.trace_id,
        )  # fmt: skip
        return _answer(end.state, end.result.text if end.result else end.error)

    # -- sentences ----------------------------------------------------------------------------------------------

    async def _sentence(self) -> ChatAnswer:
        prefix = commands.prefixed(self._text)
        text = prefix.rest if prefix is not None else self._text
        if prefix is not None and not text:
            return _failed("Say the rule after it, for example: pipeline: when the door opens, turn on the hall light.")
        house = await self._agent.known_house(self._agent.settings.house_seconds)
        if house is None:
            return _failed(wording.unknown_home_text(self._agent.house_problem))
        meaning = await self._agent.understand(text)
        if isinstance(meaning, RuleMeaning):
            return await self._rule(text, meaning.draft)
        if prefix is not None and prefix.kind == "plan":
            return _failed(wording.NO_PLANS)
        if prefix is not None:
            return await self._rule(text, None)
        return await self._grammar(meaning) or await self._model(text, house)

    async def _grammar(self, meaning: Meaning) -> ChatAnswer | None:
        """What the grammar understood; None when it did not."""
        if isinstance(meaning, Calls):
            state, said = await self._actuate(meaning.calls, "act", tainted=False)
            return _answer(state, said)
        if isinstance(meaning, Question):
            return await self._question(meaning)
        if isinstance(meaning, Ambiguous):
            return ChatAnswer(text=meaning.question)
        if isinstance(meaning, UnknownName):
            return _failed(wording.unknown_name_text(meaning))
        return None

    async def _question(self, meaning: Question) -> ChatAnswer:
        from wactorz_understanding.questions import answer  # noqa: PLC0415  # brings the grammar with it

        return ChatAnswer(text=answer(meaning, await self._states(meaning.entity_ids)))

    async def _rule(self, text: str, draft: RuleDraft | None) -> ChatAnswer:
        result, said = await self._create_rule(text, draft, "rule")
        if result is None:
            return ChatAnswer(text=said, source="rules" if draft else "local", status="failed")
        return ChatAnswer(text=said, source=result.source, cost_usd=result.cost_usd)

    async def _model(self, text: str, house: House) -> ChatAnswer:
        history = await self._agent.memory.history(
            self._task.id, self._conversation, self._agent.settings.history_turns
        )
        question = prompts.question(text, house, history, chat_id=self._request.chat_id)
        return await Mind(self._agent.memory, self, house, self._task.id).think(text, question)

    # -- what the model can reach -------------------------------------------------------------------------------

    async def complete(self, question: Completion) -> CompletionResult:
        """Ask the model."""
        limit = max(1.0, min(_LONGEST_MODEL_SECONDS, self._task.remaining - 2))
        return await self._agent.ask(COMPLETE, question, timeout=limit, trace_id=self._task.trace_id)

    async def act(self, calls: tuple[ServiceCall, ...], step: str) -> tuple[TaskState, str]:
        """Move devices for the model: its prompt held names from the house, so it may not open anything."""
        return await self._actuate(calls, step, tainted=True)

    async def make_rule(self, request: str, step: str) -> tuple[RuleResult | None, str]:
        """Have the planner make a rule of the model's sentence; it becomes a proposal."""
        return await self._create_rule(request, None, step)

    async def spawn(self, spec: SpawnSpec, step: str) -> tuple[SpawnResult | None, str]:
        """Have an agent run for the model; what it asks for beyond what is free waits for an approval."""
        if self._agent.halting.halted:
            return None, "Everything is stopped, so no agent is started. /go lets it act again."
        end = await self._agent.submit(
            SPAWN, spec, task_id=self._task.child(step), deadline=self._limit(SPAWN.timeout),
            trace_id=self._task.trace_id,
        )  # fmt: skip
        if end.result is None:
            return None, _sentence_for(end.state, end.error)
        if end.result.status == "needs_approval":
            await self._agent.memory.ask_approval(self._conversation, end.result.approval_id)
        return end.result, end.result.text

    async def delegate(self, agent: str, text: str, step: str) -> str:
        """Ask a spawned agent for the model; what belongs to Wactorz itself is reached through tools only."""
        if agent not in (await self._fleet.spawned() or {}):
            return f"({agent} is no spawned agent, so it was not asked.)"
        request = ChatRequest(text=text, conversation_id=self._conversation, user=self._request.user)
        end = await self._agent.submit(
            CHAT, request, to=agent, task_id=self._task.child(step), deadline=self._limit(_DELEGATE_SECONDS),
            trace_id=self._task.trace_id,
        )  # fmt: skip
        return end.result.text if end.result else f"({agent}: {_sentence_for(end.state, end.error)})"

    async def look_up(self, query: str) -> str:
        """Find devices with their present states."""
        house = self._agent.house
        if house is None:
            return wording.NOT_YET_KNOWN
        found = relevant(house, query, prompts.LOOK_UP_LIMIT)
        try:
            live = {entity.entity_id: entity for entity in await self._states(tuple(e.entity_id for e in found))}
        except (TransportError, TaskFailed) as error:
            return f"failed: {error}"
        return data_block(house, [e.model_copy(update={"state": live[e.entity_id].state}) if e.entity_id in live else e
                                  for e in found])  # fmt: skip

    # -- effects ------------------------------------------------------------------------------------------------

    async def _actuate(self, calls: tuple[ServiceCall, ...], step: str, *, tainted: bool) -> tuple[TaskState, str]:
        if self._task.remaining < _LEAST_SECONDS and not self._task.recovered:
            return TaskState.EXPIRED, "There was no time left to do that, so it was not done."
        end = await self._agent.submit(
            ACTUATE, Actuation(calls=calls, reason=self._text[:500], tainted=tainted), task_id=self._task.child(step),
            deadline=self._limit(_ACT_SECONDS), trace_id=self._task.trace_id,
        )  # fmt: skip
        return end.state, (end.result.text if end.result else "") or _sentence_for(end.state, end.error)

    async def _create_rule(self, text: str, draft: RuleDraft | None, step: str) -> tuple[RuleResult | None, str]:
        request = CreateRule(task=text[:2000], draft=draft, conversation_id=self._conversation)
        end = await self._agent.submit(
            CREATE_RULE, request, task_id=self._task.child(step), deadline=self._limit(CREATE_RULE.timeout),
            trace_id=self._task.trace_id,
        )  # fmt: skip
        if end.result is None:
            return None, _sentence_for(end.state, end.error)
        if end.result.rule.status == "proposed":
            await self._agent.memory.propose(self._conversation, end.result.rule.rule_id)
        return end.result, end.result.text

    async def _states(self, entity_ids: tuple[str, ...]) -> tuple[Entity, ...]:
        query = StateQuery(entity_id=entity_ids)
        report = await self._agent.ask(GET_STATES, query, timeout=_ASK_SECONDS, trace_id=self._task.trace_id)
        return report.states

    def _limit(self, seconds: float) -> float:
        """A deadline that leaves time to report an answer that never came."""
        left = self._task.remaining
        return min(seconds, max(left - _SETTLE_SECONDS, left / 2))


def _failed(text: str) -> ChatAnswer:
    return ChatAnswer(text=text, status=TaskState.FAILED.value)


def _answer(state: TaskState, text: str | None) -> ChatAnswer:
    return ChatAnswer(text=text or _sentence_for(state, None), status=state.value)


def _sentence_for(state: TaskState, error: str | None) -> str:
    if error:
        return error
    return {
        TaskState.DONE: "Done.",
        TaskState.FAILED: "That could not be done.",
        TaskState.EXPIRED: "That was not done: its time was over before anybody could take it up.",
        TaskState.UNKNOWN: "No confirmation came in time: whether that was done is not known. Please have a look.",
    }[state]
