"""The planner: keeps typed rules, checks them against the house, and runs them."""

import asyncio
import time
from typing import Any

from wactorz_common.agent import Task, every, handles, listens
from wactorz_common.bus import Message
from wactorz_common.contracts._channel import Nothing
from wactorz_common.contracts.history import GET_HISTORY, HistoryQuery, HistoryReport
from wactorz_common.contracts.home import (
    GET_STATES,
    STATE_CHANGE,
    STATE_CHANGE_FLAT,
    House,
    StateChange,
    StateQuery,
)  # fmt: skip
from wactorz_common.contracts.llm import COMPLETE, Completion, CompletionResult
from wactorz_common.contracts.policy import GRANT, REVOKE_GRANT, Grant, GrantResult, RevokeGrant
from wactorz_common.contracts.rules import (
    APPROVE_RULE,
    BACKTEST,
    CREATE_RULE,
    DELETE_RULE,
    GRANT_RULE,
    LIST_FIRINGS,
    LIST_RULES,
    PAUSE_RULE,
    RESUME_RULE,
    TRIGGERS,
    Backtest,
    BacktestReport,
    CreateRule,
    FiringQuery,
    FiringReports,
    Rule,
    RuleList,
    RuleRef,
    RuleResult,
)  # fmt: skip
from wactorz_common.contracts.system import SET_HALT, HaltRequest, HaltResult
from wactorz_common.contracts.vision import VISION_WATCH
from wactorz_common.errors import Refused, TaskFailed, TransportError
from wactorz_common.senders import may_release
from wactorz_planner import outcomes, past, validation, wording
from wactorz_planner.acting import Acting
from wactorz_planner.authoring import Written, write_draft
from wactorz_planner.clock import Place
from wactorz_planner.desk import Desk, Outside
from wactorz_planner.german import phrase
from wactorz_planner.hands import Hands
from wactorz_planner.library import Library
from wactorz_planner.plans.agent import PLAN_CHANNELS, PlanningAgent
from wactorz_planner.readings import Reading
from wactorz_planner.rulebook import RuleBook
from wactorz_planner.settings import PlannerSettings
from wactorz_planner.watch import Watch
from wactorz_planner.world import RuleWorld

_HALTED = "halted"
_DELETED = "deleted"
_PLACE = "place"
_DELETED_KEPT = 20
_DAY = 86_400.0
_HOUSE_WAIT = 5.0
_MODEL_SECONDS = 60.0
_RETRY_SECONDS = 1.0


