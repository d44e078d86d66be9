"""One message from its text to its answer: commands, prefixes, grammar, model, in this order."""

from typing import TYPE_CHECKING

from wactorz_common.agent import Task
from wactorz_common.contracts.chat import ChatAnswer, ChatRequest
from wactorz_common.contracts.home import House
from wactorz_common.decisions import read_decision, read_pin
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_common.language import grouped
from wactorz_main import commands, mind_texts, texts, wording
from wactorz_main.acting import Acting
from wactorz_main.allowed import PLANS, RULES
from wactorz_main.answering import Answering
from wactorz_main.automations import Automations
from wactorz_main.commands import Prefixed, Typed
from wactorz_main.errand import Errand
from wactorz_main.fleet import Fleet
from wactorz_main.german import phrase
from wactorz_main.inquiry import Inquiry
from wactorz_main.memory import Proposal
from wactorz_main.performing import Performing
from wactorz_main.planning import Planning
from wactorz_main.rulebook import Rulebook
from wactorz_main.sentences import Sentences
from wactorz_main.webhooks import Webhooks

if TYPE_CHECKING:
    from wactorz_main.agent import MainAgent


class Turn:
    """Answers one message; every sub-task has an id that is the same when the message is answered again."""

    def __init__(self, agent: "MainAgent", request: ChatRequest, task: Task) -> None:
        self._agent, self._request, self._task = agent, request, task
        self.errand = self._errand = Errand(agent, request, task)
        self._text, self._place = self._errand.text, self._errand.place
        self._fleet = Fleet(agent, task, request.user)
        self._acting, self._rulebook = Acting(self._errand), Rulebook(self._errand)
        self._automations, self._inquiry = Automations(self._errand), Inquiry(self._errand)
        self._sentences = Sentences(self._errand, self._acting, self._rulebook, self._automations, self._inquiry)
        self._answering = Answering(self._errand, self._acting, self._rulebook, self._fleet)
        self._planning, self._webhooks = Planning(self._errand), Webhooks(self._errand)
        self._performing = Performing(self._errand, self._fleet, self._rulebook, self._automations, self._inquiry)

    async def answer(self) -> ChatAnswer:
        """The one answer."""
        errand = self._errand
        if len(self._text) > commands.MAX_CHARACTERS:
            return errand.failed(errand.say("too_long", limit=grouped(commands.MAX_CHARACTERS)))
        if not self._text:
            return errand.failed(errand.say("empty"))
        try:
            decided = await self._decide()
            if decided is not None:
                return decided
            if read_pin(self._text):  # it was meant for the gateway, and must not reach a model
                return errand.failed(errand.say("nothing_waits"))
            return await self._act()
        except (TransportError, TaskFailed) as error:
            return errand.failed(f"{texts.sentence(str(error))} {errand.say('nothing_done')}")

    # -- an open proposal ---------------------------------------------------------------------------------------

    async def _decide(self) -> ChatAnswer | None:
        """Take a yes or no to what was proposed here; anything else passes over the proposal."""
        memory = self._agent.memory
        open_one = memory.proposal(self._place, self._task.id)
        said = read_decision(self._text)
        if open_one is None:
            return await self._decided_before(said)
        refusal = self._errand.refusal(PLANS if open_one.plan_id else RULES)
        if refusal and said is not None:  # what was proposed stays open for who may answer it
            return self._errand.failed(refusal)
        decides = said is not None and not open_one.approval_id
        await memory.answer_proposal(self._place, self._task.id, decided=decides)
        if said is None:
            return None
        return await self._take(open_one, yes=said)

    async def _take(self, proposal: Proposal, *, yes: bool) -> ChatAnswer:
        if proposal.approval_id:
            return await self._approval(proposal.approval_id)
        if proposal.confirm:
            return await self._automations.confirm(proposal.confirm, yes=yes)
        if proposal.plan_id:
            return await self._planning.decide(proposal.plan_id, yes=yes)
        return await self._rulebook.change("approve" if yes else "delete", proposal.rule_id, declined=not yes)

    async def _approval(self, approval_id: str) -> ChatAnswer:
        """The gateway answers those of people it knows, so this yes came too late or by another way."""
        if await self._fleet.is_decided(approval_id):
            return ChatAnswer(text=mind_texts.say(self._errand.language, "decided"))
        return await self._fleet.decide((approval_id,))

    async def _decided_before(self, said: bool | None) -> ChatAnswer | None:
        """What a second yes or no right after the first one gets; nothing else is kept from its way."""
        memory = self._agent.memory
        if not memory.was_decided(self._place, self._task.id):
            return None
        if said is not None:
            return ChatAnswer(text=mind_texts.say(self._errand.language, "decided"))
        await memory.answer_proposal(self._place, self._task.id)
        return None

    # -- commands, and secrets ------------------------------------------------------------------------------------

    async def _act(self) -> ChatAnswer:
        """A command or a sentence; secrets in it are in the vault before anything else is done."""
        typed = commands.parse(self._text)
        kept = None if typed is not None and typed.name == "webhook" else await self._webhooks.keep()
        if kept is None:
            return await self._do(typed)
        if kept.failed or not (kept.goes_on or typed):
            return self._errand.failed(kept.said) if kept.failed else ChatAnswer(text=kept.said)
        self._text = self._errand.text = kept.text
        answer = await self._do(typed)
        return answer.model_copy(update={"text": texts.lines((kept.said, answer.text))})

    async def _do(self, typed: Typed | None) -> ChatAnswer:
        return await self._performing.perform(typed) if typed is not None else await self._sentence()

    # -- sentences ----------------------------------------------------------------------------------------------

    async def _sentence(self) -> ChatAnswer:
        prefix = commands.prefixed(self._text)
        text = prefix.rest if prefix is not None else self._text
        if prefix is not None and not text:
            return self._errand.failed(phrase(commands.SAY_MORE[prefix.kind]))
        if prefix is not None and prefix.kind == "hardware":
            return await self._automations.hardware(text)
        house = await self._agent.known_house(self._agent.settings.house_seconds)
        if house is None:
            return await self._without_house(text, prefix)
        return await self._sentences.answer(text, prefix) or await self._beyond(text, prefix, house)

    async def _without_house(self, text: str, prefix: Prefixed | None) -> ChatAnswer:
        """What needs no house is answered; else why the house is not known."""
        if prefix is not None and prefix.kind == "plan":
            return await self._planning.run(text)
        told = await self._answering.answer(text, None) if prefix is None else None
        if told is not None:
            return told
        problem = self._agent.house_problem
        said = wording.unknown_home_text(problem) if problem else self._errand.say("not_yet_known")
        return self._errand.failed(said).model_copy(update={"not_ready": not problem})

    async def _beyond(self, text: str, prefix: Prefixed | None, house: House) -> ChatAnswer:
        """What the grammar does not read: by its prefix, else by the model."""
        if prefix is None:
            return await self._answering.answer(text, house) or self._errand.failed(self._errand.say("not_yet_known"))
        if prefix.kind == "plan":
            return await self._planning.run(text)
        if prefix.kind == "automation":
            return await self._automations.create(text, None)
        return await self._rulebook.make(text, None)
