"""An agent without code and model: messages on its topics move devices, through the actuator."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wactorz_common.comparisons import state_holds
from wactorz_common.contracts.automating import ActuatorConfig
from wactorz_common.contracts.chat import Source
from wactorz_common.contracts.home import (
    ACTUATE,
    ACTUATIONS,
    GET_STATES,
    Actuation,
    ActuationEvent,
    ServiceCall,
    StateQuery,
)
from wactorz_common.contracts.lifecycle import AgentState
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_common.rights import covers
from wactorz_dynamic_agent.detection import FRESH_SECONDS, fill, fits, is_past
from wactorz_dynamic_agent.german import phrase

if TYPE_CHECKING:
    from wactorz_dynamic_agent.agent import DynamicAgent

_LAST, _COUNT = "last_actuation_time", "actuations_count"
_HOUSE_SECONDS = 10.0
_MOST_WAITING = 100


class Automation:
    """Filter, cool-down, conditions, then one durable task for all actions; one message after the other."""

    source: Source = "rules"
    capabilities: tuple[str, ...] = ("device automation",)

    def __init__(self, agent: "DynamicAgent") -> None:
        self._agent = agent
        self._config = ActuatorConfig.of(agent.spec)
        self._waiting: asyncio.Queue[tuple[str, Any, float]] = asyncio.Queue(_MOST_WAITING)
        self._ends: list[Callable[[], None]] = []
        self._note = ""

    async def run(self) -> None:
        """Listen, and take one message after the other."""
        if self._agent.state is not AgentState.STOPPED:
            self._listen()
        while True:
            topic, payload, heard_at = await self._waiting.get()
            try:
                await self._consider(topic, payload, heard_at)
            except Exception as error:  # one message must not end the others
                await self._agent.report_error(error, "process")
            else:
                self._agent.report_success()

    def _listen(self) -> None:
        if not self._ends:
            # Not kept by the broker while it is away: nobody could tell how old the message is.
            self._ends = [self._agent.bus.listen(one, self._heard, qos=0) for one in _apart(self._config.mqtt_topics)]

    def _silence(self) -> None:
        for end in self._ends:
            end()
        self._ends = []

    async def _heard(self, topic: str, data: bytes, retained: bool) -> None:
        """A message; one that the broker kept is of the past, and moves nothing."""
        if retained or self._agent.is_resting:
            return
        self._agent.count("messages", 1)
        try:
            payload = json.loads(data)
        except ValueError:
            payload = data.decode(errors="replace")
        if is_past(payload, time.time()) or not fits(self._config.detection_filter, payload):
            return
        try:
            self._waiting.put_nowait((topic, payload, time.monotonic()))
        except asyncio.QueueFull:
            self._agent.count("errors", 1)

    async def _consider(self, topic: str, payload: Any, heard_at: float) -> None:
        late = time.monotonic() - heard_at > FRESH_SECONDS
        reason = "too late, as those before it took long" if late else self._cooling() or await self._unmet()
        if reason:
            self._noted(reason)
            return
        filled = fill(self._config.actions, payload)
        for sentence in filled.skipped:
            await self._agent.log_event(sentence, "warning")
        if filled.calls:
            await self._agent.persist(_LAST, time.time())
            await self._act(filled.calls, topic, payload)

    def _cooling(self) -> str:
        """Why it is too early, as a clause; a last time in the future comes from a clock that was set back."""
        since, pause = time.time() - self._agent.recall(_LAST, 0.0), self._config.cooldown_seconds
        return f"within the cool-down of {pause:g} s" if 0 <= since < pause else ""

    async def _unmet(self) -> str:
        """Which condition does not hold, as a clause; without the house none does."""
        conditions = self._config.conditions
        if not conditions:
            return ""
        asked = StateQuery(entity_id=tuple(dict.fromkeys(one.entity_id for one in conditions)))
        try:
            report = await self._agent.ask(GET_STATES, asked, timeout=_HOUSE_SECONDS)
        except (TransportError, TaskFailed) as error:
            return f"its conditions could not be looked at: {error}"
        live = {entity.entity_id: entity for entity in report.states}
        for one in conditions:
            entity = live.get(one.entity_id)
            if entity is None or not state_holds(
                entity.state, entity.attributes, one.attribute, one.operator, one.value
            ):
                return f"{one.entity_id} is not {one.operator} {one.value}"
        return ""

    async def _act(self, calls: tuple[ServiceCall, ...], topic: str, payload: Any) -> None:
        config, name = self._config, self._agent.name
        identity = config.automation_id or name
        actuation = Actuation(
            calls=calls, reason=config.description or identity, origin="agent", rule_id=identity,
            evidence={"agent": name, "topic": topic, "payload": payload},
        )  # fmt: skip
        end = await self._agent.submit(ACTUATE, actuation)
        count = self._agent.recall(_COUNT, 0) + 1
        await self._agent.persist(_COUNT, count)
        said = (end.result.text if end.result else "") or end.error or end.state.value
        self._noted(f"acted: {said}")
        shown = payload if isinstance(payload, dict) else {"value": payload}
        event = ActuationEvent(
            automation_id=identity, task_id=end.task_id, timestamp=time.time(), trigger_payload=shown,
            actions=tuple(one.to_wire() for one in (end.result.outcomes if end.result else ())),
        )  # fmt: skip
        await self._agent.publish(ACTUATIONS, event)

    def _noted(self, note: str) -> None:
        self._note = note
        self._agent.log.info("message considered", note=note)

    # -- from outside -------------------------------------------------------------------------------------------

    async def task(self, payload: Any) -> Any:  # noqa: ARG002  # the shape of every behavior
        """What it does and did; it takes no orders."""
        config = self._config
        count, last = self._agent.recall(_COUNT, 0), self._agent.recall(_LAST, 0.0)
        calls = ", ".join(f"{one.domain}.{one.service} {' '.join(one.entity_id)}" for one in config.actions)
        told = phrase(
            "I listen to {topics} and then do {calls}. So far I acted {count} time."
            if count == 1 else "I listen to {topics} and then do {calls}. So far I acted {count} times.",
            topics=", ".join(config.mqtt_topics), calls=calls, count=count,
        )  # fmt: skip
        result = {"result": f"{told} {phrase('Last message: {note}.', note=self._note)}" if self._note else told}
        return {**result, "actuations_count": count, "last_actuation_time": last or None}

    async def obey(self, state: AgentState) -> None:
        """A paused or stopped one hears nothing."""
        if state is AgentState.RUNNING:
            self._listen()
        else:
            self._silence()

    async def refresh(self, directory: dict[str, Any]) -> None:
        """It does not look around."""

    async def stop(self) -> None:
        """Hear nothing any more."""
        self._silence()


def _apart(topics: tuple[str, ...]) -> list[str]:
    """The filters without those that another one holds: each message is heard once."""
    once = list(dict.fromkeys(topics))
    return [one for one in once if not any(covers((other,), one) for other in once if other != one)]