class PlannerAgent(PlanningAgent[PlannerSettings], RuleWorld):
    """Consumes state changes and messages; answers tasks about rules and plans; submits the tasks of each firing."""

    name = "planner"
    description = "Keeps rules and acts when their triggers are met; cuts wishes into steps and carries them out."
    publishes = (TRIGGERS, VISION_WATCH, *PLAN_CHANNELS)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._loaded = asyncio.Event()
        super().__init__(*arguments, **options)

    async def on_start(self) -> None:
        """Restore rules, halt, what people did, and unfinished firings."""
        settings = self.settings
        self.book, self.hands = RuleBook(self.store), Hands(settings.hand_seconds)
        self.acting = Acting(self.book, self, self.hands, settings.firing_seconds)
        self.watch = Watch(self.book, self.acting, settings.grace_seconds)
        self.open_ears()
        outside = Outside(
            self._ask_model, self._refresh, self._ask_grant, self._revoke, self.read_sentence, self.known_agents,
            self.known_places, lambda: self.house,
        )  # fmt: skip
        self.desk = Desk(self.book, self.watch, self.hands, outside, settings.max_rules)
        self.library = Library(self.book, self.watch, self.desk, outside)
        self.watch.halted = self.recall(_HALTED, False)
        place = self.recall(_PLACE)
        self.watch.place = Place(**place) if place else None
        self._stale = asyncio.Event()
        self._stale.set()
        self._heard: set[str] = set()
        self._deleted: dict[str, dict[str, Any]] = self.recall(_DELETED, {})
        loaded = await self.book.load(time.time() - _DAY)
        self.hands.restore(loaded.hands, self.book.moves(loaded.recent))
        self.watch.reindex()
        self._loaded.set()
        self.acting.resume(loaded.unfinished)
        self.spawn_background(self.watch.run_timers(), "timers")
        await super().on_start()
        self.spawn_background(self._keep_fresh(), "states")  # last: what the broker kept comes before what is so now

    async def on_connected(self) -> None:
        """What happened while the broker was away is read from the house; cameras are told again what to look for."""
        self._stale.set()
        self.spawn_background(self.say_watches(), "watches")

    async def ready_to_hear(self) -> None:
        """Return once the rules are loaded."""
        await self._loaded.wait()

    # -- the house ----------------------------------------------------------------------------------------------

    @listens(STATE_CHANGE)
    @listens(STATE_CHANGE_FLAT)
    async def on_state_change(self, message: Message[StateChange]) -> None:
        """Run the rules on a change; one that waited too long is replaced by a look at the present."""
        change = message.payload
        self.acting.see(change)
        if not change.resync and time.time() - change.timestamp > self.settings.firing_seconds:
            self.log.warning("state change came too late", entity_id=change.entity_id)
            self._stale.set()
            return
        reading = Reading.of(change.new_state) if change.new_state is not None else None
        known = self.watch.readings.get(change.entity_id)
        if reading is not None and reading.is_old_beside(known, time.time(), filled=change.filled):
            return
        self._heard.add(change.entity_id)
        self.watch.take(change.entity_id, reading, resync=change.resync, at=change.timestamp)

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
                self.watch.take(entity.entity_id, Reading.of_entity(entity), resync=True)
        self.watch.reindex()
        return True

    async def on_house(self, house: House) -> None:
        """Rules follow their entities; the clock follows the place."""
        place = Place.of(house)
        if place != self.watch.place:
            self.watch.place = place
            await self.persist(_PLACE, {"time_zone": place.time_zone, "latitude": place.latitude,
                                        "longitude": place.longitude, "elevation": place.elevation})  # fmt: skip
        if not house.entities:
            self.watch.reindex()
            return
        for sentence in await self.desk.follow(house):
            await self.alert(sentence)

    # -- rules --------------------------------------------------------------------------------------------------

    @handles(CREATE_RULE)
    async def create_rule(self, request: CreateRule, task: Task) -> RuleResult:
        """Make a rule: of a grammar's draft at once, of a model's or of a risky one as a proposal."""
        await self.refuse_spawned(task)
        existing = self.desk.existing(request, task)
        if existing is not None:
            return existing
        return await self.desk.create(request, await self._known_house(), task)

    async def _known_house(self) -> House:
        return await self.needed_house(_HOUSE_WAIT)

    async def _ask_model(self, sentence: str, house: House, task: Task, asked: CreateRule | None) -> Written:
        whose = {"conversation_id": asked.conversation_id, "for_chat": asked.chat_id} if asked is not None else {}

        async def ask(question: Completion) -> CompletionResult:
            limit = max(1.0, min(_MODEL_SECONDS, task.remaining - 1))
            return await self.ask(COMPLETE, question.model_copy(update=whose), timeout=limit, trace_id=task.trace_id)

        try:
            return await write_draft(ask, sentence, house, await self.known_topics())
        except (TransportError, TaskFailed) as error:
            raise Refused(phrase("The model could not be asked for that rule: {error}", error=error)) from error

    @handles(APPROVE_RULE)
    async def approve_rule(self, request: RuleRef, task: Task) -> RuleResult:
        """Activate a proposed rule, if it still fits the house."""
        await self.refuse_spawned(task)
        return await self.desk.approve(request, self.house)

    @handles(PAUSE_RULE)
    async def pause_rule(self, request: RuleRef, task: Task) -> RuleResult:
        """Hold a rule until it is resumed."""
        await self.refuse_spawned(task)
        return await self.desk.pause(request)

    @handles(RESUME_RULE)
    async def resume_rule(self, request: RuleRef, task: Task) -> RuleResult:
        """Let a paused rule go on."""
        await self.refuse_spawned(task)
        return await self.desk.resume(request, self.house)

    @handles(GRANT_RULE)
    async def grant_rule(self, request: RuleRef, task: Task) -> RuleResult:
        """Ask for a standing yes to what a rule opens."""
        await self.refuse_spawned(task)
        return await self.desk.grant(request, self.house, task)

    async def _ask_grant(self, grant: Grant, task: Task) -> GrantResult:
        end = await self.submit(
            GRANT, grant, task_id=task.child("grant"), deadline=max(1.0, min(GRANT.timeout, task.remaining - 1)),
            trace_id=task.trace_id,
        )  # fmt: skip
        if end.result is None:
            raise Refused(end.error or phrase("No answer came about that. Try again."))
        return end.result

    def _revoke(self, rule_id: str) -> None:
        self.spawn_background(self.submit(REVOKE_GRANT, RevokeGrant(rule_id=rule_id)), "revoke grant")

    @handles(DELETE_RULE)
    async def delete_rule(self, request: RuleRef, task: Task) -> RuleResult:
        """Remove a rule; it never fires again. A no to a change of it takes only the change back."""
        await self.refuse_spawned(task)
        known = self._deleted.get(task.id)
        if request.declined and known is None:
            kept = self.desk.named(request.rule_id)
            if kept.rule.before is not None or kept.rule.status != "proposed":
                return await self.library.decline(kept)
        rule = Rule.accept(known) if known is not None else self.desk.named(request.rule_id).rule
        self._deleted = dict([*self._deleted.items(), (task.id, rule.to_wire())][-_DELETED_KEPT:])
        await self.persist(_DELETED, self._deleted)
        if rule.rule_id in self.book.rules:
            await self.desk.delete(rule.rule_id)
        return RuleResult(rule=rule, text=wording.deleted(rule))

    @handles(LIST_RULES)
    async def list_rules(self, _request: Nothing, _task: Task) -> RuleList:
        """All rules, oldest first."""
        return RuleList(rules=tuple(self.desk.told(kept.rule) for kept in self.book.in_order()))

    @handles(LIST_FIRINGS)
    async def list_firings(self, request: FiringQuery, _task: Task) -> FiringReports:
        """Firings with what they were decided on, newest first."""
        return FiringReports(firings=tuple(map(outcomes.reported, await self.book.firings(request))))

    @handles(BACKTEST)
    async def backtest(self, request: Backtest, task: Task) -> BacktestReport:
        """Run a rule over the past without acting; in slices, so that the rules go on meanwhile."""
        house = await self._known_house()
        draft = request.draft or self.desk.named(request.rule_id).rule.draft
        problems = validation.problems_of(draft, house)
        if problems:
            raise Refused(" ".join(problems))

        async def ask(query: HistoryQuery) -> HistoryReport:
            return await self.ask(GET_HISTORY, query, timeout=GET_HISTORY.timeout, trace_id=task.trace_id)

        return await past.backtest(ask, draft, house, request.days, time.time())

    # -- acting -------------------------------------------------------------------------------------------------

    @handles(SET_HALT)
    async def set_halt(self, request: HaltRequest, task: Task) -> HaltResult:
        """Hold all rules, or let them go on; survives restarts."""
        if not request.halted and not may_release(task.sender):
            raise Refused(phrase("Only a person may let rules act again: say /go."))
        self.watch.halted = request.halted
        await self.persist(_HALTED, request.halted)
        await self.note_halt(halted=request.halted)
        if request.halted:
            await self.plans.stop_all()
        return HaltResult(halted=request.halted)

    @every(3600)
    async def trim(self) -> None:
        """Forget firings that are older than they are kept."""
        await self.book.trim(time.time() - self.settings.keep_days * _DAY)
