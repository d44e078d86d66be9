"""The planner: keeps typed rules, checks them against the house, and runs them."""

import asyncio
import time
from typing import Any, Literal

from wactorz_common.agent import Task, every, handles, listens
from wactorz_common.bus import Message
from wactorz_common.contracts._channel import Nothing
from wactorz_common.contracts.home import (
    ACTUATE,
    GET_STATES,
    STATE_CHANGE,
    STATE_CHANGE_FLAT,
    Actuation,
    House,
    StateChange,
    StateQuery,
)  # fmt: skip
from wactorz_common.contracts.llm import COMPLETE, Completion, CompletionResult
from wactorz_common.contracts.rules import (
    APPROVE_RULE,
    CREATE_RULE,
    DELETE_RULE,
    LIST_RULES,
    TRIGGERS,
    CreateRule,
    Rule,
    RuleDraft,
    RuleList,
    RuleRef,
    RuleResult,
    TriggerEvent,
)  # fmt: skip
from wactorz_common.contracts.system import SET_HALT, HaltRequest, HaltResult
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import Refused, TaskFailed, TransportError
from wactorz_common.house import HouseFollower
from wactorz_planner import validation, wording
from wactorz_planner.authoring import Written, write_draft
from wactorz_planner.engine import Reading
from wactorz_planner.rulebook import Firing, KeptRule, RuleBook
from wactorz_planner.settings import PlannerSettings
from wactorz_planner.watch import Watch

_HALTED = "halted"
_DELETED = "deleted"
_DELETED_KEPT = 20
_DAY = 86_400.0
_HOUSE_WAIT = 5.0
_MODEL_SECONDS = 60.0
_RETRY_SECONDS = 1.0


