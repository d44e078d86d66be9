"""Main: understands what a person says, and hands it to whoever can do it."""

import asyncio
import dataclasses
import time
from typing import Any

from wactorz_common.agent import Task, every, handles, listens
from wactorz_common.bus import Message
from wactorz_common.contracts.chat import CHAT, CHAT_OUT, CHAT_STOP, ChatAnswer, ChatReply, ChatRequest, ChatStop
from wactorz_common.contracts.home import House
from wactorz_common.contracts.lifecycle import (
    COMMANDS,
    HEARTBEAT,
    MANIFEST,
    STATUS,
    AgentManifest,
    AgentStatus,
    Heartbeat,
)
from wactorz_common.contracts.llm import COMPLETE, Completion, CompletionResult
from wactorz_common.contracts.memory import ERASE_PERSON, Erased, ErasePerson
from wactorz_common.contracts.nodes import NODE_STOP_ALL
from wactorz_common.contracts.rules import READ_RULE, RuleSentence, SentenceReading
from wactorz_common.errors import Refused
from wactorz_common.senders import Senders
from wactorz_main import wording
from wactorz_main.desk import MemoryDesk
from wactorz_main.errand import Errand
from wactorz_main.german import phrase
from wactorz_main.halting import Halting
from wactorz_main.history import History
from wactorz_main.intent import Classifier
from wactorz_main.interruption import Interruptions
from wactorz_main.memory import Memory
from wactorz_main.outsiders import answer_outsider
from wactorz_main.reading import Reading, read_sentence
from wactorz_main.sessions import Sessions
from wactorz_main.summaries import Summaries
from wactorz_main.turn import Turn
from wactorz_main.wording import Seen
from wactorz_understanding.meaning import Meaning, RuleMeaning

_DAY = 86_400.0
_ANSWER_SECONDS = 2.0
_SPEAKS_FOR_PERSONS = frozenset({"io-agent", "home-assistant-agent"})
"""Whose word says who speaks: the door, and the agent that passes on what came to it through the door."""

_PLANNER = "planner"
"""Hands on what a rule or a step of a plan says: a user's word at most, because every user makes and changes them."""

_GATEWAY = "gateway"
_NOT_THE_GATEWAY = "Only the gateway knows who is not here any more."
_MOST_SEEN = 1_000


