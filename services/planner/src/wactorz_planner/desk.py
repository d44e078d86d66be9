"""The desk where people make, change and ask about rules."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from wactorz_common.approvals import in_each_language
from wactorz_common.contracts.home import House
from wactorz_common.contracts.policy import Grant, GrantResult
from wactorz_common.contracts.rules import CreateRule, Rule, RuleDraft, RuleRef, RuleResult
from wactorz_common.errors import NotThere, Refused
from wactorz_common.handlers import Task
from wactorz_common.language import chosen_language, language, speak, speaking
from wactorz_planner import files, following, validation, wording
from wactorz_planner.authoring import Written
from wactorz_planner.german import phrase
from wactorz_planner.hands import Hands
from wactorz_planner.rulebook import KeptRule, RuleBook
from wactorz_planner.watch import Watch

Write = Callable[[str, House, Task, CreateRule | None], Awaitable[Written]]
"""Has a model write a rule of a sentence."""

LookAt = Callable[[tuple[str, ...]], Awaitable[bool]]
"""Reads the live state of entities."""

AskGrant = Callable[[Grant, Task], Awaitable[GrantResult]]
"""Asks the actuator for a standing yes."""


Revoke = Callable[[str], object]
"""Has the standing yes of a rule taken away, in the background."""

Read = Callable[[str, str], Awaitable[RuleDraft | None]]
"""Has the grammar read a sentence in a language; None when it reads no rule, or nobody answers."""

KnownAgents = Callable[[], Awaitable[frozenset[str] | None]]
"""The agents that there are; None when nobody tells."""

Places = Callable[[], Awaitable[tuple[str, ...] | None]]
"""The places that notices can go to, the usual one first; None when nobody tells."""


KnownHouse = Callable[[], House | None]
"""The house, as far as it is known."""


async def _nobody_reads(_sentence: str, _language: str) -> RuleDraft | None:
    return None


async def _nobody_tells() -> None:
    return None


@dataclass(frozen=True)
class Outside:
    """What the desk needs of others."""

    write: Write
    look_at: LookAt
    ask_grant: AskGrant
    revoke: Revoke
    read: Read = _nobody_reads
    agents: KnownAgents = _nobody_tells
    places: Places = _nobody_tells
    house: KnownHouse = lambda: None


class Desk:
    """Makes and changes rules; `most` is how many there may be."""

    def __init__(self, book: RuleBook, watch: Watch, hands: Hands, outside: Outside, most: int) -> None:
        self._book, self._watch, self._hands, self._outside = book, watch, hands, outside
        self.most = most

    def told(self, rule: Rule) -> Rule:
        """A rule in the language of whoever asks."""
        return wording.told(rule, self._outside.house())

    def _result(self, rule: Rule, tell: Callable[[Rule], str]) -> RuleResult:
        told = self.told(rule)
        return RuleResult(rule=told, text=tell(told))

    def existing(self, request: CreateRule, task: Task) -> RuleResult | None:
        """The answer for a sentence that is a rule already."""
        speak(request.language)
        kept = next((one for one in self._book.rules.values() if one.made_by == task.id), None)
        kept = kept or self._said_so(request.task)
        if kept is None:
            if len(self._book.rules) >= self.most:
                raise Refused(
                    phrase(
                        "There are {rules} rules already. Delete one first: /rules lists them.",
                        rules=len(self._book.rules),
                    )
                )
            return None
        mine = kept.made_by == task.id
        told = self.told(kept.rule)
        return RuleResult(rule=told, text=wording.created(told) if mine else wording.exists(told), existed=not mine)

    def _said_so(self, sentence: str) -> KeptRule | None:
        """The rule of a sentence, unless it was changed since and says something else now."""
        said = validation.rule_id_of(sentence)
        kept = self._book.rules.get(said)
        return kept if kept is not None and validation.rule_id_of(kept.rule.task) == said else None

    def _free_id(self, sentence: str) -> str:
        """The id of a sentence, or another one where a rule that was changed since has it."""
        ids = (validation.rule_id_of(f"{sentence} {number}".strip()) for number in ("", *range(2, self.most + 3)))
        return next(one for one in ids if one not in self._book.rules)

    async def create(self, request: CreateRule, house: House, task: Task) -> RuleResult:
        """Make a rule: of a grammar's draft at once, of a model's or of a risky one as a proposal."""
        speak(request.language)
        written = await self._written(request, house, task)
        twin = next((kept for kept in self._book.in_order() if kept.rule.draft == written.draft), None)
        if twin is not None:
            same = self.told(twin.rule)
            return RuleResult(rule=same, text=wording.exists(same), cost_usd=written.cost_usd or None, existed=True)
        rule = _make_rule(self._free_id(request.task), request, written, house)
        if not request.preview:
            rule = await self.add(KeptRule(rule, made_by=task.id))
        told = wording.previewed(rule) if request.preview else wording.created(rule)
        return RuleResult(
            rule=rule, text="\n".join([told, *await self.missing_places(rule.draft)]), source=written.source,
            cost_usd=written.cost_usd or None, yaml=files.write_draft(rule.draft, rule.task, rule.rule_id),
        )  # fmt: skip

    async def add(self, kept: KeptRule) -> Rule:
        """Take a new rule in and let it look at what is known."""
        watched, rule_id = kept.rule.draft.watched, kept.rule.rule_id
        if watched and watched not in self._watch.readings:
            await self._outside.look_at((watched,))
        if rule_id in self._book.rules:
            return self._book.rules[rule_id].rule
        self._watch.begin(kept, made=True)
        await self._book.add(kept)
        self._watch.reindex()
        self._watch.look_at_once(kept)
        return kept.rule

    async def problems_of(self, draft: RuleDraft, house: House) -> list[str]:
        """Everything that is wrong with a draft, also with the agents that it names."""
        agents = await self._outside.agents() if draft.tasks else None
        return validation.problems_of(draft, house, agents)

    async def missing_places(self, draft: RuleDraft) -> list[str]:
        """What a person must still tell, so that notices can arrive."""
        places = await self._outside.places() if draft.notices else None
        if places is None:
            return []
        return list(dict.fromkeys(filter(None, (wording.without_place(one.target, places) for one in draft.notices))))

    async def _written(self, request: CreateRule, house: House, task: Task) -> Written:
        """A draft that fits the house, or Refused; one that a model wrote opens nothing."""
        if request.draft is None:
            return await self.by_model(request.task, house, task, request)
        problems = await self.problems_of(request.draft, house)
        if problems:
            raise Refused(" ".join(problems))
        return Written(request.draft, "", source="rules")

    async def by_model(self, sentence: str, house: House, task: Task, asked: CreateRule | None = None) -> Written:
        """A draft that a model wrote; Refused when it does not fit the house, or would open anything."""
        written = await self._outside.write(sentence, house, task, asked)
        if written.draft is None or written.problem:
            raise Refused(written.problem)
        problems = await self.problems_of(written.draft, house)
        if problems:
            raise Refused(" ".join(problems))
        danger = validation.danger_of(written.draft, house)
        if danger:
            raise Refused(
                phrase(
                    "I did not make that rule: {danger}, and a model had to read the sentence for me, which must never "
                    "open anything. Say it plainly, for example: when the hall motion sensor detects motion, unlock "
                    "the front door.",
                    danger=danger,
                )
            )
        return written

    async def approve(self, request: RuleRef, house: House | None) -> RuleResult:
        """Activate a proposed rule, if it still fits the house."""
        kept = self.named(request.rule_id)
        if kept.rule.status != "proposed":
            state = phrase(kept.rule.status)
            text = phrase("Rule {rule_id} is {state} already.", rule_id=kept.rule.rule_id, state=state)
            return RuleResult(rule=self.told(kept.rule), text=text)
        self._check(kept, house)
        await self._activate(kept, made=True, note="")
        return self._result(kept.rule, wording.created)

    async def pause(self, request: RuleRef) -> RuleResult:
        """Hold a rule until it is resumed."""
        kept = self.named(request.rule_id)
        if kept.rule.status == "proposed":
            raise Refused(
                phrase("Rule {rule_id} is only proposed, so there is nothing to pause.", rule_id=kept.rule.rule_id)
            )
        if kept.rule.paused_by != "person" or kept.rule.status != "paused":
            kept.update(status="paused", paused_by="person", paused_at=time.time(), note="a person paused it")
            await self._book.save(kept)
            self._watch.reindex()
        return self._result(kept.rule, wording.paused)

    async def resume(self, request: RuleRef, house: House | None) -> RuleResult:
        """Let a paused rule go on; what holds already does not fire it."""
        kept = self.named(request.rule_id)
        if kept.rule.status == "proposed":
            raise Refused(
                phrase(
                    "Rule {rule_id} is only proposed. To start it: /rules approve {rule_id}", rule_id=kept.rule.rule_id
                )
            )
        if kept.rule.status == "paused":
            self._check(kept, house)
            self._hands.forgive(kept.rule.rule_id)
            await self._activate(kept, made=False, note="a person let it go on")
        return self._result(kept.rule, wording.resumed)

    async def grant(self, request: RuleRef, house: House | None, task: Task) -> RuleResult:
        """Ask for a standing yes to what a rule opens."""
        kept = self.named(request.rule_id)
        if not (validation.danger_of(kept.rule.draft, house) if house is not None else kept.rule.opens):
            return self._result(kept.rule, wording.needs_no_grant)
        draft, told = kept.rule.draft, dict[str, str]()
        if house is not None:
            told = in_each_language(lambda: wording.describe(draft, house, language()))
        grant = Grant(rule_id=kept.rule.rule_id, calls=draft.actions, summary=kept.rule.summary, summaries=told)
        answer = await self._outside.ask_grant(grant, task)
        if answer.status == "granted" and not kept.rule.granted:
            kept.update(granted=True)
            await self._book.save(kept)
        return RuleResult(rule=self.told(kept.rule), text=answer.text, approval_id=answer.approval_id)

    async def take_grants(self, granted: frozenset[str]) -> None:
        """Mark the rules that have a standing yes."""
        for kept in self._book.in_order():
            if kept.rule.granted != (kept.rule.rule_id in granted):
                kept.update(granted=kept.rule.rule_id in granted)
                await self._book.save(kept)

    async def delete(self, rule_id: str) -> Rule:
        """Forget a rule; it never fires again."""
        rule = self.named(rule_id).rule
        await self._book.remove(rule.rule_id)
        self._watch.reindex()
        if rule.opens:
            self._outside.revoke(rule.rule_id)
        return rule

    async def follow(self, house: House) -> list[str]:
        """Take in a registry: rules follow new entity ids, pause for what is gone, go on when it is back.

        Returns what people should be told.
        """
        told = []
        for kept in self._book.in_order():
            await asyncio.sleep(0)  # many rules in a large house take a while
            with speaking(kept.rule.language):
                told += await self._follow(kept, house)
        self._watch.reindex()
        return told

    async def _follow(self, kept: KeptRule, house: House) -> list[str]:
        told = []
        names = following.renamed(kept.rule.draft, kept.rule.registry_ids, house)
        if names:
            told.append(await self._rename(kept, names, house))
        gone = validation.missing(kept.rule.draft, house)
        if gone and kept.rule.status == "active":
            note = phrase("{gone} is no longer in the home", gone=", ".join(gone))
            kept.update(status="paused", paused_by="missing", paused_at=time.time(), note=note)
            await self._book.save(kept)
            told.append(
                phrase(
                    "Rule {rule_id} ({task}) is paused: {note}",
                    rule_id=kept.rule.rule_id,
                    task=kept.rule.task,
                    note=note,
                )
            )
        elif not gone and kept.rule.status == "paused" and kept.rule.paused_by in ("", "missing"):
            await self._activate(kept, made=False, note="its entities are back")
            told.append(
                phrase(
                    "Rule {rule_id} ({task}) goes on: its entities are back",
                    rule_id=kept.rule.rule_id,
                    task=kept.rule.task,
                )
            )
        await self._learn(kept, house)
        return told

    async def _rename(self, kept: KeptRule, names: dict[str, str], house: House) -> str:
        for old, new in names.items():
            self._watch.rename(old, new)
            self._hands.rename(old, new)
        draft = following.rewrite(kept.rule.draft, names)
        said = phrase(" and ").join(phrase("{old} is {new} now", old=old, new=new) for old, new in names.items())
        if kept.rule.opens:
            self._outside.revoke(kept.rule.rule_id)
            said += phrase(", and it asks each time again") if kept.rule.granted else ""
        words = wording.describe(draft, house, kept.rule.language)
        kept.update(draft=draft, note=phrase("renamed: {said}", said=said), granted=False, summary=words,
                    registry_ids=following.registry_ids(draft, house))  # fmt: skip
        await self._book.save(kept)
        return phrase(
            "Rule {rule_id} ({task}) follows: {said}", rule_id=kept.rule.rule_id, task=kept.rule.task, said=said
        )

    async def _learn(self, kept: KeptRule, house: House) -> None:
        """Remember the registry ids of what is there now; of what is gone, the last known ones."""
        ids = {**kept.rule.registry_ids, **following.registry_ids(kept.rule.draft, house)}
        opens = validation.danger_of(kept.rule.draft, house)
        if ids != kept.rule.registry_ids or opens != kept.rule.opens:
            kept.update(registry_ids=ids, opens=opens)
            await self._book.save(kept)

    async def _activate(self, kept: KeptRule, *, made: bool, note: str) -> None:
        kept.update(status="active", paused_by="", paused_at=None, note=note, before=None)
        self._watch.begin(kept, made=made)
        await self._book.save(kept)
        self._watch.reindex()
        if made:
            self._watch.look_at_once(kept)

    def _check(self, kept: KeptRule, house: House | None) -> None:
        problems = validation.problems_of(kept.rule.draft, house) if house else []
        if problems:
            raise Refused(
                phrase(
                    "Rule {rule_id} no longer fits the home: {problems}",
                    rule_id=kept.rule.rule_id,
                    problems=" ".join(problems),
                )
            )

    def named(self, rule_id: str) -> KeptRule:
        """A rule by its id; NotThere when there is none."""
        kept = self._book.rules.get(rule_id.strip().casefold())
        if kept is None:
            raise NotThere(phrase("There is no rule {rule_id}. /rules lists them.", rule_id=rule_id))
        return kept


def _make_rule(rule_id: str, request: CreateRule, written: Written, house: House) -> Rule:
    draft: RuleDraft | None = written.draft
    if draft is None:
        raise Refused(written.problem)
    opens = validation.danger_of(draft, house)
    return Rule(
        rule_id=rule_id, task=request.task, draft=draft, created_at=time.time(),
        status="proposed" if request.draft is None or opens else "active",
        summary=wording.describe(draft, house, request.language), opens=opens,
        language=request.language or chosen_language(), registry_ids=following.registry_ids(draft, house),
    )  # fmt: skip
