"""What the planner does in the world: durable tasks of firings, topics it listens to, watches for cameras."""

import time
from collections.abc import Coroutine
from typing import Any, TypeVar

from wactorz_common.agent import TaskEnd, every
from wactorz_common.contracts import Nothing, Payload
from wactorz_common.contracts.chat import CHAT
from wactorz_common.contracts.home import ACTUATE, Actuation, House
from wactorz_common.contracts.lifecycle import AgentState
from wactorz_common.contracts.notices import NOTIFY, Notice
from wactorz_common.contracts.policy import LIST_GRANTS
from wactorz_common.contracts.rules import TRIGGERS, TriggerEvent
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.contracts.vision import VISION_WATCH, VisionWatch
from wactorz_common.errors import ContractError, Refused, TaskFailed, TransportError
from wactorz_planner import wording
from wactorz_planner.acting import Acting, Ended
from wactorz_planner.answers import RuleAnswers
from wactorz_planner.ears import Ears
from wactorz_planner.firings import Firing
from wactorz_planner.german import phrase
from wactorz_planner.phrases import Phrases
from wactorz_planner.readings import Reading
from wactorz_planner.rulebook import KeptRule
from wactorz_planner.telling import Cause, Handover, cause
from wactorz_planner.watches import Watches, wanted

R = TypeVar("R", bound=Payload)

_FILTERS = "filters"
_WATCHES = "watches"
_AWAKE = "awake_at"
_AWAKE_SECONDS = 5.0
_AWAKE_KEPT_EVERY = 3
_LATE_SLACK = 15.0
_GRANTS_SECONDS = 300.0


