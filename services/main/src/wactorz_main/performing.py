"""Commands, carried out: the one table of who does what for each of them."""

from collections.abc import Awaitable, Callable

from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.tasks import TaskState
from wactorz_main import commands, texts, wording
from wactorz_main.allowed import needed
from wactorz_main.automations import Automations
from wactorz_main.commands import Typed
from wactorz_main.deeds import AUTOMATION
from wactorz_main.errand import Errand
from wactorz_main.fleet import Fleet
from wactorz_main.german import phrase
from wactorz_main.inquiry import Inquiry
from wactorz_main.nodekeeping import Nodekeeping
from wactorz_main.planbook import Planbook
from wactorz_main.remembering import Remembering
from wactorz_main.repairing import Repairing
from wactorz_main.rulebook import Rulebook
from wactorz_main.spending import Spending
from wactorz_main.traffic import Traffic
from wactorz_main.webhooks import Webhooks

_GERMAN_CHANGES = "entfern entferne lösch lösche pausier pausiere stopp stoppe"
_GERMAN_WORDS = f"bitte denk denke hilfe merk merke vergiss warum was weshalb wieso woran zeig zeige {_GERMAN_CHANGES}"
_GERMAN = frozenset(_GERMAN_WORDS.split())
"""First words of commands that are said in German."""

_CHANGES = f"bitte delete pause please remove resume stop {_GERMAN_CHANGES}"
_CHANGING = frozenset(_CHANGES.split())
"""First words of sentences that want a rule changed, for which its id must be named."""

Perform = Callable[[tuple[str, ...]], Awaitable[ChatAnswer]]


class Performing:
    """Carries out the command of one message."""

    def __init__(
        self, errand: Errand, fleet: Fleet, rulebook: Rulebook, automations: Automations, inquiry: Inquiry
    ) -> None:
        self._errand, self._agent = errand, errand.agent
        self._fleet, self._rulebook, self._automations, self._inquiry = fleet, rulebook, automations, inquiry
        self._webhooks, self._rest, self._word = Webhooks(errand), "", ""
        self._known = errand.agent.settings.known_languages

    async def perform(self, typed: Typed) -> ChatAnswer:
        """The answer to a command."""
        perform = self.table().get(typed.name)
        self._rest, self._word = typed.rest, typed.word.casefold()
        if typed.word.casefold() in _GERMAN and not self._errand.fixed_language and "de" in self._known:
            self._errand.language = "de"
        if perform is None:
            return self._errand.failed(commands.unknown(typed.word))
        right = needed(typed)
        refusal = self._errand.refusal(right) if right else ""
        return self._errand.failed(refusal) if refusal else await perform(typed.arguments)

    def table(self) -> dict[str, Perform]:
        """Who carries out each command, by its name."""
        fleet, inquiry, errand = self._fleet, self._inquiry, self._errand
        traffic, plans, spending = Traffic(errand), Planbook(errand), Spending(errand)
        nodes = Nodekeeping(errand, fleet)
        return {
            "help": self._help, "agents": fleet.agents, "registry": traffic.registry, "start": self._start,
            "delete": self._delete_agent, "nodes": nodes.command, "deploy": self._deploy, "migrate": fleet.migrate,
            "approvals": fleet.approvals, "approve": fleet.decide, "deny": fleet.decide, "rules": self._rules,
            "backtest": self._rulebook.backtest, "why": inquiry.why, "undo": self._undo, "plans": plans.command,
            "clear-plans": plans.clear, "automations": self._automations.command, "policy": inquiry.policy,
            "memory": self._memory, "webhook": self._webhooks.command, "notify": self._notify,
            "cost": spending.command, "topics": traffic.topics, "bus": traffic.bus, "mqtt": traffic.mqtt,
            "packages": self._packages, "artifacts": self._artifacts, "language": self._language,
            "stop": self._stop, "go": self._go, "repair": Repairing(errand).command,
        }  # fmt: skip

    async def _help(self, _arguments: tuple[str, ...]) -> ChatAnswer:
        return ChatAnswer(text=commands.help_text(self._errand.language))

    async def _rules(self, arguments: tuple[str, ...]) -> ChatAnswer:
        answer = await self._rulebook.command(arguments, self._rest)
        if arguments or self._word not in _CHANGING:
            return answer
        return self._errand.failed(texts.lines((self._errand.say("rule_unnamed"), answer.text)))

    async def _memory(self, arguments: tuple[str, ...]) -> ChatAnswer:
        return await Remembering(self._errand).command(arguments)

    async def _notify(self, arguments: tuple[str, ...]) -> ChatAnswer:
        return await self._webhooks.notify(self._rest or " ".join(arguments))

    async def _undo(self, arguments: tuple[str, ...]) -> ChatAnswer:
        """The last rule or change of an automation of this conversation, whichever came later."""
        if arguments and self._errand.text.startswith("/"):
            return self._errand.failed(self._errand.say("undo_usage"))
        place, deeds = self._errand.place, self._agent.deeds
        deed = deeds.last(place)
        if deed and not deed.startswith(AUTOMATION):
            answer = await self._rulebook.change("delete", deed)
        else:
            answer = await self._automations.undo(arguments)
        if answer.status == TaskState.DONE.value and deed:
            await deeds.drop(place, deed)
        return answer

    async def _packages(self, _arguments: tuple[str, ...]) -> ChatAnswer:
        return ChatAnswer(text=phrase(wording.PACKAGES))

    async def _artifacts(self, _arguments: tuple[str, ...]) -> ChatAnswer:
        return ChatAnswer(text=phrase(wording.ARTIFACTS))

    async def _deploy(self, arguments: tuple[str, ...]) -> ChatAnswer:
        return self._errand.failed(wording.deploy_text(arguments[0] if arguments else "NODE"))

    async def _language(self, arguments: tuple[str, ...]) -> ChatAnswer:
        errand, known = self._errand, self._agent.settings.known_languages
        code = arguments[0].casefold() if arguments else ""
        if not code:
            now = self._agent.sessions.language(errand.place) or "auto"
            return ChatAnswer(text=errand.say("languages", now=now, known=", ".join(known)))
        if code != "auto" and code not in known:
            return errand.failed(errand.say("language_unknown", code=code[:20], known=", ".join(known)))
        self._agent.sessions.set_language(errand.place, "" if code == "auto" else code)
        errand.language = errand.language if code == "auto" else code
        return ChatAnswer(text=errand.say("language_auto" if code == "auto" else "language_set"))

    async def _stop(self, arguments: tuple[str, ...]) -> ChatAnswer:
        if not arguments:  # whoever takes messages in stops answers; when it comes so far there was none
            return self._errand.failed(self._errand.say("nothing_runs"))
        if arguments[0] != "all":
            return await self._fleet.manage("stop", " ".join(arguments))
        return await self._order(halted=True)

    async def _go(self, _arguments: tuple[str, ...]) -> ChatAnswer:
        return await self._order(halted=False)

    async def _order(self, *, halted: bool) -> ChatAnswer:
        errand = self._errand
        by = errand.person or errand.request.user
        return await self._agent.halting.order(errand.task, halted=halted, by=by, language=errand.language)

    async def _start(self, arguments: tuple[str, ...]) -> ChatAnswer:
        if not arguments:
            return self._errand.failed(phrase("Type /start NAME."))
        return await self._fleet.manage("start", " ".join(arguments))

    async def _delete_agent(self, arguments: tuple[str, ...]) -> ChatAnswer:
        if not arguments:
            return self._errand.failed(phrase("Type /delete NAME; for a rule /rules delete ID."))
        return await self._fleet.manage("delete", " ".join(arguments))