class PlannerAgent(HouseFollower[PlannerSettings]):
    """Consumes state changes; answers tasks about rules; submits one actuation per firing."""

    name = "planner"
    description = "Keeps rules, and acts when their triggers are met."
    publishes = (TRIGGERS,)

    async def on_start(self) -> None:
        """Restore rules, halt and unfinished firings."""
        self.book = RuleBook(self.store)
        self.watch = Watch(self.book, self, self.settings.firing_seconds)
        self.watch.halted = self.recall(_HALTED, False)
        self._stale = asyncio.Event()
        self._stale.set()
        self._heard: set[str] = set()
        self._deleted: dict[str, dict[str, Any]] = self.recall(_DELETED, {})
        unfinished = await self.book.load()
        self.watch.reindex()
        self.watch.resume(unfinished)
        self.spawn_background(self.watch.run_timers(), "timers")
        self.spawn_background(self._keep_fresh(), "states")
        await super().on_start()

    async def on_connected(self) -> None:
        """What happened while the broker was away is read from the house."""
        self._stale.set()

    # -- the house ----------------------------------------------------------------------------------------------

    @listens(STATE_CHANGE)
    @listens(STATE_CHANGE_FLAT)
    async def on_state_change(self, message: Message[StateChange]) -> None:
        """Run the rules on a change; one that waited too long is replaced by a look at the present."""
        change = message.payload
        if not change.resync and time.time() - change.timestamp > self.settings.firing_seconds:
            self.log.warning("state change came too late", entity_id=change.entity_id)
            self._stale.set()
            return
        self._heard.add(change.entity_id)
        reading = Reading.of(change.new_state) if change.new_state is not None else None
        self.watch.take(change.entity_id, reading, resync=change.resync)

    async def _keep_fresh(self) -> None:
        """Read all states at start and after each gap, as often as it takes."""
        while True:
            await self._stale.wait()
            self._stale.clear()
            if not await self._refresh(()):
                await asyncio.sleep(_RETRY_SECONDS)
                self._stale.set()

    async def _refresh(self, entity_ids: tuple[str, ...]) -> bool:
        """Read live states; what changed while the answer was on its way is newer and stays."""
        self._heard.clear()
        try:
            report = await self.ask(GET_STATES, StateQuery(entity_id=entity_ids), timeout=5)
        except (TransportError, TaskFailed) as error:
            self.log.debug("states are not available yet", problem=str(error))
            return False
        for entity in report.states:
            if entity.entity_id not in self._heard:
                self.watch.take(entity.entity_id, Reading(entity.state or "", entity.attributes), resync=True)
        self.watch.reindex()
        return True

    async def on_house(self, house: House) -> None:
        """Pause rules whose entities have vanished, and let them go on when these return."""
        if not house.entities:
            return
        for kept in self.book.in_order():
            gone = validation.missing(kept.rule.draft, house)
            if gone and kept.rule.status == "active":
                note = f"{', '.join(gone)} is no longer in the home"
                kept.update(status="paused", note=note)
                await self.book.save(kept)
                await self.alert(f"Rule {kept.rule.rule_id} ({kept.rule.task}) is paused: {note}")
            elif not gone and kept.rule.status == "paused":
                kept.update(status="active", note="its entities are back")
                self.watch.begin(kept)
                await self.book.save(kept)
        self.watch.reindex()

    # -- rules --------------------------------------------------------------------------------------------------

    @handles(CREATE_RULE)
    async def create_rule(self, request: CreateRule, task: Task) -> RuleResult:
        """Make a rule: of a grammar's draft at once, of a model's as a proposal."""
        rule_id = validation.rule_id_of(request.task)
        existing = self._existing(rule_id, task)
        if existing is not None:
            return existing
        if len(self.book.rules) >= self.settings.max_rules:
            raise Refused(f"There are {len(self.book.rules)} rules already. Delete one first: /rules lists them.")
        house = await self.known_house(_HOUSE_WAIT)
        if house is None:
            raise Refused(self.house_problem or "I am still getting to know the home. Try again in a few seconds.")
        written = await self._written(request, house, task)
        twin = next((kept for kept in self.book.in_order() if kept.rule.draft == written.draft), None)
        if twin is not None:
            return RuleResult(rule=twin.rule, text=wording.exists(twin.rule), cost_usd=written.cost_usd or None)
        kept = KeptRule(_make_rule(rule_id, request, written, house), made_by=task.id)
        trigger_entity = kept.rule.draft.watched
        if trigger_entity not in self.watch.readings:
            await self._refresh((trigger_entity,))
        if rule_id not in self.book.rules:
            self.watch.begin(kept)
            await self.book.add(kept)
            self.watch.reindex()
        source: Literal["rules", "cloud"] = "rules" if request.draft is not None else "cloud"
        return RuleResult(
            rule=kept.rule, text=wording.created(kept.rule), source=source, cost_usd=written.cost_usd or None
        )

    def _existing(self, rule_id: str, task: Task) -> RuleResult | None:
        kept = self.book.rules.get(rule_id)
        if kept is None:
            return None
        text = wording.created(kept.rule) if kept.made_by == task.id else wording.exists(kept.rule)
        return RuleResult(rule=kept.rule, text=text)

    async def _written(self, request: CreateRule, house: House, task: Task) -> Written:
        """A draft that fits the house and opens nothing by itself, or Refused."""
        if request.draft is None:
            written = await self._ask_model(request.task, house, task)
        else:
            written = Written(request.draft, " ".join(validation.problems_of(request.draft, house)))
        if written.draft is None or written.problem:
            raise Refused(written.problem)
        danger = validation.danger_of(written.draft, house)
        if danger:
            raise Refused(f"I did not make that rule: {danger}, and a rule may not do that without a person.")
        return written

    async def _ask_model(self, sentence: str, house: House, task: Task) -> Written:
        async def ask(question: Completion) -> CompletionResult:
            limit = max(1.0, min(_MODEL_SECONDS, task.remaining - 1))
            return await self.ask(COMPLETE, question, timeout=limit, trace_id=task.trace_id)

        try:
            return await write_draft(ask, sentence, house)
        except (TransportError, TaskFailed) as error:
            raise Refused(f"The model could not be asked for that rule: {error}") from error

    @handles(APPROVE_RULE)
    async def approve_rule(self, request: RuleRef, _task: Task) -> RuleResult:
        """Activate a proposed rule, if it still fits the house."""
        kept = self._named(request.rule_id)
        if kept.rule.status != "proposed":
            return RuleResult(rule=kept.rule, text=f"Rule {kept.rule.rule_id} is {kept.rule.status} already.")
        problems = validation.problems_of(kept.rule.draft, self.house) if self.house else []
        if problems:
            raise Refused(f"Rule {kept.rule.rule_id} no longer fits the home: {' '.join(problems)}")
        kept.update(status="active")
        self.watch.begin(kept)
        await self.book.save(kept)
        self.watch.reindex()
        return RuleResult(rule=kept.rule, text=wording.created(kept.rule))

    @handles(DELETE_RULE)
    async def delete_rule(self, request: RuleRef, task: Task) -> RuleResult:
        """Remove a rule; it never fires again."""
        known = self._deleted.get(task.id)
        rule = Rule.accept(known) if known is not None else self._named(request.rule_id).rule
        self._deleted = dict([*self._deleted.items(), (task.id, rule.to_wire())][-_DELETED_KEPT:])
        await self.persist(_DELETED, self._deleted)
        if rule.rule_id in self.book.rules:
            await self.book.remove(rule.rule_id)
            self.watch.reindex()
        return RuleResult(rule=rule, text=f"Rule {rule.rule_id} is deleted: {rule.task}")

    @handles(LIST_RULES)
    async def list_rules(self, _request: Nothing, _task: Task) -> RuleList:
        """All rules, oldest first."""
        return RuleList(rules=tuple(kept.rule for kept in self.book.in_order()))

    def _named(self, rule_id: str) -> KeptRule:
        kept = self.book.rules.get(rule_id.strip().casefold())
        if kept is None:
            raise Refused(f"There is no rule {rule_id}. /rules lists them.")
        return kept

    # -- acting -------------------------------------------------------------------------------------------------

    @handles(SET_HALT)
    async def set_halt(self, request: HaltRequest, _task: Task) -> HaltResult:
        """Hold all rules, or let them go on; survives restarts."""
        self.watch.halted = request.halted
        await self.persist(_HALTED, request.halted)
        return HaltResult(halted=request.halted)

    async def act(self, firing: Firing, actuation: Actuation) -> tuple[TaskState, str]:
        """Submit the one durable task of a firing."""
        left = firing.deadline_at - time.time()
        end = await self.submit(ACTUATE, actuation, task_id=firing.task_id, deadline=left, trace_id=firing.trace_id)
        return end.state, (end.result.text if end.result is not None else "") or end.error or end.state.value

    async def announce(self, kept: KeptRule, firing: Firing) -> None:
        """Publish that a trigger was met."""
        event = TriggerEvent(
            rule_id=firing.rule_id, entity_id=kept.rule.draft.watched, state=firing.value,
            timestamp=firing.fired_at,
        )  # fmt: skip
        await self.publish(TRIGGERS, event, slug=wording.slug_of(kept.rule))

    async def tell(self, message: str) -> None:
        """Alert people."""
        await self.alert(message)

    @every(3600)
    async def trim(self) -> None:
        """Forget firings that are older than they are kept."""
        await self.book.trim(time.time() - self.settings.keep_days * _DAY)


def _make_rule(rule_id: str, request: CreateRule, written: Written, house: House) -> Rule:
    draft: RuleDraft | None = written.draft
    if draft is None:
        raise Refused(written.problem)
    return Rule(
        rule_id=rule_id, task=request.task, draft=draft, status="active" if request.draft is not None else "proposed",
        created_at=time.time(), summary=wording.describe(draft, house),
    )  # fmt: skip
