"""What the planner answers about rules that are kept: shown, changed, carried as files, and explained."""

import time
from abc import abstractmethod
from typing import Any

from wactorz_common.agent import Task, handles
from wactorz_common.contracts import Nothing
from wactorz_common.contracts.history import GET_HISTORY, HistoryQuery, HistoryReport
from wactorz_common.contracts.home import House
from wactorz_common.contracts.notices import LIST_TARGETS
from wactorz_common.contracts.rules import (
    EDIT_RULE,
    EXPORT_RULES,
    IMPORT_RULES,
    READ_RULE,
    SHOW_RULE,
    WHY_NOT,
    EditRule,
    RuleDraft,
    RuleExplanation,
    RuleFile,
    RuleRef,
    RuleResult,
    RuleSentence,
    RuleText,
    WhyNot,
)
from wactorz_common.contracts.spawning import LIST_SPAWNED
from wactorz_common.contracts.topics import LIST_TOPICS, TopicQuery, TopicSeen
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_common.house import HouseFollower
from wactorz_planner import explaining, past
from wactorz_planner.clock import Place
from wactorz_planner.desk import Desk
from wactorz_planner.explaining import Facts
from wactorz_planner.library import Library
from wactorz_planner.rulebook import RuleBook
from wactorz_planner.settings import PlannerSettings
from wactorz_planner.watch import Watch

_HALTS = "halts"
_MOST_HALTS = 20
_MOST_FIRINGS = 200
_QUICK_SECONDS = 2.0
_READ_SECONDS = 5.0
_HISTORY_SECONDS = 8.0
_HOUSE_SECONDS = 5.0
_DAY = 86_400.0


class RuleAnswers(HouseFollower[PlannerSettings]):
    """Answers about rules; a subclass makes the parts."""

    book: RuleBook
    watch: Watch
    desk: Desk
    library: Library
    listening_since: float

    @abstractmethod
    async def refuse_spawned(self, task: Task) -> None:
        """Refused when a spawned agent asks."""

    @handles(SHOW_RULE)
    async def show_rule(self, request: RuleRef, _task: Task) -> RuleResult:
        """One rule in words and as YAML."""
        last = self.desk.named(request.rule_id).rule.last_fired_at
        zone = (self.watch.place or Place()).zone
        return self.library.show(request.rule_id, explaining.moment_of(last, zone) if last else "")

    @handles(EDIT_RULE)
    async def edit_rule(self, request: EditRule, task: Task) -> RuleResult:
        """Change a rule by a draft, by YAML or by a sentence."""
        await self.refuse_spawned(task)
        return await self.library.edit(request, await self._house(), task)

    @handles(EXPORT_RULES)
    async def export_rules(self, _request: Nothing, _task: Task) -> RuleFile:
        """All rules as YAML."""
        return await self.library.export()

    @handles(IMPORT_RULES)
    async def import_rules(self, request: RuleText, task: Task) -> RuleFile:
        """Make rules of YAML, each validated against the house."""
        await self.refuse_spawned(task)
        return await self.library.take_in(request, await self._house(), task)

    @handles(WHY_NOT)
    async def why_not(self, request: WhyNot, _task: Task) -> RuleExplanation:
        """Why a rule did not fire in a time."""
        rule, now = self.desk.named(request.rule_id).rule, time.time()
        end = min(now, request.end or now)
        start = min(end, end - _DAY if request.start is None else request.start)
        house, place = await self._house(), self.watch.place or Place()
        firings = await self.book.firings_between(rule.rule_id, start, end, _MOST_FIRINGS)
        facts = Facts(
            rule, house, start, end, now, firings, heard=self.watch.hearing.heard.get(rule.rule_id),
            listening_since=max(self.listening_since, rule.created_at), halts=self._halts(), place=place,
            **(await self._past_of(rule.draft, house, start, end) if not firings else {}),
        )  # fmt: skip
        return RuleExplanation(text=explaining.explain(facts), firings=firings)

    async def note_halt(self, *, halted: bool) -> None:
        """Remember when everything was stopped and let go again."""
        halts = [list(span) for span in self.recall(_HALTS, [])]
        stopped = bool(halts) and halts[-1][1] is None
        if halted and not stopped:
            halts.append([time.time(), None])
        elif not halted and stopped:
            halts[-1][1] = time.time()
        await self.persist(_HALTS, halts[-_MOST_HALTS:])

    def _halts(self) -> tuple[tuple[float, float | None], ...]:
        return tuple((begin, end) for begin, end in self.recall(_HALTS, []))

    async def _past_of(self, draft: RuleDraft, house: House, start: float, end: float) -> dict[str, Any]:
        """What the recorder tells of a trigger's entity; nothing where it cannot be asked."""
        if not draft.watched:
            return {}

        async def ask(query: HistoryQuery) -> HistoryReport:
            return await self.ask(GET_HISTORY, query, timeout=_HISTORY_SECONDS)

        try:
            replay, points = await past.replayed(ask, draft, house, start, end)
        except (TransportError, TaskFailed) as error:
            self.log.debug("the past is not available", problem=str(error))
            return {}
        return {"history": tuple(points), "replayed": tuple(replay.firings)}

    async def _house(self) -> House:
        return await self.needed_house(_HOUSE_SECONDS)

    # -- what others tell the desk ------------------------------------------------------------------------------

    async def read_sentence(self, sentence: str, language: str) -> RuleDraft | None:
        """What the grammar reads in a sentence; None when it reads no rule, or nobody answers."""
        try:
            reading = await self.ask(READ_RULE, RuleSentence(task=sentence, language=language), timeout=_READ_SECONDS)
        except (TransportError, TaskFailed) as error:
            self.log.debug("the grammar is not available", problem=str(error))
            return None
        return reading.draft

    async def known_agents(self) -> frozenset[str] | None:
        """The spawned agents; None when nobody tells."""
        try:
            listed = await self.ask(LIST_SPAWNED, Nothing(), timeout=_QUICK_SECONDS)
        except (TransportError, TaskFailed) as error:
            self.log.debug("agents are not available", problem=str(error))
            return None
        return frozenset(agent.name for agent in listed.agents)

    async def known_topics(self) -> tuple[TopicSeen, ...]:
        """The topics that were observed, with their fields; none when nobody tells."""
        try:
            report = await self.ask(LIST_TOPICS, TopicQuery(limit=500, samples=True), timeout=_QUICK_SECONDS)
        except (TransportError, TaskFailed) as error:
            self.log.debug("topics are not available", problem=str(error))
            return ()
        return report.topics

    async def known_places(self) -> tuple[str, ...] | None:
        """Names and services of the places for notices; None when nobody tells."""
        try:
            listed = await self.ask(LIST_TARGETS, Nothing(), timeout=_QUICK_SECONDS)
        except (TransportError, TaskFailed) as error:
            self.log.debug("places for notices are not available", problem=str(error))
            return None
        return tuple(name for target in listed.targets for name in (target.name, target.service))