class MainAgent(MemoryDesk):
    """Answers texts of people; every answer says what understood it."""

    name = "main"
    description = "Understands what you say and has it done."
    publishes = (CHAT_OUT, COMMANDS, NODE_STOP_ALL)
    essential = True

    async def on_start(self) -> None:
        """Open the memory and start the reader of sentences."""
        from wactorz_understanding.worker import Worker  # noqa: PLC0415  # the service package stays cheap to import

        self.memory = Memory(self.store)
        await self.memory.open()
        self.history = History(self.store)
        await self.history.open()
        self.interruptions = Interruptions(self.store)
        await self.interruptions.open()
        self.classifier = Classifier()
        self.summaries = Summaries(self.history, self._ask_beside, threshold=self.settings.summarize_messages)
        self.sessions = Sessions(self.store, self.settings.context_seconds)
        await self.sessions.open()
        await self.open_desk()
        self.halting = Halting(self)
        self.seen: dict[str, Seen] = {}
        self.senders = Senders(self)
        self._reader: Worker = Worker(self.settings.language, self.settings.known_languages[1:])
        await self._reader.start()
        await super().on_start()

    async def on_stop(self) -> None:
        """End the reader."""
        await self._reader.stop()

    async def on_house(self, house: House) -> None:
        """Teach the reader the names of the house."""
        await self._reader.load(house)

    @handles(CHAT)
    async def chat(self, request: ChatRequest, task: Task) -> ChatAnswer:
        """Answer a person's text, and say so on the agent's own chat topic."""
        if await self.senders.is_spawned(task.sender):
            return await answer_outsider(self, request.text, task)
        if task.sender not in _SPEAKS_FOR_PERSONS:
            standing = "user" if task.sender == _PLANNER else ""
            request = request.model_copy(update={"person": "", "standing": standing})
        turn = Turn(self, request, task)
        answer = turn.errand.attachments.told(await self.interruptions.run(turn.errand, turn.answer))
        now = time.time()
        self._remember(turn.errand, answer, now)
        self.spawn_background(self.hear(turn.errand), "take note of what was said")
        reply = ChatReply(
            sender=self.name, to=request.user, content=answer.text, timestamp=now, id=request.chat_id,
            conversation_id=request.conversation_id, source=answer.source, status=answer.status,
            trace_id=task.trace_id, cost_usd=answer.cost_usd, approval_id=answer.approval_id,
            not_ready=answer.not_ready,
        )  # fmt: skip
        await self.publish(CHAT_OUT, reply)
        return answer

    def _remember(self, errand: Errand, answer: ChatAnswer, now: float) -> None:
        """Keep the exchange; it is queued for the disk ahead of the end of its task, so that neither is there alone."""
        if not errand.in_session:
            return
        kept = self.history.remember(
            errand.task.id, errand.place, errand.request.text, answer.text, now, errand.attachments.looked_at
        )
        self.spawn_background(self._sum_up(kept, errand), "sum up")

    async def _sum_up(self, kept: "asyncio.Future[None]", errand: Errand) -> None:
        await kept
        await self.summaries.after_exchange(errand.place, errand.request.conversation_id)

    @handles(ERASE_PERSON)
    async def on_erase_person(self, request: ErasePerson, task: Task) -> Erased:
        """Somebody is not here any more: forget what they have said, and what was learned of them."""
        if task.sender != _GATEWAY:
            raise Refused(_NOT_THE_GATEWAY)
        person = request.person
        self.learning.drop(person)
        await self.facts.forget(person)
        told = await self.history.forget_person(person)
        await self.memory.forget_person(person, told)
        await self.sessions.forget_person(person)
        await self.deeds.forget_person(person)
        return Erased(text=f"Facts and {len(told)} exchanges of {person} are forgotten.")

    async def _ask_beside(self, question: Completion) -> CompletionResult:
        """Ask the model for something that no answer waits for."""
        return await self.ask(COMPLETE, question)

    @listens(CHAT_STOP)
    async def on_chat_stop(self, message: Message[ChatStop]) -> None:
        """A person does not want an answer any more."""
        if not message.retained:
            await self.interruptions.stop(message.payload)

    @handles(READ_RULE)
    async def on_read_rule(self, request: RuleSentence, _task: Task) -> SentenceReading:
        """What the grammar reads as a rule, for doors that have no conversation."""
        await self.needed_house(READ_RULE.timeout - _ANSWER_SECONDS, phrase(wording.NOT_YET_KNOWN))
        meaning = await self.read(request.task, request.language)
        return SentenceReading(draft=meaning.draft if isinstance(meaning, RuleMeaning) else None)

    async def understand(self, text: str, context: dict[str, Any], fixed: str) -> Reading:
        """What the grammar reads in a sentence of a conversation; `fixed` is the language that was set, if one was."""
        return await read_sentence(
            self._reader, text, context, fixed=fixed, known=self.settings.known_languages,
            lifetime=self.settings.context_seconds,
        )  # fmt: skip

    async def read(self, text: str, fixed: str = "") -> Meaning:
        """What the grammar reads in a sentence that follows on nothing."""
        return (await self.understand(text, {}, fixed)).meaning

    # -- who is here --------------------------------------------------------------------------------------------

    @listens(MANIFEST)
    async def on_manifest(self, message: Message[AgentManifest]) -> None:
        """Learn what an agent can do."""
        found = message.payload
        self._note(found.name, description=found.description, capabilities=found.capabilities, node=found.node)

    @listens(HEARTBEAT)
    async def on_heartbeat(self, message: Message[Heartbeat]) -> None:
        """An agent lives."""
        beat = message.payload
        self.senders.note(beat)
        self._note(beat.name, state=beat.state, heard_at=time.time(), agent_id=beat.actor_id,
                   protected=beat.protected, essential=beat.essential)  # fmt: skip

    @listens(STATUS)
    async def on_status(self, message: Message[AgentStatus]) -> None:
        """An agent changed its state, or died."""
        self._note(message.payload.name, state=message.payload.state, heard_at=time.time())

    def _note(self, name: str, **changes: object) -> None:
        known = self.seen.pop(name, Seen(name))
        self.seen[name] = dataclasses.replace(known, **changes)  # type: ignore[arg-type]  # fields of Seen
        if len(self.seen) > _MOST_SEEN:
            del self.seen[next(iter(self.seen))]

    # -- now and then -------------------------------------------------------------------------------------------

    @every(5)
    async def repeat_orders(self) -> None:
        """Ask again whoever has not confirmed /stop all or /go."""
        await self.halting.repeat()

    @every(3600)
    async def trim(self) -> None:
        """Forget what is older than it is kept."""
        before = time.time() - self.settings.keep_days * _DAY
        await self.memory.trim(before)
        await self.history.trim(before)
        await self.facts.trim(before)
        await self.interruptions.trim(before)
        await self.sessions.trim(before)
