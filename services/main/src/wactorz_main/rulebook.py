"""Rules: made, listed, approved, held, granted, deleted and tried on the past."""

import re
from dataclasses import dataclass

from wactorz_common.contracts import Nothing
from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.policy import REVOKE_GRANT, RevokeGrant
from wactorz_common.contracts.rules import (
    APPROVE_RULE,
    BACKTEST,
    CREATE_RULE,
    DELETE_RULE,
    EDIT_RULE,
    EXPORT_RULES,
    GRANT_RULE,
    IMPORT_RULES,
    LIST_FIRINGS,
    LIST_RULES,
    PAUSE_RULE,
    RESUME_RULE,
    SHOW_RULE,
    Backtest,
    CreateRule,
    EditRule,
    FiringQuery,
    RuleDraft,
    RuleRef,
    RuleResult,
    RuleText,
)
from wactorz_common.contracts.tasks import TaskState
from wactorz_main import texts, wording
from wactorz_main.allowed import RULES
from wactorz_main.errand import WAITING, Errand
from wactorz_main.german import phrase
from wactorz_understanding.meaning import RuleMeaning

USAGE = (
    "Type /rules, or /rules show, approve, pause, resume, grant, revoke or delete with the ID of a rule; "
    "/rules edit ID WHAT changes one, /rules export and /rules import YAML carry them as a file."
)
_BACKTEST_USAGE = (
    "Type /backtest RULE_ID [DAYS], or a rule in words: /backtest when the hall motion sensor detects motion, turn on "
    "the hall light, 14 days."
)
_UNREADABLE = (
    "I can try only a rule that I can read without a model, so nothing was tried. Say trigger and action plainly, for "
    "example: /backtest when the kitchen temperature goes above 28 degrees, turn on the fan, 7 days."
)
_IMPORT_USAGE = "Type /rules import and the rules as YAML after it, as /rules export shows them."
_EDIT_USAGE = "Type /rules edit ID and what the rule shall do after it, in words or as YAML as /rules show ID shows it."
_DOCUMENT = re.compile(
    r"^(?:---|\{|(?:id|rule_id|task|trigger|draft|rule|version|actions|conditions|when|if|do):)", re.MULTILINE
)
_FENCE = re.compile(r"^```[a-z]*\s*\n(.*?)\n?```$", re.DOTALL)
_WRITE_SECONDS = 30.0
_CHANGES = {
    "approve": APPROVE_RULE, "delete": DELETE_RULE, "remove": DELETE_RULE, "pause": PAUSE_RULE, "resume": RESUME_RULE,
    "grant": GRANT_RULE,
}  # fmt: skip
_SHOWN_FIRINGS = 5
_CHANGE_SECONDS, _GRANT_SECONDS = 10.0, 30.0
_MOST_DAYS = 31.0
_RULE_ID = re.compile(r"^[0-9a-f]{8}$", re.IGNORECASE)
_DAYS = re.compile(
    r"[,;]?\s*(?:(?:over|in|for) (?:the )?(?:last |past )?)?(\d{1,3}(?:\.\d+)?)\s*(?:d|days?|Tage?n?)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Trial:
    """What shall be tried on the past: a rule that is kept, or a sentence."""

    rule_id: str = ""
    sentence: str = ""
    days: float = 7.0


def read_trial(arguments: tuple[str, ...]) -> Trial | None:
    """Read the arguments of /backtest; None when there are none."""
    if not arguments:
        return None
    text, days = " ".join(arguments), 7.0
    if _RULE_ID.match(arguments[0]):
        number = _DAYS.search(f" {' '.join(arguments[1:])} days") if len(arguments) > 1 else None
        number = number or _DAYS.search(text)
        return Trial(rule_id=arguments[0].lower(), days=_bounded(number[1]) if number else days)
    found = _DAYS.search(text)
    if found is not None:
        text, days = text[: found.start()].rstrip(" ,;"), _bounded(found[1])
    return Trial(sentence=text, days=days) if text else None


class Rulebook:
    """What one message wants of the rules."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand

    async def command(self, arguments: tuple[str, ...], rest: str = "") -> ChatAnswer:
        """`/rules` with its verbs; `rest` is what follows /rules as it was typed, with its lines."""
        match arguments:
            case ():
                rules = await self._errand.ask(LIST_RULES, Nothing())
                return ChatAnswer(text=wording.rules_text(rules.rules))
            case ("show", rule_id):
                return await self._show(rule_id)
            case ("revoke", rule_id):
                return await self._revoke(rule_id)
            case (("export" | "import" | "edit" | "change"), *_):
                return await self._file(arguments, rest or " ".join(arguments))
            case (verb, rule_id) if verb in _CHANGES:
                return await self.change(verb, rule_id)
            case _:
                return self._errand.failed(phrase(USAGE))

    async def _file(self, arguments: tuple[str, ...], rest: str) -> ChatAnswer:
        """`/rules export`, `/rules import YAML`, `/rules edit ID WHAT`."""
        if arguments[0] == "export":
            found = await self._errand.ask(EXPORT_RULES, Nothing())
            return ChatAnswer(text=texts.lines((found.text, found.yaml.strip())))
        if arguments[0] == "import":
            yaml = unfenced(rest.partition("import")[2])
            return await self._import(yaml) if yaml else self._errand.failed(phrase(_IMPORT_USAGE))
        words = rest.split(maxsplit=2)
        if len(words) < 3:  # noqa: PLR2004  # the verb, the id and what it shall be
            return self._errand.failed(phrase(_EDIT_USAGE))
        return await self._edit(words[1].lower(), unfenced(words[2]))

    async def _import(self, yaml: str) -> ChatAnswer:
        end = await self._errand.submit(IMPORT_RULES, RuleText(yaml=yaml), "import", seconds=_WRITE_SECONDS)
        if end.result is None:
            return self._errand.answer(end.state, end.error)
        status = end.state if end.result.rule_ids or not end.result.problems else TaskState.FAILED
        told = [f"- {one}" for one in end.result.problems if one not in end.result.text]
        return ChatAnswer(text=texts.lines((end.result.text, *told)), status=status.value)

    async def _edit(self, rule_id: str, what: str) -> ChatAnswer:
        """Change a rule by YAML, by a sentence that the grammar reads, or else by one that a model fills in."""
        wish = EditRule(rule_id=rule_id, sentence=what[:2_000])
        if is_yaml(what):
            wish = EditRule(rule_id=rule_id, yaml=what[:20_000])
        else:
            meaning = await self._errand.agent.read(what, self._errand.fixed_language)
            if isinstance(meaning, RuleMeaning):
                wish = EditRule(rule_id=rule_id, draft=meaning.draft, sentence=what[:2_000])
        end = await self._errand.submit(EDIT_RULE, wish, "edit")
        if end.result is None:
            return self._errand.answer(end.state, end.error)
        return await self._told(end.state, end.result)

    async def change(self, verb: str, rule_id: str, *, declined: bool = False) -> ChatAnswer:
        """Approve, pause, resume, grant or delete a rule; `declined` says no to what is proposed only."""
        verb = "delete" if verb == "remove" else verb
        end = await self._errand.submit(
            _CHANGES[verb], RuleRef(rule_id=rule_id, declined=declined), verb, seconds=30 if verb == "grant" else 10
        )
        if end.result is None:
            return self._errand.answer(end.state, end.error)
        return await self._told(end.state, end.result)

    async def create(self, text: str, draft: RuleDraft | None, step: str) -> tuple[RuleResult | None, str]:
        """Have a rule made; the rule, or None, and what to say about it."""
        errand = self._errand
        refusal = errand.refusal(RULES)
        if refusal:
            return None, refusal
        request = CreateRule(
            task=text[:2000],
            draft=draft,
            conversation_id=errand.conversation,
            language=errand.language[:20],
            chat_id=errand.request.chat_id,
        )
        end = await self._errand.submit(CREATE_RULE, request, step)
        if end.result is None:
            return None, end.error or texts.ended(self._errand.language, end.state)
        await self._await_answer(end.result)
        if end.result.existed:  # not made here: an undo must not take it away
            return end.result, end.result.text
        await errand.agent.deeds.note(errand.place, end.result.rule.rule_id)
        return end.result, preview(end.result, errand.say("undo_rule"))

    async def make(self, text: str, draft: RuleDraft | None) -> ChatAnswer:
        """Have a rule made for a person."""
        result, said = await self.create(text, draft, "rule")
        if result is None:
            return ChatAnswer(text=said, source="rules" if draft else "local", status="failed")
        return ChatAnswer(
            text=said, source=result.source, cost_usd=result.cost_usd, approval_id=result.approval_id,
            status=WAITING if result.approval_id or result.rule.status == "proposed" else TaskState.DONE.value,
        )  # fmt: skip

    async def backtest(self, arguments: tuple[str, ...]) -> ChatAnswer:
        """`/backtest RULE_ID [DAYS]` or `/backtest SENTENCE[, N days]`."""
        trial = read_trial(arguments)
        if trial is None:
            return self._errand.failed(phrase(_BACKTEST_USAGE))
        draft = None
        if trial.sentence:
            meaning = await self._errand.agent.read(trial.sentence, self._errand.fixed_language)
            if not isinstance(meaning, RuleMeaning):
                return self._errand.failed(phrase(_UNREADABLE))
            draft = meaning.draft
        wish = Backtest(rule_id=trial.rule_id, draft=draft, days=trial.days)
        report = await self._errand.ask(
            BACKTEST, wish, seconds=min(BACKTEST.timeout, self._errand.limit(BACKTEST.timeout))
        )
        return ChatAnswer(text=report.text)

    async def _show(self, rule_id: str) -> ChatAnswer:
        kept = await self._errand.ask(SHOW_RULE, RuleRef(rule_id=rule_id.lower()))
        found = await self._errand.ask(LIST_FIRINGS, FiringQuery(rule_id=kept.rule.rule_id, limit=_SHOWN_FIRINGS))
        zone = self._errand.agent.house.time_zone if self._errand.agent.house else ""
        return ChatAnswer(text=texts.lines((wording.rule_text(kept.rule, found.firings, zone), kept.yaml.strip())))

    async def _revoke(self, rule_id: str) -> ChatAnswer:
        """Take a standing yes away, which anybody may."""
        wish = RevokeGrant(rule_id=rule_id.lower(), by=self._errand.person or self._errand.request.user)
        end = await self._errand.submit(REVOKE_GRANT, wish, "revoke", seconds=_CHANGE_SECONDS)
        if end.result is None:
            return self._errand.answer(end.state, end.error)
        return ChatAnswer(text=f"What rule {rule_id} opens is asked about each time from now on.")

    async def _told(self, state: TaskState, result: RuleResult) -> ChatAnswer:
        await self._await_answer(result)
        return ChatAnswer(
            text=result.text, status=WAITING if result.approval_id else state.value, approval_id=result.approval_id
        )

    async def _await_answer(self, result: RuleResult) -> None:
        memory, place = self._errand.agent.memory, self._errand.place
        if result.approval_id:
            await memory.ask_approval(place, result.approval_id)
        elif result.rule.status == "proposed":
            await memory.propose(place, result.rule.rule_id)


def preview(result: RuleResult, undo: str) -> str:
    """What was made: in words, as YAML, and how it is taken back when it runs already."""
    yaml = "" if result.yaml.strip() in result.text else result.yaml.strip()
    runs = result.rule.status == "active" and not result.approval_id
    return texts.lines((result.text, yaml, undo if runs and "/undo" not in result.text else ""))


def is_yaml(text: str) -> bool:
    """Whether a text is a rule as a document, not a sentence."""
    return _DOCUMENT.match(text) is not None


def unfenced(text: str) -> str:
    """A document without the fence that chats put around it."""
    plain = text.strip()
    fenced = _FENCE.match(plain)
    return fenced[1].strip("\n") if fenced else plain


def _bounded(days: str) -> float:
    return min(_MOST_DAYS, max(0.01, float(days)))
