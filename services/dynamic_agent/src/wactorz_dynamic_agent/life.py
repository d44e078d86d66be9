"""The life of generated code: load, setup, process again and again, and what follows when it fails."""

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

from wactorz_common.contracts.chat import Source
from wactorz_common.contracts.lifecycle import AgentState
from wactorz_common.errors import ContractError, WactorzError
from wactorz_dynamic_agent import checks, repair
from wactorz_dynamic_agent.behavior import Surroundings
from wactorz_dynamic_agent.errors import CodeFailed, InstanceEnded, OverTime
from wactorz_dynamic_agent.german import phrase
from wactorz_dynamic_agent.instance import Instance
from wactorz_dynamic_agent.keys import KEPT

if TYPE_CHECKING:
    from wactorz_dynamic_agent.agent import DynamicAgent

PROCESS_SECONDS, TASK_SECONDS, CLEANUP_SECONDS = 120.0, 60.0, 10.0
MOST_ERRORS = 5
"""Errors of `process` in a row."""

MOST_ENDS = 5
"""Times within a minute that the instance may be ended and begun again."""

_ENDS_WINDOW = 60.0
_LONGEST_PAUSE = 30.0
_SETUP_PATIENCE = 5.0
_FIRST_PAUSE = 0.1
"""Seconds before the second new instance; twice as long before each further one."""


