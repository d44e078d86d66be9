"""What people may ask of main's memory, and what it learns of them beside its answers."""

from wactorz_common.agent import Task, every, handles
from wactorz_common.contracts import Nothing
from wactorz_common.contracts.llm import COMPLETE, Completion, CompletionResult
from wactorz_common.contracts.memory import (
    FORGET,
    GET_MEMORY,
    LIST_COMMANDS,
    CommandList,
    Forget,
    MemoryQuery,
    MemoryReport,
)
from wactorz_common.errors import Refused
from wactorz_common.house import HouseFollower
from wactorz_main import commands
from wactorz_main.deeds import Deeds
from wactorz_main.errand import Errand, place_of
from wactorz_main.facts import Facts, Utterance, owner_of
from wactorz_main.german import phrase
from wactorz_main.history import History
from wactorz_main.learning import Learning
from wactorz_main.settings import MainSettings

_GATEWAY = "gateway"
"""The only one who knows which person asks."""

_DOOR = "io-agent"
"""The only one who passes on a person's own words."""

_NOT_YOURS = "What a person told is shown to that person only: ask over the page, `wactorz memory` or GET /api/memory."


class MemoryDesk(HouseFollower[MainSettings]):
    """Keeps facts of people, and answers for them."""

    history: History

    async def open_desk(self) -> None:
        """Read what is kept."""
        settings = self.settings
        self.facts, self.deeds = Facts(self.store), Deeds(self.store)
        await self.facts.open()
        self.deeds.open()
        self.learning = Learning(
            self.facts, self._ask_for_facts, batch=settings.facts_turns, quiet_seconds=settings.facts_quiet_seconds
        )
        await self.learning.open()

    @handles(GET_MEMORY)
    async def on_get_memory(self, query: MemoryQuery, task: Task) -> MemoryReport:
        """What is remembered of a person."""
        if task.sender != _GATEWAY:
            raise Refused(phrase(_NOT_YOURS))
        return await self._remembered(query.person, query.conversation_id)

    @handles(FORGET)
    async def on_forget(self, request: Forget, task: Task) -> MemoryReport:
        """Forget a fact of a person, or everything of them and of a session."""
        if task.sender != _GATEWAY:
            raise Refused(phrase(_NOT_YOURS))
        place = place_of(request.person, request.conversation_id)
        owner = owner_of(request.person, place)
        if not request.key:
            await self.forget_person(owner, place)
        elif not await self.facts.forget(owner, request.key) and not task.recovered:
            raise Refused(phrase("Nothing called '{name}' is remembered of you", name=request.key))
        return await self._remembered(request.person, request.conversation_id)

    @handles(LIST_COMMANDS)
    async def on_list_commands(self, _request: Nothing, _task: Task) -> CommandList:
        """Commands that people may type."""
        return commands.command_list()

    async def forget_person(self, owner: str, place: str) -> None:
        """Forget everything of a person, and what was said in one conversation."""
        self.learning.drop(owner)
        await self.facts.forget(owner)
        if place:
            await self.history.forget(place)

    async def hear(self, errand: Errand) -> None:
        """Take note of what a person said, in case it holds a fact; words of agents hold none."""
        if errand.task.sender != _DOOR or commands.parse(errand.request.text) is not None:
            return
        await self.learning.hear(
            Utterance(
                errand.task.id, owner_of(errand.person, errand.place), errand.person, errand.request.conversation_id,
                errand.request.text.strip(), errand.task.now(),
            )
        )  # fmt: skip

    @every(10)
    async def learn(self) -> None:
        """Look at what people said, when enough of it waits or nobody has spoken for a while."""
        for owner in self.learning.due():
            await self.learning.learn(owner)

    async def _remembered(self, person: str, conversation_id: str) -> MemoryReport:
        place = place_of(person, conversation_id)
        summaries = await self.history.summaries(place) if conversation_id else ()
        return MemoryReport(facts=self.facts.of(owner_of(person, place)), summaries=summaries)

    async def _ask_for_facts(self, question: Completion) -> CompletionResult:
        return await self.ask(COMPLETE, question)
