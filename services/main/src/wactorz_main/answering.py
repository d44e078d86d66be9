"""What the grammar does not read: what it is about is asked cheaply, then it goes where it belongs."""

from typing import TYPE_CHECKING

from wactorz_common.briefing import data_block, relevant
from wactorz_common.contracts.automations import LIST_AUTOMATIONS, AutomationQuery
from wactorz_common.contracts.chat import CHAT, ChatAnswer, ChatRequest
from wactorz_common.contracts.home import House, ServiceCall
from wactorz_common.contracts.llm import COMPLETE, Completion, CompletionResult
from wactorz_common.contracts.rules import RuleResult
from wactorz_common.contracts.spawning import SPAWN, SpawnResult, SpawnSpec
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.contracts.topics import LIST_TOPICS, TopicQuery, TopicSeen
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_main import conversation, facts, intent, prompts, topic_fields, wording
from wactorz_main.allowed import MAKING
from wactorz_main.german import phrase
from wactorz_main.history import Remembered
from wactorz_main.intent import Classified
from wactorz_main.minds import Mind

if TYPE_CHECKING:
    from wactorz_main.acting import Acting
    from wactorz_main.errand import Errand
    from wactorz_main.fleet import Fleet
    from wactorz_main.rulebook import Rulebook

_LONGEST_MODEL_SECONDS = 60.0
_DELEGATE_SECONDS = 60.0
_LIST_SECONDS = 10.0
_TOPICS_SECONDS = 2.0
_NO_HOUSE = House(version=0)


