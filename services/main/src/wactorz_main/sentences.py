"""What the grammar understood, done: commands, questions, rules, automations, and what it asks back."""

from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.language import primary
from wactorz_main import texts
from wactorz_main.acting import Acting
from wactorz_main.automations import Automations
from wactorz_main.commands import Prefixed
from wactorz_main.errand import Errand
from wactorz_main.inquiry import Inquiry
from wactorz_main.rulebook import Rulebook
from wactorz_understanding.meaning import (
    Adjust,
    Ambiguous,
    Calls,
    Meaning,
    NotUnderstood,
    Question,
    RuleMeaning,
    Undo,
    UnknownName,
    Why,
)


class Sentences:
    """Answers what is read without a model."""

    def __init__(
        self, errand: Errand, acting: Acting, rulebook: Rulebook, automations: Automations, inquiry: Inquiry
    ) -> None:
        self._errand, self._acting, self._rulebook = errand, acting, rulebook
        self._automations, self._inquiry = automations, inquiry

    async def answer(self, text: str, prefix: Prefixed | None) -> ChatAnswer | None:
        """The answer to a sentence; None when the grammar does not read it, or not as its prefix wants it."""
        meaning = await self._read(text)
        if isinstance(meaning, RuleMeaning):
            return await self._rule(meaning.text or text, meaning, prefix)
        return await self._perform(meaning) if prefix is None else None

    async def _read(self, text: str) -> Meaning:
        errand = self._errand
        agent, session, task_id = errand.agent, errand.session, errand.task.id
        context = agent.sessions.context(session, task_id)
        page_language = primary(errand.page_language)
        if not context.get("language") and page_language in agent.settings.known_languages:
            context = {**context, "language": page_language}
        reading = await agent.understand(text, context, errand.fixed_language)
        errand.language = reading.language
        agent.sessions.note(session, task_id, reading.context)
        return reading.meaning

    async def _perform(self, meaning: Meaning) -> ChatAnswer | None:
        if isinstance(meaning, Calls):
            acted = await self._acting.perform(meaning.calls, "act", origin="person", summary=meaning.summary)
            return acted.answer()
        if isinstance(meaning, Adjust | Undo):
            return await (self._adjust(meaning) if isinstance(meaning, Adjust) else self._undo(meaning))
        if isinstance(meaning, Question):
            return await self._question(meaning)
        if isinstance(meaning, Why):
            return await self._inquiry.explain(meaning.entity_id)
        return self._ask_back(meaning)

    def _ask_back(self, meaning: Meaning) -> ChatAnswer | None:
        """What is said about a sentence that nothing can be done about yet; None when something else may read it."""
        if isinstance(meaning, Ambiguous):
            return ChatAnswer(text=meaning.question)
        if isinstance(meaning, UnknownName):
            return self._errand.failed(unknown_name(self._errand.language, meaning))
        return self._errand.failed(meaning.text) if isinstance(meaning, NotUnderstood) and meaning.text else None

    async def _adjust(self, meaning: Adjust) -> ChatAnswer:
        """A relative change becomes absolute by the states of this moment."""
        from wactorz_understanding.adjust import resolve  # noqa: PLC0415  # brings the grammar with it

        calls = resolve(meaning, await self._acting.states(meaning.entity_ids))
        if isinstance(calls, str):
            return self._errand.failed(calls)
        acted = await self._acting.perform(calls, "act", origin="person", summary=meaning.summary)
        return acted.answer()

    async def _undo(self, meaning: Undo) -> ChatAnswer:
        """Put devices back to their states of before, and do what was meant instead."""
        from wactorz_understanding.undoing import restore  # noqa: PLC0415  # brings the grammar with it

        if meaning.text:
            return self._errand.failed(meaning.text)
        back = restore(meaning, await self._acting.past(meaning.entity_ids, meaning.at))
        if isinstance(back, str) and not meaning.then:
            return self._errand.failed(back)
        calls = (*(back if not isinstance(back, str) else ()), *meaning.then)
        acted = await self._acting.perform(calls, "act", origin="person", summary=meaning.summary)
        return acted.answer()

    async def _question(self, meaning: Question) -> ChatAnswer:
        from wactorz_understanding.questions import answer  # noqa: PLC0415  # brings the grammar with it

        return ChatAnswer(text=answer(meaning, await self._acting.states(meaning.entity_ids)))

    async def _rule(self, text: str, meaning: RuleMeaning, prefix: Prefixed | None) -> ChatAnswer:
        if meaning.in_home_assistant or (prefix is not None and prefix.kind == "automation"):
            return await self._automations.create(text, meaning.draft)
        return await self._rulebook.make(text, meaning.draft)


def unknown_name(language: str, meaning: UnknownName) -> str:
    """Names what is not known and proposes the nearest."""
    labels = [choice.label for choice in meaning.suggestions]
    near = texts.say(language, "did_you_mean", names=texts.either(language, labels)) if labels else ""
    return " ".join(filter(None, (texts.say(language, "unknown_name", name=meaning.name), near)))
