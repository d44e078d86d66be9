"""The base of every agent: lifecycle, handlers, questions, durable tasks, commands."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from wactorz_common import healthcheck, logs
from wactorz_common.bus import Bus, Message
from wactorz_common.contracts import Channel, Operation, Payload
from wactorz_common.contracts.backup import SnapshotPart, SnapshotRequest, Staged, StateApplied, StateApply, StateIn
from wactorz_common.contracts.lifecycle import CHANNELS as LIFECYCLE
from wactorz_common.contracts.lifecycle import COMMANDS, MANIFEST, AgentCommand, AgentState, Severity
from wactorz_common.contracts.system import DEAD_LETTER
from wactorz_common.contracts.tasks import TASK, TASK_OF_ONE, TASK_REPLY, TaskReply
from wactorz_common.errors import ContractError
from wactorz_common.handlers import HandlerTable, Heard, Task, Tick, every, handles, handles_rest, listens
from wactorz_common.language import chosen_language
from wactorz_common.serving import TaskServer, body_of, task_topic
from wactorz_common.settings import AgentSettings
from wactorz_common.shared_inbox import SharedInbox
from wactorz_common.snapshots import StateKeeper
from wactorz_common.store import Store
from wactorz_common.supervision import silence_limit
from wactorz_common.tasks import Inbox, Outbox, TaskEnd
from wactorz_common.telemetry import Profile, Telemetry, memory_mb
from wactorz_common.workloop import WorkLoop, is_being_cancelled

__all__ = ["Agent", "Task", "TaskEnd", "every", "handles", "handles_rest", "listens"]

P = TypeVar("P", bound=Payload)
Q = TypeVar("Q", bound=Payload)
R = TypeVar("R", bound=Payload)
S = TypeVar("S", bound=AgentSettings)

_ASK_SLACK = 1.0
_DRAIN_SECONDS = 5.0
_LATECOMERS_SECONDS = 1.0
_ANSWER_FIRST = 0.3
_WANTED = "_wanted_state"
_LIBRARY = frozenset({*LIFECYCLE, TASK, TASK_REPLY, DEAD_LETTER})


class Agent(Generic[S]):
    """An independent service that meets the others only on the bus.

    A subclass names itself, declares what it publishes, and marks its methods with `handles`, `listens` and `every`.
    A class whose agents have a name each sets it before this constructor runs.
    """

    name: str
    description: str
    agent_type: str = "service"
    publishes: ClassVar[tuple[Channel[Any], ...]] = ()
    protected: bool = True
    essential: bool = False
    watches_itself: ClassVar[bool] = False
    """Whether its process ends in a container when its work loop hangs, as nobody else restarts it."""
    refuses_while_paused: ClassVar[bool] = False
    """Whether durable tasks that come while it is paused end at once, because late is worse than not at all."""
    replicated: ClassVar[bool] = False
    """Whether several processes may share the name: each has an id of its own, durable tasks are leased among them."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a subclass that overwrites a private part of this class without knowing."""
        super().__init_subclass__(**kwargs)
        private = {name for name in vars(Agent) if name.startswith("_") and not name.startswith("__")}
        taken = sorted(private & set(vars(cls)) - {"_abc_impl"})
        if taken:
            raise TypeError(f"{cls.__name__} overwrites {', '.join(taken)} of Agent: give it another name")

    def __init__(self, settings: S, bus: Bus, store: Store) -> None:
        self.settings = settings
        self.bus = bus
        self.store = store
        self.log = logs.get(type(self).__module__)
        self.id = bus.identity.agent_id
        self.incarnation = bus.identity.incarnation
        self.finished = asyncio.Event()
        self.begins_again = False
        """Whether whoever runs this agent shall start it again when it has finished: another state waits for it."""
        self.on_begin_again: Callable[[], None] = self.finished.set
        """Called when it shall end and begin again; by default it finishes."""
        self._table = HandlerTable.of(type(self))
        self._telemetry = Telemetry(self._profile(), bus, self.extra_metrics, self.extra_manifest, self.memory_mb)
        self._loop = WorkLoop(self._beat, settings.heartbeat_seconds)
        self._server = TaskServer(self, self._table, self._inbox(), bus, self._loop, self._telemetry)
        self._outbox = Outbox(store, self._server.send)
        self._allowed = _LIBRARY | set(self.publishes)
        self._keeper = StateKeeper(store, self.name, self.id)
        self._background: set[asyncio.Task[Any]] = set()
        self._obeying = asyncio.Lock()

    def _inbox(self) -> Inbox:
        if not self.replicated:
            return Inbox(self.store)
        path = self.settings.state_dir / "shared" / self.name / "inbox.db"
        return SharedInbox(path, self.id, self.incarnation, lambda: self._loop.paused)

    def _profile(self) -> Profile:
        takes, gives = self._table.schemas()
        return Profile(
            name=self.name, agent_id=self.id, incarnation=self.incarnation, agent_type=self.agent_type,
            description=self.description, node=self.settings.node, protected=self.protected,
            essential=self.essential, capabilities=tuple(sorted(self._table.served)),
            input_schema=takes, output_schema=gives,
            publishes=tuple(channel.address for channel in self.publishes),
            subscribes=tuple(heard.channel.filter(**heard.params) for heard in self._table.heard),
            replica=self.bus.identity.replica, restarts=self.bus.identity.starts - 1,
        )  # fmt: skip

    # -- for subclasses -----------------------------------------------------------------------------------------

    @property
    def state(self) -> AgentState:
        """Where the agent is in its lifecycle."""
        return self._telemetry.state

    async def on_start(self) -> None:
        """Prepare: tables, caches. The broker may not be connected yet; do not wait for it."""

    async def on_connected(self) -> None:
        """Called right after each (re)connection to the broker and a second later: publish what others need to know."""

    async def on_stop(self) -> None:
        """Let go of what `on_start` took."""

    def extra_metrics(self) -> dict[str, Any]:
        """Further fields of AgentMetrics that this agent can fill."""
        return {}

    def extra_manifest(self) -> dict[str, Any]:
        """Further fields of AgentManifest, or others in place of what the class declares."""
        return {}

    def memory_mb(self) -> float:
        """What the heartbeat tells as this agent's memory in MiB."""
        return memory_mb()

    def doing(self) -> str:
        """What the heartbeat tells that this agent does now, in a line."""
        return self._loop.busy_with

    async def on_state(self, state: AgentState) -> None:
        """Called when a command has changed the state."""

    async def on_delete(self) -> None:
        """Obey the command to go: withdraw what was retained, then end; the spawn registry drops the state folder."""
        await self.bus.publish(MANIFEST, None, agent_id=self.id)
        self.finished.set()

    async def publish(
        self, channel: Channel[P], payload: P | None, *, headers: dict[str, str] | None = None, **params: str
    ) -> None:
        """Publish on a declared channel; `agent_id` defaults to this agent's own, `headers` are user properties."""
        if channel not in self._allowed:
            raise ContractError(f"{self.name} does not declare that it publishes {channel.address}")
        if "agent_id" in channel.parameters:
            params.setdefault("agent_id", self.id)
        await self.bus.publish(channel, payload, expiry=None, headers=headers, **params)

    async def ask(
        self, operation: Operation[Q, R], request: Q, *, to: str | None = None,
        timeout: float | None = None, trace_id: str = "",  # becomes the receiver's limit too
    ) -> R:  # fmt: skip
        """Ask another agent and wait for its answer; nothing is kept on disk.

        Raises AskTimeout, TransportError, or TaskFailed with the other agent's own words.
        """
        limit = operation.timeout + _ASK_SLACK if timeout is None else timeout
        ask_id = self.bus.next_ask_id()
        body = body_of(operation, request, task_id=ask_id, reply_topic=self.bus.reply_topic, sender=self.name,
                       trace_id=trace_id, language=chosen_language())  # fmt: skip
        topic = task_topic(to or operation.agent or "")
        reply = await self.bus.request(topic, body, ask_id, limit)
        return self._server.result_of(operation, reply)

    async def submit(
        self, operation: Operation[Q, R], request: Q, *, to: str | None = None, task_id: str | None = None,
        deadline: float | None = None, trace_id: str = "",
    ) -> TaskEnd[R]:  # fmt: skip
        """Hand over a durable task and wait for its end: done, failed, expired or unknown.

        The same `task_id` again attaches to the task that is under way, or gives its stored end. `deadline` is in
        seconds from now, by default the operation's time-out.
        """
        return await self._server.submit(
            self._outbox, operation, request, to=to, task_id=task_id, deadline=deadline, trace_id=trace_id
        )

    async def persist(self, key: str, value: Any) -> None:
        """Keep a JSON value; it is on disk when this returns."""
        await self.store.persist(key, value)

    def recall(self, key: str, default: Any = None) -> Any:
        """A kept value, from memory."""
        return self.store.recall(key, default)

    async def alert(
        self, message: str, severity: Severity = "warning", *, code: str = "", data: Mapping[str, Any] | None = None
    ) -> None:
        """Tell people something; pages tell it in their own language by `code` and the values of `data`."""
        await self._telemetry.alert(message, severity, code, data or {})

    async def report_error(self, error: BaseException, phase: str = "process", *, fatal: bool = False) -> None:
        """Count and publish an error that was caught; a WactorzError may bring a `traceback` from elsewhere."""
        await self._telemetry.error(error, phase, fatal=fatal)

    def report_success(self) -> None:
        """Work went well: errors are counted in a row from here on."""
        self._telemetry.consecutive_errors = 0

    async def fail(self, error: BaseException, phase: str) -> None:
        """Report that this agent cannot go on, and take no more work; the state stays failed."""
        self._loop.paused = True
        await self._telemetry.error(error, phase, fatal=True)
        await self._telemetry.enter(AgentState.FAILED)

    async def log_event(self, message: str, level: str = "info") -> None:
        """A log event that people may read on the bus."""
        await self._telemetry.log_event(message, level)

    async def publish_manifest(self) -> None:
        """Publish the manifest again, because what it says has changed."""
        await self._telemetry.manifest()

    async def publish_metrics(self) -> None:
        """Publish the counters now instead of with the next heartbeat."""
        await self._telemetry.metrics()

    def spawn_background(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run work beside the loop until the agent stops; an exception becomes an error event."""

        async def guarded() -> None:
            try:
                await work
            except asyncio.CancelledError as error:
                if is_being_cancelled():
                    raise
                await self._telemetry.error(error, "process")
            except Exception as error:
                await self._telemetry.error(error, "process")

        task = asyncio.create_task(guarded(), name=f"{self.name}:{name}")
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        task.add_done_callback(lambda _: work.close())  # it may have been cancelled before it began
        return task

    # -- lifecycle ----------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Take up work: state restored, subscriptions made, unfinished tasks run again."""
        await self._outbox.start()
        self._loop.restore(await self._server.start())  # ahead of whatever the broker brings
        wanted = AgentState(self.recall(_WANTED, AgentState.RUNNING.value))
        self._loop.paused = wanted is not AgentState.RUNNING
        self._subscribe()
        self.bus.on_connected.append(self._on_connected)
        self.bus.start()
        try:
            await self.on_start()
        except Exception as error:
            self._telemetry.state = AgentState.FAILED
            await self._telemetry.error(error, "setup", fatal=True)
            raise
        await self._telemetry.enter(wanted)
        self._server.opened.set()
        self.spawn_background(self._loop.run(), "work loop")
        if self.replicated:
            self.spawn_background(self._server.keep_leases(), "leases")
        for tick in self._table.ticks:
            self.spawn_background(self._tick(tick), tick.method)
        if self.store.put_aside:
            self.log.error("state could not be read and was put aside", file=str(self.store.put_aside))
            await self.alert(f"The state of {self.name} could not be read and was put aside: {self.store.put_aside}")

    async def stop(self, *, for_good: bool = False) -> None:
        """Finish what runs within 5 s, say goodbye, let go; `for_good`: the broker keeps nothing for it either."""
        self._server.leaving = True
        self._loop.paused = True
        await self._loop.drain(_DRAIN_SECONDS)
        try:
            await self.on_stop()
        except Exception as error:  # the goodbye must still be said
            self.log.exception("on_stop failed", reason=str(error))
        for task in list(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._server.stop()
        await self._telemetry.metrics(final=True)
        if self.state is not AgentState.FAILED:
            await self._telemetry.enter(AgentState.STOPPED)
        await self._outbox.stop()
        await self.bus.stop(end_session=for_good)

    def _subscribe(self) -> None:
        self.bus.on_bad_message = self._on_bad_message
        self.bus.on_reply = self._on_reply
        group = self.name if self.replicated else ""
        self.bus.subscribe(TASK, self._server.on_task, group=group, agent_name=self.name)
        if group:
            self.bus.subscribe(TASK_OF_ONE, self._server.on_task, agent_name=self.name, replica_id=self.id)
        self.bus.subscribe(COMMANDS, self._on_command, agent_id=self.id)
        for heard in self._table.heard:
            self.bus.subscribe(heard.channel, self._listener(heard), **heard.params)

    def _listener(self, heard: Heard) -> Any:
        method = getattr(self, heard.method)

        async def listen(message: Message[Any]) -> None:
            if self._loop.paused:
                return
            job = self._guarded(method, message)
            if heard.channel.qos:
                await self._loop.put(job)
            else:
                self._loop.offer(job)

        return listen

    def _guarded(self, method: Any, *arguments: Any) -> Any:
        async def job() -> None:
            self._telemetry.counters["messages"] += 1
            try:
                await method(*arguments)
            except asyncio.CancelledError as error:
                if is_being_cancelled():
                    raise
                await self._telemetry.error(error, "process")
            except Exception as error:
                await self._telemetry.error(error, "process")
            else:
                self._telemetry.consecutive_errors = 0

        return job

    async def _tick(self, tick: Tick) -> None:
        job = self._guarded(getattr(self, tick.method))
        while True:
            await asyncio.sleep(tick.seconds)
            if not self._loop.paused:
                await job()

    async def _beat(self) -> None:
        await self._telemetry.beat(self._loop.progress, self.doing(), self._loop.overdue())
        if self.settings.health_file:
            try:
                healthcheck.note(self.settings.health_file, silence_limit(self.settings.heartbeat_seconds))
            except OSError as error:
                await self._telemetry.error(error, "process")

    def _on_connected(self) -> None:
        self._outbox.kick()
        self._loop.offer(self._introduce)
        asyncio.get_running_loop().call_later(_LATECOMERS_SECONDS, self._loop.offer, self._speak_up)

    async def _introduce(self) -> None:
        await self._telemetry.introduce()
        await self._speak_up()

    async def _speak_up(self) -> None:
        """Say what others need to know; said again a little later for those whose connection came back after ours."""
        await self._beat()
        await self._guarded(self.on_connected)()

    def _on_bad_message(self, topic: str, data: bytes, error: ContractError) -> None:
        self.spawn_background(self._telemetry.bad_message(topic, data, error), "bad message")

    def _on_reply(self, message: Message[TaskReply]) -> None:
        self.spawn_background(self._outbox.on_reply(message.payload), "reply")

    # -- the state as a whole -----------------------------------------------------------------------------------

    async def answer_snapshot(self, request: SnapshotRequest, _task: Task) -> SnapshotPart:
        """Every agent's answer to SNAPSHOT."""
        return await self._keeper.part(request)

    async def answer_stage(self, request: StateIn, _task: Task) -> Staged:
        """Every agent's answer to STAGE_STATE."""
        return await self._keeper.stage(request)

    async def answer_apply(self, request: StateApply, _task: Task) -> StateApplied:
        """Every agent's answer to APPLY_STATE: it ends, and begins again with the other state."""
        applied = await self._keeper.apply(request)
        self.begins_again = True
        asyncio.get_running_loop().call_later(_ANSWER_FIRST, self.on_begin_again)
        return applied

    # -- commands -----------------------------------------------------------------------------------------------

    async def _on_command(self, message: Message[AgentCommand]) -> None:
        await self._server.opened.wait()
        async with self._obeying:  # one after the other, in the order in which they came
            await self._obey(message.payload.command)

    async def _obey(self, command: str) -> None:
        refusal = self._refusal(command)
        if refusal:
            await self._telemetry.log_event(f"{command} refused: {refusal}", level="warning")
            return
        if command == "delete":
            await self.on_delete()
            return
        state = {"pause": AgentState.PAUSED, "stop": AgentState.STOPPED}.get(command, AgentState.RUNNING)
        await self.persist(_WANTED, state.value)
        self._loop.paused = state is not AgentState.RUNNING
        if not self._loop.paused:
            self._server.resume()
        await self._telemetry.enter(state)
        await self.on_state(state)

    def _refusal(self, command: str) -> str:
        """Why a command does not apply; empty when it does."""
        if command == "delete" and self.protected:
            return f"{self.name} is protected"
        if command in ("stop", "pause") and self.essential:
            return f"{self.name} is essential"
        fits = {
            "start": {AgentState.STOPPED}, "resume": {AgentState.PAUSED}, "pause": {AgentState.RUNNING},
            "stop": {AgentState.RUNNING, AgentState.PAUSED}, "delete": set(AgentState),
        }  # fmt: skip
        return "" if self.state in fits[command] else f"{self.name} is {self.state.value}"
