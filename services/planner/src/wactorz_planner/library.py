"""Rules as people look at them, change them, and carry them from house to house."""

import asyncio
import re
import time
from dataclasses import dataclass, field

from wactorz_common.contracts.home import House
from wactorz_common.contracts.rules import EditRule, Rule, RuleBefore, RuleDraft, RuleFile, RuleResult, RuleText
from wactorz_common.errors import Refused
from wactorz_common.handlers import Task
from wactorz_common.language import chosen_language
from wactorz_planner import files, following, outcomes, validation, wording
from wactorz_planner.authoring import Source
from wactorz_planner.desk import Desk, Outside
from wactorz_planner.files import RuleDocument
from wactorz_planner.german import phrase
from wactorz_planner.rulebook import KeptRule, RuleBook
from wactorz_planner.watch import Watch
from wactorz_planner.yaml_text import YamlProblem

LONGEST_FILE = 800_000
"""Characters of a file that fits into a message."""

_RULE_ID = re.compile(r"^[0-9a-f]{8}$")


@dataclass
class _Taken:
    known: dict[bytes, str] = field(default_factory=dict)
    """Rules by what they say."""

    made: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    proposed: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class Library:
    """Shows, changes, exports and imports rules; `most` is how many there may be."""

    def __init__(self, book: RuleBook, watch: Watch, desk: Desk, outside: Outside) -> None:
        self._book, self._watch, self._desk, self._outside = book, watch, desk, outside

    def show(self, rule_id: str, told_at: str) -> RuleResult:
        """One rule in words and as YAML; `told_at` is when it last fired, in words."""
        rule = self._desk.told(self._desk.named(rule_id).rule)
        state = {
            "active": phrase("It is active"), "proposed": phrase("It waits for a yes"),
            "paused": phrase("It is paused: {note}", note=outcomes.told(rule.note)),
        }[rule.status]  # fmt: skip
        fired = phrase("It has not acted yet.")
        if told_at:
            fired = phrase("It has acted {count} times, last {at}.", count=rule.firings, at=told_at)
        text = phrase(
            "Rule {rule_id}: {summary} {state}. {fired}",
            rule_id=rule.rule_id, summary=rule.summary or rule.task, state=state.rstrip("."), fired=fired,
        )  # fmt: skip
        return RuleResult(rule=rule, text=text, yaml=_yaml(rule))

    async def edit(self, request: EditRule, house: House, task: Task) -> RuleResult:
        """Change a rule; one that a model wrote, or that opens something, waits for a yes."""
        kept = self._desk.named(request.rule_id)
        draft, sentence, source, cost = await self._wanted(kept, request, house, task)
        problems = await self._desk.problems_of(draft, house)
        if problems:
            raise Refused(
                phrase(
                    "Rule {rule_id} stays as it is: {problems}", rule_id=kept.rule.rule_id, problems=" ".join(problems)
                )
            )
        if draft != kept.rule.draft or sentence != kept.rule.task:
            await self._change(kept, draft, sentence, house, ask=source != "rules")
            self._watch.reindex()
        rule = self._desk.told(kept.rule)
        told = [wording.changed(rule), *await self._desk.missing_places(draft)]
        return RuleResult(
            rule=rule, text=" ".join(told), source=source, cost_usd=cost or None,
            yaml=_yaml(kept.rule),
        )  # fmt: skip

    async def _wanted(
        self, kept: KeptRule, request: EditRule, house: House, task: Task
    ) -> tuple[RuleDraft, str, Source, float]:
        """What a rule shall say, its sentence, who wrote it, and what that cost."""
        if sum(map(bool, (request.draft, request.yaml, request.sentence and not request.draft))) != 1:
            raise Refused(phrase("Say what the rule shall be: as YAML, or as a sentence."))
        if request.draft is not None:
            return request.draft, request.sentence or kept.rule.task, "rules", 0.0
        if request.yaml:
            document = await asyncio.to_thread(_only, request.yaml)
            return document.draft, document.task or kept.rule.task, "rules", 0.0
        draft = await self._outside.read(request.sentence, kept.rule.language)
        if draft is not None:
            return draft, request.sentence, "rules", 0.0
        written = await self._desk.by_model(request.sentence, house, task)
        if written.draft is None:
            raise Refused(written.problem)
        return written.draft, request.sentence, written.source, written.cost_usd

    async def _change(self, kept: KeptRule, draft: RuleDraft, sentence: str, house: House, *, ask: bool) -> None:
        rule, opens = kept.rule, validation.danger_of(draft, house)
        if rule.opens:
            self._outside.revoke(rule.rule_id)
        status = "proposed" if rule.status == "proposed" or ask or opens else rule.status
        kept.update(
            draft=draft, task=sentence, opens=opens, granted=False, status=status, note="a person changed it",
            before=_before(rule) if status == "proposed" else None,
            summary=wording.describe(draft, house, rule.language), registry_ids=following.registry_ids(draft, house),
        )  # fmt: skip
        if draft.watched and draft.watched not in self._watch.readings:
            await self._outside.look_at((draft.watched,))
        self._watch.begin(kept)
        await self._book.save(kept)

    async def decline(self, kept: KeptRule) -> RuleResult:
        """Take back a change that a person said no to; the rule is again what it was."""
        before = kept.rule.before
        if before is None:
            rule = self._desk.told(kept.rule)
            return RuleResult(rule=rule, text=wording.unchanged(rule))
        kept.update(
            draft=before.draft, task=before.task, status=before.status, summary=before.summary, opens=before.opens,
            registry_ids=before.registry_ids, granted=False, before=None, note="a person took a change back",
        )  # fmt: skip
        self._watch.begin(kept)
        await self._book.save(kept)
        self._watch.reindex()
        rule = self._desk.told(kept.rule)
        return RuleResult(rule=rule, text=wording.declined(rule))

    async def export(self) -> RuleFile:
        """All rules as one file."""
        rules = [kept.rule for kept in self._book.in_order()]
        text = await asyncio.to_thread(files.write_rules, rules)
        problems: tuple[str, ...] = ()
        if len(text) > LONGEST_FILE:
            share = LONGEST_FILE / len(text)
            rules, left = rules[: int(len(rules) * share * 0.9)], rules[int(len(rules) * share * 0.9) :]
            text = await asyncio.to_thread(files.write_rules, rules)
            problems = tuple(
                phrase("{rule_id} is left out: the file would be too large", rule_id=rule.rule_id) for rule in left
            )
        said = phrase("1 rule.") if len(rules) == 1 else phrase("{count} rules.", count=len(rules))
        if problems:
            said = phrase("{said} {problems} more do not fit into one file.", said=said, problems=len(problems))
        return RuleFile(
            yaml=text, text=said,
            rule_ids=tuple(rule.rule_id for rule in rules), problems=problems,
        )  # fmt: skip

    async def take_in(self, request: RuleText, house: House, task: Task) -> RuleFile:
        """Make rules of a file; what is wrong with one keeps no other out, and nothing is deleted."""
        documents = await asyncio.to_thread(lambda: list(files.read_rules(request.yaml)))
        taken = _Taken({kept.rule.draft.encode(): rule_id for rule_id, kept in self._book.rules.items()})
        for document in documents:
            if isinstance(document, YamlProblem):
                taken.problems.append(str(document))
            else:
                await self._take(document, house, task, taken)
        self._watch.reindex()
        rule_ids = (*taken.made, *taken.changed, *taken.same)
        rules = [self._book.rules[rule_id].rule for rule_id in rule_ids]
        text = await asyncio.to_thread(files.write_rules, rules)
        return RuleFile(yaml=text, text=_told(taken), rule_ids=rule_ids, problems=tuple(taken.problems))

    async def _take(self, document: RuleDocument, house: House, task: Task, taken: _Taken) -> None:
        sentence = document.task or wording.describe(document.draft, house)
        rule_id = document.rule_id if _RULE_ID.match(document.rule_id) else validation.rule_id_of(sentence)
        problems = await self._desk.problems_of(document.draft, house)
        kept = self._book.rules.get(rule_id)
        if problems:
            taken.problems.append(
                phrase(
                    "line {line} ({sentence}): {problems}",
                    line=document.line,
                    sentence=sentence[:80],
                    problems=" ".join(problems),
                )
            )
        elif kept is not None and kept.rule.draft != document.draft:
            await self._change(kept, document.draft, sentence, house, ask=False)
            taken.changed.append(rule_id)
        elif (same := kept or self._twin(document, taken)) is not None:
            new = kept is not None and kept.made_by == task.id
            (taken.made if new else taken.same).append(same.rule.rule_id)
        elif len(self._book.rules) >= self._desk.most:
            taken.problems.append(
                phrase(
                    "line {line} ({sentence}): there are {most} rules already",
                    line=document.line,
                    sentence=sentence[:80],
                    most=self._desk.most,
                )
            )
        else:
            await self._add(rule_id, sentence, document, house, task)
            taken.made.append(rule_id)
            taken.known[document.draft.encode()] = rule_id
        if rule_id in self._book.rules and self._book.rules[rule_id].rule.status == "proposed":
            taken.proposed.append(rule_id)

    def _twin(self, document: RuleDocument, taken: _Taken) -> KeptRule | None:
        """The rule that says the same already."""
        return self._book.rules.get(taken.known.get(document.draft.encode(), ""))

    async def _add(self, rule_id: str, sentence: str, document: RuleDocument, house: House, task: Task) -> None:
        opens = validation.danger_of(document.draft, house)
        rule = Rule(
            rule_id=rule_id, task=sentence, draft=document.draft, created_at=time.time(),
            status="proposed" if opens else "paused" if document.paused else "active", opens=opens,
            paused_by="person" if document.paused and not opens else "",
            summary=wording.describe(document.draft, house), language=chosen_language(),
            registry_ids=following.registry_ids(document.draft, house),
        )  # fmt: skip
        kept = KeptRule(rule, made_by=task.id)
        if rule.draft.watched and rule.draft.watched not in self._watch.readings:
            await self._outside.look_at((rule.draft.watched,))
        self._watch.begin(kept, made=True)
        await self._book.add(kept)


