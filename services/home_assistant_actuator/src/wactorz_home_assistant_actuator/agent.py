"""The actuator: the only agent that commands devices."""

import time

from wactorz_common.agent import Agent, Task, every, handles
from wactorz_common.bus import Bus
from wactorz_common.contracts.home import ACTUATE, ACTUATIONS, Actuation, ActuationEvent, ActuationResult
from wactorz_common.contracts.system import SET_HALT, HaltRequest, HaltResult
from wactorz_common.store import Store
from wactorz_home_assistant_actuator.client import HomeAssistantDevices
from wactorz_home_assistant_actuator.journal import Journal
from wactorz_home_assistant_actuator.settings import HomeAssistantActuatorSettings
from wactorz_home_assistant_actuator.writer import DeviceWriter, Ended, conclude

_HALTED = "halted"
_TRIM_SECONDS = 3600.0


class HomeAssistantActuatorAgent(Agent[HomeAssistantActuatorSettings]):
    """Acts on devices once, in time, and reads back what became of it."""

    name = "home-assistant-actuator"
    description = "The only writer to devices: policy, once and in time, read back."
    publishes = (ACTUATIONS,)

    def __init__(self, settings: HomeAssistantActuatorSettings, bus: Bus, store: Store) -> None:
        super().__init__(settings, bus, store)
        self._devices = HomeAssistantDevices(
            settings.ha_url, settings.ha_token.get_secret_value(), settings.call_timeout_seconds
        )
        self._journal = Journal(store)
        self._writer = DeviceWriter(self._devices, self._journal, self._is_halted, settings.connect_wait_seconds)

    async def on_start(self) -> None:
        """Begin connecting to Home Assistant; without waiting, so that recovered tasks come before new ones."""
        self._journal.open()
        self._devices.home.on_away.append(self._say_away)
        self._devices.home.start()

    async def on_stop(self) -> None:
        """Close the connection to Home Assistant."""
        await self._devices.home.stop()

    @handles(ACTUATE)
    async def on_actuate(self, request: Actuation, task: Task) -> ActuationResult:
        """Make the calls, once, and say what became of them."""
        ends = await self._writer.perform(request, task)
        await self._give_evidence(request, task, ends)
        task.outcome, result = conclude(ends)
        return result

    @handles(SET_HALT)
    async def on_set_halt(self, request: HaltRequest, task: Task) -> HaltResult:
        """Stop all actuation, or let it go on; kept over restarts."""
        await self.persist(_HALTED, request.halted)
        self.log.warning("halted" if request.halted else "released", by=request.by or task.sender)
        return HaltResult(halted=self._is_halted())

    @every(_TRIM_SECONDS)
    async def trim(self) -> None:
        """Forget outcomes that nobody can ask for any more."""
        await self._journal.trim(time.time())

    def _is_halted(self) -> bool:
        return bool(self.recall(_HALTED, False))

    async def _say_away(self) -> None:
        await self.alert(self._devices.home.problem)

    async def _give_evidence(self, request: Actuation, task: Task, ends: list[Ended]) -> None:
        """Publish what was really sent, resolved, with its outcome."""
        actions = tuple(end.outcome.to_wire() for end in ends if end.acted)
        if not actions:
            return
        event = ActuationEvent(
            automation_id=request.rule_id or task.id, task_id=task.id, actions=actions,
            trigger_payload={"reason": request.reason, "trace_id": task.trace_id}, timestamp=time.time(),
        )  # fmt: skip
        await self.publish(ACTUATIONS, event)
