"""What is remembered of a person: shown, added to in their own words, and forgotten."""

from wactorz_common.contracts import Nothing
from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.memory import Fact
from wactorz_common.contracts.notices import FORGET_SECRET, LIST_SECRETS, SecretEntry, SecretRef
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_common.secrecy import find
from wactorz_main import texts
from wactorz_main.errand import Errand
from wactorz_main.facts import owner_of
from wactorz_main.memory_sentences import key_of

_LONGEST = 500
_VAULT_SECONDS = 3.0
_REFERENCE = "secret:"


class Remembering:
    """What one message wants of the memory."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand
        self._owner = owner_of(errand.person, errand.place)

    async def command(self, arguments: tuple[str, ...]) -> ChatAnswer:
        """`/memory`, `/memory clear`, `/memory forget KEY`, `/memory remember WHAT`."""
        match arguments:
            case ():
                return await self._show()
            case ("clear",):
                return await self._clear()
            case ("forget", key):
                return await self._forget(key)
            case ("remember", _, *_):
                return await self._keep(" ".join(arguments[1:]))
            case _:
                return self._errand.failed(self._errand.say("memory_usage"))

    async def _show(self) -> ChatAnswer:
        errand = self._errand
        facts = errand.agent.facts.of(self._owner)
        summaries = await errand.agent.history.summaries(errand.place)
        zone = errand.agent.house.time_zone if errand.agent.house else ""
        parts = [
            errand.say("facts") if facts else errand.say("no_facts"),
            *(fact_line(one, zone) for one in facts),
            errand.say("summaries") if summaries else "",
            *(f"- {one}" for one in summaries),
            *await self._secrets(),
            errand.say("memory_usage"),
        ]
        return ChatAnswer(text=texts.lines(parts))

    async def _secrets(self) -> list[str]:
        try:
            kept = (await self._errand.ask(LIST_SECRETS, Nothing(), seconds=_VAULT_SECONDS)).secrets
        except (TransportError, TaskFailed):
            return [self._errand.say("no_vault")]
        return [self._errand.say("secrets"), *(secret_line(one) for one in kept)] if kept else []

    async def _keep(self, statement: str) -> ChatAnswer:
        errand = self._errand
        if find(statement):
            return errand.failed(errand.say("secret_unsealed"))
        if len(statement) > _LONGEST:
            return errand.failed(errand.say("fact_long", limit=_LONGEST))
        value = statement.rstrip(". ")
        fact = Fact(
            key=key_of(statement), value=value, source=errand.text[:200], person=errand.person,
            conversation_id=errand.request.conversation_id, at=errand.task.now(),
        )  # fmt: skip
        await errand.agent.facts.keep(self._owner, (fact,))
        return ChatAnswer(text=errand.say("fact_kept", what=value, name=fact.key))

    async def _clear(self) -> ChatAnswer:
        errand = self._errand
        await errand.agent.forget_person(self._owner, errand.place)
        return ChatAnswer(text=errand.say("forgotten_all"))

    async def _forget(self, key: str) -> ChatAnswer:
        errand = self._errand
        if key.startswith(_REFERENCE):
            return await self._forget_secret(key)
        found = await errand.agent.facts.forget(self._owner, key)
        return (
            ChatAnswer(text=errand.say("forgotten", name=key))
            if found
            else errand.failed(errand.say("no_fact", name=key))
        )

    async def _forget_secret(self, reference: str) -> ChatAnswer:
        end = await self._errand.submit(FORGET_SECRET, SecretRef(reference=reference), "forget-secret", seconds=10)
        if end.result is None:
            return self._errand.answer(end.state, end.error)
        return ChatAnswer(text=self._errand.say("forgotten", name=reference))


def fact_line(fact: Fact, time_zone: str) -> str:
    """One fact with its day and the words it was taken from."""
    day = texts.clock(fact.at, time_zone, "%Y-%m-%d")
    source = f' "{fact.source}"' if fact.source and fact.source.rstrip(". ") != fact.value else ""
    return f"- {fact.key}: {fact.value} ({day}{',' if source else ''}{source})"


def secret_line(entry: SecretEntry) -> str:
    """One secret by its reference."""
    return f"- {entry.reference} ({entry.kind}){f': {entry.note}' if entry.note else ''}"