class Life:
    """Runs one agent's code, one instance after the other."""

    source: Source = "rules"
    capabilities: tuple[str, ...] = ()

    def __init__(self, agent: "DynamicAgent", surroundings: Surroundings) -> None:
        self._agent, self._around, self._spec = agent, surroundings, agent.spec
        self.code = agent.spec.code
        self._instance: Instance | None = None
        self._loaded, self._set_up = asyncio.Event(), asyncio.Event()
        self._ends: list[float] = []
        self._current: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()
        self._stopping = False
        self._repairs = 0

    # -- the life -----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Live until cancelled, or until the agent has failed for good."""
        if self._agent.state is not AgentState.STOPPED:
            self._wanted.set()
        goes_on = True
        while goes_on and not self._stopping:
            await self._wanted.wait()
            self._current = asyncio.ensure_future(self._one_instance())
            try:
                await asyncio.wait([self._current])
                goes_on = await self._after(self._current)
            finally:
                self._current.cancel()
                await self._let_go()

    async def _after(self, lived: "asyncio.Task[None]") -> bool:
        """What follows the end of an instance; whether there shall be another one."""
        error = None if lived.cancelled() else lived.exception()
        if error is None or self._stopping:
            return True  # a person stopped it
        if isinstance(error, InstanceEnded):
            return await self._goes_on_after(error)
        if await self._mended(error):
            return True
        await self._fail(error, self._phase)
        return False

    async def _one_instance(self) -> None:
        self._instance = await self._around.runtime.open(self.code, self._config(), self._agent.ports, self._kept())
        self._loaded.set()
        if "setup" in self._instance.functions:
            await self._instance.call("setup", timeout=None)  # it may go on for as long as it waits in between
        self._set_up.set()
        self._agent.log.info("code runs", functions=", ".join(self._instance.functions))
        if "process" in self._instance.functions:
            await self._process(self._instance)
        else:
            await self._instance.ended()

    async def _process(self, instance: Instance) -> None:
        errors = 0
        while True:
            if not self._agent.is_resting:
                try:
                    await instance.call("process", timeout=PROCESS_SECONDS)
                except (CodeFailed, OverTime) as error:
                    errors += 1
                    if errors >= MOST_ERRORS:
                        raise _TooManyErrors(errors, error) from error
                    await self._agent.report_error(error, "process")
                else:
                    errors = 0
                    self._agent.report_success()
            pause = min(2.0**errors, _LONGEST_PAUSE) if errors else self._spec.poll_interval
            await _first(instance.ended(), pause)

    async def _goes_on_after(self, error: InstanceEnded) -> bool:
        """Begin a new instance, unless that happens too often."""
        now = time.monotonic()
        self._ends = [moment for moment in self._ends if now - moment < _ENDS_WINDOW] + [now]
        if len(self._ends) > MOST_ENDS:
            await self._fail(error, "process")
            return False
        await self._agent.report_error(error, "process")
        if len(self._ends) > 1:
            await asyncio.sleep(_FIRST_PAUSE * 2 ** (len(self._ends) - 2))
        return True

    async def _mended(self, error: BaseException) -> bool:
        """Whether the model has mended code that could not be loaded or set up."""
        if not isinstance(error, CodeFailed) or not repair.is_allowed(self._spec, self._repairs):
            return False
        await self._agent.report_error(error, self._phase)
        self._repairs += 1
        try:
            code = await repair.mend(self._agent, self.code, error)
        except WactorzError as problem:
            self._agent.log.warning("code was not repaired", reason=str(problem))
            return False
        self.code = code
        self._around.changed(self._agent.name, code)
        return True

    async def _fail(self, error: BaseException, phase: str) -> None:
        await self._agent.fail(error, phase)
        self._around.ended(self._agent.name, f"{phase}: {error}", False)

    @property
    def _phase(self) -> str:
        """How far the present instance has come."""
        return "process" if self._set_up.is_set() else "setup" if self._loaded.is_set() else "compile"

    async def _let_go(self) -> None:
        instance, self._instance = self._instance, None
        self._loaded.clear()
        self._set_up.clear()
        self._agent.ports.silence()
        if instance is not None:
            await instance.close()

    def _config(self) -> dict[str, Any]:
        agent, spec = self._agent, self._spec
        looks_around = checks.looks_around(self.code)
        return {
            "name": agent.name, "actor_id": agent.id, "node": agent.settings.node, "grants": spec.grants.to_wire(),
            "memory_mb": spec.limits.memory_mb, "cpu": spec.limits.cpu,
            "directory": self._around.directory() if looks_around else {},
        }  # fmt: skip

    def _kept(self) -> dict[str, int]:
        own = {key: value for key, value in self._agent.store.kept().items() if key.startswith(KEPT)}
        return {key.removeprefix(KEPT): len(json.dumps(value)) + len(key) for key, value in own.items()}

    # -- from outside -------------------------------------------------------------------------------------------

    async def task(self, payload: Any) -> Any:
        """What handle_task answers."""
        instance = await self._ready()
        if "handle_task" not in instance.functions:
            return {"error": phrase("Agent '{name}' has no handle_task function.", name=self._agent.name)}
        return await instance.call("handle_task", payload, timeout=TASK_SECONDS)

    async def _ready(self) -> Instance:
        """The instance, once it is loaded and, if that is quick, set up."""
        if not self._set_up.is_set():
            await self._loaded.wait()
            try:
                async with asyncio.timeout(_SETUP_PATIENCE):
                    await self._set_up.wait()
            except TimeoutError:
                pass  # a setup that goes on for long does not keep tasks waiting
        if self._instance is None:
            raise ContractError(phrase("{name} is being restarted; try again in a moment", name=self._agent.name))
        return self._instance

    async def deliver(self, topic: str, text: str) -> None:
        """Hand over a message that the code subscribed to."""
        if self._instance is not None and not self._agent.is_resting:
            self._agent.count("messages", 1)
            await self._instance.deliver(topic, text)

    async def refresh(self, directory: dict[str, Any]) -> None:
        """Hand over a new snapshot of the directory."""
        if self._instance is not None:
            await self._instance.refresh(directory)

    async def obey(self, state: AgentState) -> None:
        """Stopped code is cleaned up and gone; started code begins anew; paused code is only not called."""
        if state is AgentState.STOPPED:
            self._wanted.clear()
            await self._clean_up()
            if self._current is not None:
                self._current.cancel()
        else:
            self._wanted.set()

    def end(self, why: str) -> None:
        """The code wants to end for good."""
        self._around.ended(self._agent.name, why, True)

    async def stop(self) -> None:
        """Clean up at the end of the agent."""
        self._stopping = True
        await self._clean_up()
        await self._let_go()

    async def _clean_up(self) -> None:
        instance = self._instance
        if instance is None or "cleanup" not in instance.functions:
            return
        try:
            await instance.call("cleanup", timeout=CLEANUP_SECONDS)
        except WactorzError as error:
            await self._agent.report_error(error, "process")


class _TooManyErrors(WactorzError):
    code = "agent_code"

    def __init__(self, count: int, last: WactorzError) -> None:
        super().__init__(f"process failed {count} times in a row, last with: {last}", **last.context)


async def _first(ended: Any, seconds: float) -> None:
    """Wait; an end of the instance in between is raised at once."""
    try:
        async with asyncio.timeout(seconds):
            await ended
    except TimeoutError:
        pass  # nothing has ended
