"""One message from its text to its answer: commands, prefixes, grammar, model, in this order."""

from typing import TYPE_CHECKING

from wactorz_common.agent import Task
from wactorz_common.briefing import data_block, relevant
from wactorz_common.contracts.chat import CHAT, ChatAnswer, ChatRequest
from wactorz_common.contracts.home import House, ServiceCall
from wactorz_common.contracts.llm import COMPLETE, GET_COSTS, Completion, CompletionResult, CostQuery
from wactorz_common.contracts.rules import RuleResult
from wactorz_common.contracts.spawning import SPAWN, SpawnResult, SpawnSpec
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.decisions import read_decision, read_pin
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_main import commands, prompts, texts, wording
from wactorz_main.acting import Acting
from wactorz_main.automations import Automations
from wactorz_main.commands import Prefixed, Typed
from wactorz_main.errand import Errand
from wactorz_main.fleet import Fleet
from wactorz_main.inquiry import Inquiry
from wactorz_main.minds import Mind
from wactorz_main.rulebook import Rulebook
from wactorz_main.sentences import Sentences

if TYPE_CHECKING:
    from wactorz_main.agent import MainAgent

_LONGEST_MODEL_SECONDS = 60.0
_DELEGATE_SECONDS = 60.0


class Turn:
    """Answers one message; every sub-task has an id that is the same when the message is answered again."""

    def __init__(self, agent: "MainAgent", request: ChatRequest, task: Task) -> None:
        self._agent, self._request, self._task = agent, request, task
        self._errand = Errand(agent, request, task)
        self._text, self._conversation = self._errand.text, self._errand.conversation
        self._fleet = Fleet(agent, task, request.user)
        self._acting, self._rulebook = Acting(self._errand), Rulebook(self._errand)
        self._automations, self._inquiry = Automations(self._errand), Inquiry(self._errand)
        self._sentences = Sentences(self._errand, self._acting, self._rulebook, self._automations, self._inquiry)

    async def answer(self) -> ChatAnswer:
        """The one answer."""
        errand = self._errand
        if len(self._text) > commands.MAX_CHARACTERS:
            return errand.failed(errand.say("too_long", limit=f"{commands.MAX_CHARACTERS:,}"))
        if not self._text:
            return errand.failed(errand.say("empty"))
        try:
            decided = await self._decide()
            if decided is not None:
                return decided
            if read_pin(self._text):  # it was meant for the gateway, and must not reach a model
                return errand.failed(errand.say("nothing_waits"))
            typed = commands.parse(self._text)
            return await self._command(typed) if typed is not None else await self._sentence()
        except (TransportError, TaskFailed) as error:
            return errand.failed(f"{texts.sentence(str(error))} {errand.say('nothing_done')}")

    # -- an open proposal ---------------------------------------------------------------------------------------

    async def _decide(self) -> ChatAnswer | None:
        """Take a yes or no to what was proposed here; anything else passes over the proposal."""
        memory = self._agent.memory
        open_one = memory.proposal(self._conversation, self._task.id)
        if open_one is None:
            return None
        said = read_decision(self._text)
        await memory.answer_proposal(self._conversation, self._task.id)
        if said is None:
            return None
        if open_one.approval_id:  # the gateway answers those of people it knows, so this came by another way
            return await self._fleet.decide((open_one.approval_id,))
        if open_one.confirm:
            return await self._automations.confirm(open_one.confirm, yes=said)
        return await self._rulebook.change("approve" if said else "delete", open_one.rule_id)

    # -- commands -----------------------------------------------------------------------------------------------

    async def _command(self, typed: Typed) -> ChatAnswer:
        fleet, inquiry, automations = self._fleet, self._inquiry, self._automations
        perform = {
            "help": self._help, "cost": self._cost, "stop": self._stop, "go": self._go, "start": self._start,
            "delete": self._delete_agent, "agents": fleet.agents, "nodes": fleet.nodes, "migrate": fleet.migrate,
            "approvals": fleet.approvals, "approve": fleet.decide, "deny": fleet.decide,
            "rules": self._rulebook.command, "backtest": self._rulebook.backtest, "why": inquiry.why,
            "policy": inquiry.policy, "automations": automations.command, "undo": automations.undo,
            "language": self._language,
        }.get(typed.name)  # fmt: skip
        return await perform(typed.arguments) if perform else self._errand.failed(commands.unknown(typed.word))

    async def _help(self, _arguments: tuple[str, ...]) -> ChatAnswer:
        return ChatAnswer(text=commands.help_text())

    async def _cost(self, _arguments: tuple[str, ...]) -> ChatAnswer:
        return ChatAnswer(text=wording.costs_text(await self._errand.ask(GET_COSTS, CostQuery())))

    async def _language(self, arguments: tuple[str, ...]) -> ChatAnswer:
        errand, known = self._errand, self._agent.settings.known_languages
        code = arguments[0].casefold() if arguments else ""
        if not code:
            now = self._agent.sessions.language(self._conversation) or "auto"
            return ChatAnswer(text=errand.say("languages", now=now, known=", ".join(known)))
        if code != "auto" and code not in known:
            return errand.failed(errand.say("language_unknown", code=code[:20], known=", ".join(known)))
        self._agent.sessions.set_language(self._conversation, "" if code == "auto" else code)
        errand.language = errand.language if code == "auto" else code
        return ChatAnswer(text=errand.say("language_auto" if code == "auto" else "language_set"))

    async def _stop(self, arguments: tuple[str, ...]) -> ChatAnswer:
        if arguments and arguments[0] != "all":
            return await self._fleet.manage("stop", " ".join(arguments))
        if arguments != ("all",):
            return self._errand.failed("Type /stop all to stop everything, or /stop NAME to stop one agent.")
        return await self._agent.halting.order(self._task, halted=True, by=self._by, language=self._errand.language)

    async def _go(self, _arguments: tuple[str, ...]) -> ChatAnswer:
        return await self._agent.halting.order(self._task, halted=False, by=self._by, language=self._errand.language)

    async def _start(self, arguments: tuple[str, ...]) -> ChatAnswer:
        if not arguments:
            return self._errand.failed("Type /start NAME.")
        return await self._fleet.manage("start", " ".join(arguments))

    async def _delete_agent(self, arguments: tuple[str, ...]) -> ChatAnswer:
        if not arguments:
            return self._errand.failed("Type /delete NAME; for a rule /rules delete ID.")
        return await self._fleet.manage("delete", " ".join(arguments))

    @property
    def _by(self) -> str:
        return self._request.person or self._request.user

    # -- sentences ----------------------------------------------------------------------------------------------

    async def _sentence(self) -> ChatAnswer:
        prefix = commands.prefixed(self._text)
        text = prefix.rest if prefix is not None else self._text
        if prefix is not None and not text:
            return self._errand.failed(commands.SAY_MORE[prefix.kind])
        if prefix is not None and prefix.kind == "hardware":
            return await self._automations.hardware(text)
        house = await self._agent.known_house(self._agent.settings.house_seconds)
        if house is None:
            problem = self._agent.house_problem
            return self._errand.failed(
                wording.unknown_home_text(problem) if problem else self._errand.say("not_yet_known")
            )
        return await self._sentences.answer(text, prefix) or await self._beyond(text, prefix, house)

    async def _beyond(self, text: str, prefix: Prefixed | None, house: House) -> ChatAnswer:
        """What the grammar does not read: by its prefix, else by the model."""
        if prefix is None:
            return await self._model(text, house)
        if prefix.kind == "plan":
            return self._errand.failed(wording.NO_PLANS)
        if prefix.kind == "automation":
            return await self._automations.create(text, None)
        return await self._rulebook.make(text, None)

    async def _model(self, text: str, house: House) -> ChatAnswer:
        history = await self._agent.memory.history(
            self._task.id, self._conversation, self._agent.settings.history_turns
        )
        question = prompts.question(text, house, history, chat_id=self._request.chat_id)
        return await Mind(self._agent.memory, self, house, self._task.id, self._errand.language).think(text, question)

    # -- what the model can reach -------------------------------------------------------------------------------

    async def complete(self, question: Completion) -> CompletionResult:
        """Ask the model."""
        limit = max(1.0, min(_LONGEST_MODEL_SECONDS, self._task.remaining - 2))
        return await self._errand.ask(COMPLETE, question, seconds=limit)

    async def act(self, calls: tuple[ServiceCall, ...], step: str) -> tuple[TaskState, str]:
        """Move devices for the model: its prompt held names from the house, so it may not open anything."""
        acted = await self._acting.perform(calls, step, origin="model")
        return acted.state, acted.text

    async def make_rule(self, request: str, step: str) -> tuple[RuleResult | None, str]:
        """Have the planner make a rule of the model's sentence; it becomes a proposal."""
        return await self._rulebook.create(request, None, step)

    async def spawn(self, spec: SpawnSpec, step: str) -> tuple[SpawnResult | None, str]:
        """Have an agent run for the model; what it asks for beyond what is free waits for an approval."""
        if self._agent.halting.halted:
            return None, "Everything is stopped, so no agent is started. /go lets it act again."
        end = await self._errand.submit(SPAWN, spec, step)
        if end.result is None:
            return None, end.error or self._errand.say(end.state.value)
        if end.result.status == "needs_approval":
            await self._agent.memory.ask_approval(self._conversation, end.result.approval_id)
        return end.result, end.result.text

    async def delegate(self, agent: str, text: str, step: str) -> str:
        """Ask a spawned agent for the model; what belongs to Wactorz itself is reached through tools only."""
        if agent not in (await self._fleet.spawned() or {}):
            return f"({agent} is no spawned agent, so it was not asked.)"
        request = ChatRequest(text=text, conversation_id=self._conversation, user=self._request.user)
        end = await self._errand.submit(CHAT, request, step, to=agent, seconds=_DELEGATE_SECONDS)
        return end.result.text if end.result else f"({agent}: {end.error or self._errand.say(end.state.value)})"

    async def look_up(self, query: str) -> str:
        """Find devices with their present states."""
        house = self._agent.house
        if house is None:
            return wording.NOT_YET_KNOWN
        found = relevant(house, query, prompts.LOOK_UP_LIMIT)
        try:
            live = {one.entity_id: one for one in await self._acting.states(tuple(e.entity_id for e in found))}
        except (TransportError, TaskFailed) as error:
            return f"failed: {error}"
        return data_block(house, [e.model_copy(update={"state": live[e.entity_id].state}) if e.entity_id in live else e
                                  for e in found])  # fmt: skip
