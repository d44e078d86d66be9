"""A spawned agent: a full agent on the bus whose behavior comes from its specification."""

from typing import Any, ClassVar

from wactorz_common.agent import Agent, Task, handles, handles_rest
from wactorz_common.bus import Bus
from wactorz_common.contracts import Channel
from wactorz_common.contracts.chat import CHAT, CHAT_OUT, ChatAnswer, ChatRequest
from wactorz_common.contracts.home import ACTUATIONS
from wactorz_common.contracts.lifecycle import AgentState
from wactorz_common.contracts.llm import CompletionResult
from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.contracts.tasks import TaskBody, TaskState
from wactorz_common.store import Store
from wactorz_dynamic_agent import speech
from wactorz_dynamic_agent.automation import Automation
from wactorz_dynamic_agent.behavior import Behavior, Surroundings
from wactorz_dynamic_agent.egress import Web
from wactorz_dynamic_agent.handed import HandedFiles, told_of
from wactorz_dynamic_agent.life import Life
from wactorz_dynamic_agent.operations import Operations
from wactorz_dynamic_agent.persona import Persona
from wactorz_dynamic_agent.policy import Policy
from wactorz_dynamic_agent.ports import GuestPorts
from wactorz_dynamic_agent.settings import HostSettings

_KNOW_THE_PERSON = frozenset({"io-agent", "main"})
"""Whose word says who speaks: the door, and who asks for a person that came through it."""


class DynamicAgent(Agent[HostSettings]):
    """One spawned agent; several may live in one process."""

    protected = False
    publishes: ClassVar[tuple[Channel[Any], ...]] = (CHAT_OUT, ACTUATIONS)

    def __init__(
        self, settings: HostSettings, bus: Bus, store: Store, spec: SpawnSpec, surroundings: Surroundings
    ) -> None:
        self.name, self.description, self.agent_type = spec.name, spec.description, spec.kind
        self.spec, self._surroundings = spec, surroundings
        super().__init__(settings, bus, store)
        policy = Policy(spec, self.id)
        web = Web(spec.grants.http, allow_private=settings.allow_private_http)
        self.handed = HandedFiles()
        self.ports = GuestPorts(self, policy, Operations(self, policy, web))
        self.life = Life(self, surroundings)
        self._behavior = self._behavior_of(spec.kind)
        self._model: dict[str, float] = {}

    def _behavior_of(self, kind: str) -> Behavior:
        if kind == "llm":
            return Persona(self)
        return Automation(self) if kind == "ha_actuator" else self.life

    # -- tasks --------------------------------------------------------------------------------------------------

    @handles(CHAT)
    async def chat(self, request: ChatRequest, task: Task) -> ChatAnswer:
        """Answer a person's text, with the files that belong to it."""
        behavior, payload = self._behavior, speech.payload_of(request.text)
        with self.handed.during(request, task.sender) as files:
            if isinstance(behavior, Persona):
                result = await behavior.converse(payload, _place_of(request, task.sender), files)
            else:
                result = await behavior.task({**payload, **told_of(files)})
        failed = isinstance(result, dict) and result.get("error") is not None
        end = TaskState.FAILED if failed else TaskState.DONE
        return ChatAnswer(text=speech.text_of(result), source=self._behavior.source, status=end.value)

    @handles_rest
    async def task(self, request: TaskBody, task: Task) -> dict[str, Any]:
        """Hand any other task to the agent's own code."""
        reply = speech.reply_of(await self._behavior.task(request.body))
        if reply.get("error") is not None:
            task.outcome = TaskState.FAILED
        return reply

    # -- lifecycle ----------------------------------------------------------------------------------------------

    async def on_start(self) -> None:
        """Begin to live; tasks wait until the code is loaded."""
        self.spawn_background(self.ports.run(), "ports")
        self.spawn_background(self._behavior.run(), "life")

    async def on_stop(self) -> None:
        """Have the code clean up, and end it."""
        await self._behavior.stop()

    async def on_state(self, state: AgentState) -> None:
        """Stop ends the code after its clean-up; start begins it anew."""
        await self._behavior.obey(state)

    async def on_delete(self) -> None:
        """Nothing: the monitor hears the same command, and has the node drop this agent with what it kept."""
        self.log.info("delete is left to the monitor")

    # -- what it tells ------------------------------------------------------------------------------------------

    def extra_metrics(self) -> dict[str, Any]:
        """Model calls of this agent, once there are some."""
        return {**self._model, "llm_calls": int(self._model["llm_calls"])} if self._model else {}

    def spent(self, answer: CompletionResult) -> None:
        """Count a model call."""
        new = {"input_tokens": answer.input_tokens, "output_tokens": answer.output_tokens,
               "cost_usd": answer.cost_usd, "llm_calls": 1}  # fmt: skip
        self._model = {key: self._model.get(key, 0) + value for key, value in new.items()}

    def extra_manifest(self) -> dict[str, Any]:
        """What the specification, the code and its publishing say that the agent does."""
        spec, declared, samples = self.spec, self.ports.contract, self.ports.samples
        both = {name: {**getattr(spec, name), **_table(declared.get(name))} for name in _TABLES}
        return {
            "description": spec.description, "capabilities": spec.capabilities or self._behavior.capabilities,
            "input_schema": spec.input_schema, "output_schema": spec.output_schema,
            "publishes": _once(spec.publishes, _texts(declared.get("publishes")), samples.topics),
            "subscribes": _once(spec.subscribes, _texts(declared.get("subscribes"))),
            "observed_samples": samples.to_wire(), **both,
        }  # fmt: skip

    def memory_mb(self) -> float:
        """This agent's share of its process."""
        return self._surroundings.memory_mb()

    def doing(self) -> str:
        """What its code last said that it does, or the tasks under way."""
        return self.ports.status or super().doing()

    def count(self, counter: str, amount: int) -> None:
        """Count what the code reports."""
        self._telemetry.counters[counter] += amount

    @property
    def is_resting(self) -> bool:
        """Whether a person paused or stopped it."""
        return self.state is not AgentState.RUNNING

    def refreshed(self, directory: dict[str, Any]) -> None:
        """Take in a new snapshot of the directory."""
        self.spawn_background(self._behavior.refresh(directory), "directory")


_TABLES = ("triggers_when", "produces_schema", "consumes_schema")


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _once(*parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for part in parts for item in part))


def _place_of(request: ChatRequest, sender: str) -> str:
    """Whose conversation it is; only those who know the person are believed, and nobody can write another's place."""
    plain = request.conversation_id.replace("\n", " ")
    return f"{request.person}\n{plain}" if request.person and sender in _KNOW_THE_PERSON else plain