class RuleWorld(RuleAnswers):
    """The effects of rules; a subclass makes the parts, and then calls `open_ears`."""

    acting: Acting

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.ears = Ears(self.bus.listen, self._hear)
        self.ears.want(self.recall(_FILTERS, ()))  # what the broker kept meanwhile comes as soon as it is there
        self.watches = Watches(self._say_watch, self._keep_watches, self.recall(_WATCHES, ()))
        self._awake_at: float = self.recall(_AWAKE, 0.0) or time.time()
        self._awake_count = 0
        self._phrases: dict[str, Phrases] = {}
        self._phrased: House | None = None
        self.listening_since = time.time()

    def open_ears(self) -> None:
        """Listen to what rules wait for, from now on whenever that changes."""
        self.watch.hearing.on_filters = self._want
        self.acting.cause_of = self._cause_of

    # -- tasks of firings ---------------------------------------------------------------------------------------

    async def act(self, firing: Firing, actuation: Actuation) -> Ended:
        """Submit the durable task of a firing that moves devices."""
        left = firing.deadline_at - time.time()
        end = await self.submit(ACTUATE, actuation, task_id=firing.task_id, deadline=left, trace_id=firing.trace_id)
        if end.result is None:
            return Ended(end.state, end.error or end.state.value)
        if actuation.rule_id in self.book.rules and self.book.rules[actuation.rule_id].rule.opens:
            self.spawn_background(self._learn_grants(), "grants")
        contexts = tuple(outcome.context_id for outcome in end.result.outcomes if outcome.context_id)
        return Ended(end.state, end.result.text or end.state.value, end.result.approval_id, contexts)

    async def notify(self, firing: Firing, number: int, notice: Notice) -> Ended:
        """Submit the durable task of a firing that tells people something."""
        end = await _ended(
            self.submit(
                NOTIFY, notice, task_id=f"{firing.task_id}/notice/{number}", trace_id=firing.trace_id,
                deadline=firing.fired_at + self.settings.notice_seconds - time.time(),
            )
        )  # fmt: skip
        if isinstance(end, Ended):
            return end
        if end.result is None:
            return Ended(end.state, end.error or phrase("the notice is {state}", state=phrase(end.state.value)))
        state = TaskState.FAILED if end.result.status == "failed" else end.state
        return Ended(state, end.result.text or phrase("the notice is {state}", state=phrase(end.result.status)))

    async def hand_over(self, firing: Firing, number: int, handover: Handover) -> Ended:
        """Submit the durable task of a firing for an agent."""
        end = await _ended(
            self.submit(
                CHAT, handover.request, to=handover.agent, task_id=f"{firing.task_id}/task/{number}",
                trace_id=firing.trace_id,
                deadline=firing.fired_at + self.settings.notice_seconds - time.time(),
            )
        )  # fmt: skip
        if isinstance(end, Ended):
            return end
        if end.result is None:
            return Ended(end.state, f"{handover.agent}: {end.error or end.state.value}")
        state = TaskState.FAILED if end.result.status == "failed" else end.state
        return Ended(state, f"{handover.agent}: {end.result.text}", end.result.approval_id)

    async def announce(self, kept: KeptRule, firing: Firing) -> None:
        """Publish that a trigger was met."""
        event = TriggerEvent(
            rule_id=firing.rule_id, entity_id=kept.rule.draft.watched, state=firing.value, timestamp=firing.fired_at
        )
        topic = firing.evidence.trigger.get("topic")
        if isinstance(topic, str) and not event.entity_id:
            event = event.model_copy(update={"topic": topic})
        await self.publish(TRIGGERS, event, slug=wording.slug_of(kept.rule))

    async def tell(self, message: str) -> None:
        """Alert people."""
        await self.alert(message)

    @every(_GRANTS_SECONDS)
    async def learn_grants(self) -> None:
        """Which rules have a standing yes."""
        if any(kept.rule.opens for kept in self.book.rules.values()):
            await self._learn_grants()

    async def _learn_grants(self) -> None:
        try:
            grants = await self.ask(LIST_GRANTS, Nothing(), timeout=LIST_GRANTS.timeout)
        except (TransportError, TaskFailed) as error:
            self.log.debug("grants are not available yet", problem=str(error))
            return
        await self.desk.take_grants(frozenset(grant.rule_id for grant in grants.grants))

    def _cause_of(self, kept: KeptRule, topic: str, reading: Reading | None) -> Cause:
        """What triggered a rule, in the words of the house."""
        if self.house is None or self._phrased is not self.house:
            self._phrases, self._phrased = {}, self.house
        rule, house = kept.rule, self.house or House(version=0)
        if rule.language not in self._phrases:
            self._phrases[rule.language] = wording.phrases_of(house, rule.language)
        return cause(rule.draft, topic, reading, self._phrases[rule.language])

    # -- topics -------------------------------------------------------------------------------------------------

    def _want(self, filters: tuple[str, ...]) -> None:
        if self.ears.want(filters):
            self.spawn_background(self.persist(_FILTERS, self.ears.filters), "topics")
        watches = wanted(kept.rule for kept in self.book.in_order())
        if self.watches.differ(watches):
            self.spawn_background(self.watches.declare(watches), "watches")

    async def _hear(self, filter_: str, topic: str, data: bytes, retained: bool) -> None:
        """Take in a message; what the broker has kept over a long absence tells how things are, and fires nothing."""
        await self.ready_to_hear()
        if self.state in (AgentState.PAUSED, AgentState.STOPPED):
            return
        late = time.time() - self._awake_at > self.settings.firing_seconds + _LATE_SLACK
        self.watch.hearing.take(filter_, topic, data, retained=retained or late)

    async def ready_to_hear(self) -> None:
        """Return once the rules are loaded."""

    @every(_AWAKE_SECONDS)
    async def stay_awake(self) -> None:
        """Remember that messages are heard."""
        if not self.bus.connected.is_set():
            return
        self._awake_at = time.time()
        self._awake_count += 1
        if self.ears.filters and self._awake_count % _AWAKE_KEPT_EVERY == 0:
            await self.persist(_AWAKE, self._awake_at)

    async def say_watches(self) -> None:
        """Declare all watches again; the broker may have forgotten them."""
        await self.watches.declare(wanted(kept.rule for kept in self.book.in_order()), anew=True)

    async def _say_watch(self, slug: str, watch: VisionWatch | None) -> None:
        await self.publish(VISION_WATCH, watch, slug=slug)

    async def _keep_watches(self, slugs: list[str]) -> None:
        await self.persist(_WATCHES, slugs)


async def _ended(work: Coroutine[Any, Any, TaskEnd[R]]) -> TaskEnd[R] | Ended:
    """The end of a task; failed where it was not even taken on."""
    try:
        return await work
    except (Refused, ContractError) as error:
        return Ended(TaskState.FAILED, str(error))