class Answering:
    """Answers one message with the help of the model, and is what the model can reach."""

    def __init__(self, errand: "Errand", acting: "Acting", rulebook: "Rulebook", fleet: "Fleet") -> None:
        self._errand, self._agent = errand, errand.agent
        self._acting, self._rulebook, self._fleet = acting, rulebook, fleet

    async def answer(self, text: str, house: House | None) -> ChatAnswer | None:
        """The answer; None when it is about the house and the house is not known."""
        about = await self._classify(text)
        if house is None and about.intent != "OTHER":
            return None
        if house is None and not (about.result and about.result.available):
            return None
        if about.intent == "PIPELINE":
            return _with_cost(await self._rulebook.make(text, None), about.result)
        return await self._think(text, house, about)

    async def _think(self, text: str, house: House | None, about: Classified) -> ChatAnswer:
        errand, request = self._errand, self._errand.request
        mind = Mind(self._agent.memory, self, house or _NO_HOUSE, errand.task.id, errand.language)
        errand.verified = lambda: mind.verified
        mind.note(about.result)
        if about.result is not None and not about.result.available:
            return mind.without_any(text, about.result)
        remembered = await self._remembered(text)
        question = prompts.question(
            text, house, conversation.messages(remembered), chat_id=request.chat_id, intent=about.intent,
            show_home=about.result is None,
            blocks=(
                self._facts(text), await self._topic_fields(text), conversation.record(remembered, text),
                await errand.attachments.block(),
            ),
        ).model_copy(update=self._accounts())  # fmt: skip
        return await mind.think(text, errand.attachments.shown(question))

    async def _remembered(self, text: str) -> Remembered:
        errand = self._errand
        if not errand.in_session:
            return Remembered()
        turns = self._agent.settings.history_turns
        return await self._agent.history.recall(errand.place, text, errand.task.id, last=turns)

    async def _topic_fields(self, text: str) -> str:
        """What really is on the topics that a text names, as far as somebody can tell."""
        found: dict[str, TopicSeen] = {}
        for topic in topic_fields.named(text):
            query = TopicQuery(keyword=topic_fields.keyword_of(topic), limit=topic_fields.MOST_TOPICS)
            try:
                report = await self._errand.ask(LIST_TOPICS, query, seconds=_TOPICS_SECONDS)
            except (TransportError, TaskFailed):
                return ""
            found |= {one.topic: one for one in report.topics}
        return topic_fields.block(found.values())

    def _facts(self, text: str) -> str:
        owner = facts.owner_of(self._errand.person, self._errand.place)
        return facts.block(self._agent.facts.relevant_facts(owner, text))

    async def _classify(self, text: str) -> Classified:
        """What the text is about, decided once per task."""
        memory, task_id = self._agent.memory, self._errand.task.id
        kept = await memory.intent(task_id) if self._errand.task.recovered else None
        if kept is not None:
            return Classified(intent.read(kept.text), kept)
        question = intent.question_about(text, "").model_copy(update=self._accounts())
        found = await self._agent.classifier.classify(question, self._ask_intent)
        if found.result is not None and found.result.available:
            await memory.keep_intent(task_id, found.result, self._errand.task.now())
        return found

    async def _ask_intent(self, question: Completion) -> CompletionResult:
        self._errand.stopping.check()
        return await self._errand.ask(COMPLETE, question, seconds=intent.SECONDS)

    def _accounts(self) -> dict[str, object]:
        """Who pays, and for what."""
        errand = self._errand
        session = {"conversation_id": errand.request.conversation_id, "person": errand.person}
        return {**session, "on_behalf_of": errand.on_behalf_of}

    # -- what the model can reach -------------------------------------------------------------------------------

    async def complete(self, question: Completion) -> CompletionResult:
        """Ask the model."""
        self._errand.stopping.check()
        limit = max(1.0, min(_LONGEST_MODEL_SECONDS, self._errand.task.remaining - 2))
        return await self._errand.ask(COMPLETE, question, seconds=limit)

    def answered(self, result: CompletionResult) -> None:
        """Take note of which files the model was shown."""
        self._errand.attachments.note(result)

    async def act(self, calls: tuple[ServiceCall, ...], step: str) -> tuple[TaskState, str]:
        """Move devices for the model: its prompt held names from the house, so it may not open anything."""
        acted = await self._acting.perform(calls, step, origin="model")
        return acted.state, acted.text

    async def make_rule(self, request: str, step: str) -> tuple[RuleResult | None, str]:
        """Have the planner make a rule of the model's sentence; it becomes a proposal."""
        return await self._rulebook.create(request, None, step)

    async def spawn(self, spec: SpawnSpec, step: str) -> tuple[SpawnResult | None, str]:
        """Have an agent run for the model; what it asks for beyond what is free waits for an approval."""
        refusal = self._errand.refusal(MAKING)
        if refusal:
            return None, refusal
        if self._agent.halting.halted:
            return None, phrase("Everything is stopped, so no agent is started. /go lets it act again.")
        spec = spec.model_copy(update={"asked_by": self._errand.standing})
        end = await self._errand.submit(SPAWN, spec, step)
        if end.result is None:
            return None, end.error or self._errand.say(end.state.value)
        if end.result.status == "needs_approval":
            await self._agent.memory.ask_approval(self._errand.place, end.result.approval_id)
        return end.result, end.result.text

    async def delegate(self, agent: str, text: str, step: str) -> str:
        """Ask a spawned agent for the model; what belongs to Wactorz itself is reached through tools only."""
        if agent not in (await self._fleet.spawned() or {}):
            return phrase("({agent} is no spawned agent, so it was not asked.)", agent=agent)
        errand = self._errand
        request = ChatRequest(
            text=text, conversation_id=errand.conversation, user=errand.request.user, person=errand.person
        )
        end = await errand.submit(CHAT, request, step, to=agent, seconds=_DELEGATE_SECONDS)
        return end.result.text if end.result else f"({agent}: {end.error or errand.say(end.state.value)})"

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

    async def automations(self, query: str) -> str:
        """Find automations of Home Assistant."""
        try:
            found = await self._errand.ask(LIST_AUTOMATIONS, AutomationQuery(search=query[:200]), seconds=_LIST_SECONDS)
        except (TransportError, TaskFailed) as error:
            return f"failed: {error}"
        return prompts.fenced(found.text)


def _with_cost(answer: ChatAnswer, result: CompletionResult | None) -> ChatAnswer:
    """The answer with what it cost to find out what was meant."""
    if result is None or not result.available:
        return answer
    source = "cloud" if answer.source == "cloud" or not result.local else "local"
    return answer.model_copy(update={"cost_usd": (answer.cost_usd or 0.0) + result.cost_usd, "source": source})