def _before(rule: Rule) -> RuleBefore | None:
    """What a no to a change brings back; nothing where the rule never was on."""
    if rule.status == "proposed":
        return rule.before
    return RuleBefore(
        draft=rule.draft, task=rule.task, status=rule.status, summary=rule.summary, opens=rule.opens,
        registry_ids=rule.registry_ids,
    )  # fmt: skip


def _yaml(rule: Rule) -> str:
    return files.write_draft(rule.draft, rule.task, rule.rule_id)


def _only(text: str) -> RuleDocument:
    documents = list(files.read_rules(text))
    for document in documents:
        if isinstance(document, YamlProblem):
            raise Refused(phrase("That cannot be read as a rule: {document}", document=document))
    if len(documents) != 1 or isinstance(documents[0], YamlProblem):
        raise Refused(phrase("Give one rule, in one document."))
    return documents[0]


def _told(taken: _Taken) -> str:
    counts = (
        (taken.made, "{count} made"), (taken.changed, "{count} changed"), (taken.same, "{count} there already"),
        (taken.problems, "{count} not taken"),
    )  # fmt: skip
    said = ", ".join(phrase(what, count=len(found)) for found, what in counts if found)
    said = said or phrase("no rule in that file")
    waits = (
        phrase(" {proposed} wait for a yes: /rules lists them.", proposed=len(taken.proposed)) if taken.proposed else ""
    )
    problems = "".join(f"\n- {problem}" for problem in taken.problems[:20])
    return phrase("Rules: {said}.{waits}{problems}", said=said, waits=waits, problems=problems)
