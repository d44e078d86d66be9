"""The receiving side of tasks: accept, run the handler, report the one end."""

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, TypeVar

from pydantic_core import from_json, to_json

from wactorz_common import logs
from wactorz_common.bus import Bus, Message, is_topic
from wactorz_common.contracts import CHANNELS, Operation, Payload
from wactorz_common.contracts.backup import APPLY_STATE, SNAPSHOT, STAGE_STATE
from wactorz_common.contracts.nodes import NODE_REPLY
from wactorz_common.contracts.tasks import TASK, TASK_OF_ONE, TASK_REPLY, TaskBody, TaskRequest, TaskState
from wactorz_common.errors import ContractError, Expired, Refused, StoreError, TaskFailed, Unknown
from wactorz_common.failpoints import failpoint
from wactorz_common.german import phrase
from wactorz_common.handlers import HandlerTable, Served, Task
from wactorz_common.ids import clock
from wactorz_common.language import chosen_language, language_code, speaking
from wactorz_common.shared_inbox import RENEW_SECONDS, SharedInbox
from wactorz_common.tasks import Inbox, InboxRow, Outbox, OutboxRow, TaskEnd, Verdict, fingerprint
from wactorz_common.telemetry import Telemetry, printable
from wactorz_common.workloop import Job, WorkLoop, is_being_cancelled

Q = TypeVar("Q", bound=Payload)
R = TypeVar("R", bound=Payload)

REST_SECONDS = 60.0
"""Time for a task that names no operation."""

FREE_TEXT = "chat"
"""The action of a task that names none: somebody typed text for this agent."""

_ENVELOPE = frozenset({"_turn", "_reply_to"})

_REPLIES = (TASK_REPLY, NODE_REPLY)
_SETTLE = 15
"""Seconds after the deadline in which a stored end may still be fetched."""

_RECOVERY_SECONDS = 30.0
_LONGEST_SENTENCE = 2_000

MOST_BYTES = 900_000
"""Largest answer: the broker takes 1 MiB with everything around it."""

LONGEST_DEADLINE = 6 * 86_400.0
"""Seconds; a receiver forgets ended tasks after 8 days, and must not see one again after that."""

End = tuple[TaskState, Payload | dict[str, Any]]

_OF_THE_LIBRARY = {
    operation.action: Served(operation, method)
    for operation, method in (
        (SNAPSHOT, "answer_snapshot"), (STAGE_STATE, "answer_stage"), (APPLY_STATE, "answer_apply"),
    )
}  # fmt: skip
"""What every agent answers, also while it rests; only the gateway is answered, because only it reads there."""

_GATEWAY = "agents/by-name/gateway/reply/"


@dataclass(slots=True)
class _Return:
    """Where the one reply goes."""

    topic: str
    correlation: bytes | None
    task_id: str


class TaskServer:
    """Takes tasks from the bus, hands them to the agent's handlers, and sends the replies."""

    def __init__(
        self, owner: Any, table: HandlerTable, inbox: Inbox, bus: Bus, loop: WorkLoop, telemetry: Telemetry
    ) -> None:
        self._owner, self._table, self._inbox = owner, table, inbox
        self._bus, self._loop, self._telemetry = bus, loop, telemetry
        self._name: str = owner.name
        self._log = logs.get(__name__)
        self._parked: list[Job] = []
        self._shared = inbox if isinstance(inbox, SharedInbox) else None
        self._leased: dict[str, asyncio.Task[Any] | None] = {}
        self.opened = asyncio.Event()
        """Set once the agent is set up: questions wait for it."""
        self.leaving = False
        """Whether the agent ends: then what it takes in is for its next run."""

    # -- asking side --------------------------------------------------------------------------------------------

    async def submit(
        self, outbox: Outbox, operation: Operation[Q, R], request: Q, *, to: str | None, task_id: str | None,
        deadline: float | None, trace_id: str,
    ) -> TaskEnd[R]:  # fmt: skip
        """Commit a durable task to the outbox and wait for its end."""
        task_id = task_id or clock.mint_message()
        seconds = operation.timeout if deadline is None else min(deadline, LONGEST_DEADLINE)
        deadline_at = self._telemetry.now() + seconds
        body = body_of(operation, request, task_id=task_id, reply_topic=self._bus.reply_topic, sender=self._name,
                       trace_id=trace_id or task_id, deadline_at=deadline_at, language=chosen_language())  # fmt: skip
        topic = task_topic(to or operation.agent or "")
        end: TaskEnd[R] = await outbox.submit(
            task_id=task_id, topic=topic, body=body, deadline_at=deadline_at, identity=identity_of(operation, request)
        )
        if end.state in (TaskState.DONE, TaskState.UNKNOWN, TaskState.FAILED) and end.error is None:
            end.result = operation.result.accept(end.body)
        if end.error is not None:
            end.error = phrase(end.error)  # what the outbox itself says of it is kept in English
        return end

    def result_of(self, operation: Operation[Q, R], reply: bytes) -> R:
        """The typed result of a reply; TaskFailed with the other agent's words when it is an error."""
        try:
            body = from_json(reply)
        except ValueError as error:
            raise ContractError(f"the reply to '{operation.action}' is not JSON") from error
        if isinstance(body, dict) and body.get("error") is not None:
            told = {"agent": body.get("agent"), "phase": body.get("error_phase"), "code": body.get("error_code")}
            raise TaskFailed(str(body["error"]), **told)
        return operation.result.accept(body)

    # -- answering side -----------------------------------------------------------------------------------------

    async def send(self, row: OutboxRow) -> None:
        """Hand a durable task to the broker; TransportError when there is no connection."""
        lifetime = max(1, int(row.deadline_at - self._telemetry.now()) + _SETTLE)
        await self._bus.send_now(
            row.topic, row.body, response_topic=self._bus.reply_topic, correlation_data=row.task_id.encode(),
            message_expiry_interval=lifetime,
        )  # fmt: skip

    async def start(self) -> list[Job]:
        """Open the inbox; returns jobs that run again what was under way when the agent ended.

        Answers that were kept just before that end are sent again: their sender need not ask.
        """
        for row in await self._inbox.just_ended():
            if row.reply is not None:
                await self._send(row.reply_topic, row.correlation, row.reply)
        return [self._recovery(row) for row in await self._inbox.start()]

    async def stop(self) -> None:
        """Leave what is unfinished to the other replicas."""
        if self._shared is not None:
            await self._shared.stop()

    async def keep_leases(self) -> None:
        """Renew this replica's leases until cancelled, run the tasks of dead ones, end what others have taken over."""
        while self._shared is not None:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                kept = await self._shared.keep()
            except StoreError as error:
                await self._telemetry.error(error, "process")
                continue
            for task_id in kept.lost & self._leased.keys():
                self._log.warning("another replica has taken a task over", task=task_id)
                running = self._leased[task_id]
                if running is not None:
                    running.cancel()
            self._loop.restore([self._recovery(row) for row in kept.taken])

    async def on_task(self, message: Message[TaskRequest]) -> None:
        """Bus handler of the agent's task topic; returns once the task is kept or refused."""
        with speaking(message.payload.language):
            await self._take(message)

    async def _take(self, message: Message[TaskRequest]) -> None:
        request = message.payload
        served, body = self._served(request)
        home = _Return(message.response_topic or request.reply_topic, message.correlation, request.task_id)
        if home.topic and not may_reply_to(home.topic):
            error = ContractError(f"nothing is answered to {home.topic[:100]!r}: name a reply topic of your own")
            await self._telemetry.bad_message(message.topic, message.raw, error)
            return
        if served is None:
            await self._reply(home, TaskState.FAILED, self._no_handler(request.action))
            return
        try:
            payload = served.operation.request.accept(body)
        except ContractError as error:
            await self._telemetry.bad_message(message.topic, message.raw, error)
            await self._reply(home, TaskState.FAILED, self._error(str(error)))
            return
        if served.operation.durable:
            await self._accept(served, message, payload, home)
        else:
            await self._answer(served, request, payload, home)

    def _served(self, request: TaskRequest) -> tuple[Served | None, dict[str, Any]]:
        """The handler for a task and the body meant for it, unwrapped as the wire contract says."""
        body = dict(request.model_extra or {})
        if request.action in _OF_THE_LIBRARY:
            return _OF_THE_LIBRARY[request.action], body
        if self._table.rest and request.action not in self._table.served:
            return self._rest(request.action, durable=request.deadline_at is not None), {
                "body": _rest_of(body, request)
            }
        if set(body) == {"payload"}:
            inner = body["payload"]
            body = inner if isinstance(inner, dict) else {"text": "" if inner is None else str(inner)}
        elif isinstance(body.get("payload"), str) and "text" in body:
            body.pop("payload")
        action = request.action or str(body.pop("action", "")) or FREE_TEXT
        return self._table.served.get(action), body

    def _rest(self, action: str, *, durable: bool) -> Served | None:
        """The handler of everything that is no declared operation."""
        if not self._table.rest:
            return None
        operation = Operation(
            action or "task", None, TaskBody, TaskBody, "Any task", durable=durable, timeout=REST_SECONDS
        )
        return Served(operation, self._table.rest)

    def _no_handler(self, action: str) -> dict[str, Any]:
        known = ", ".join(sorted(self._table.served)) or phrase("nothing")
        told = phrase(
            "Agent '{name}' does not know '{action}'; it answers: {known}"
            if action
            else "Agent '{name}' has no handle_task function.",
            name=self._name, action=action, known=known,
        )  # fmt: skip
        return self._error(told, phase="")

    async def _answer(self, served: Served, request: TaskRequest, payload: Payload, home: _Return) -> None:
        await self.opened.wait()
        if served.operation.action in _OF_THE_LIBRARY:
            if not home.topic.startswith(_GATEWAY):
                await self._refuse(home, "only the gateway may ask for this: use `wactorz backup` or `restore`")
                return
        elif self._loop.paused:
            await self._refuse(home, self._paused())
            return
        limit = self._telemetry.now() + served.operation.timeout
        task = Task(request.task_id, served.operation.action, self._name, request.sender,
                    request.trace_id or request.task_id, request.deadline_at or limit,
                    language=request.language)  # fmt: skip
        work = self._work(served, payload, task, home)
        if not await self._loop.run_here(served.operation.action, served.operation.timeout, work):
            await self._refuse(home, phrase("{name} has too much to do; try again in a moment", name=self._name))

    async def _work(self, served: Served, payload: Payload, task: Task, home: _Return) -> None:
        state, body = await self._run(served, payload, task, TaskState.FAILED)
        await self._reply(home, state, body)

    def _paused(self) -> str:
        return phrase("{name} is paused; resume it first", name=self._name)

    async def _refuse(self, home: _Return, sentence: str) -> None:
        await self._reply(home, TaskState.FAILED, self._error(sentence, phase=""))

    async def _accept(self, served: Served, message: Message[TaskRequest], payload: Payload, home: _Return) -> None:
        """Keep a durable task, or answer from what is kept."""
        request, now = message.payload, self._telemetry.now()
        task_id = request.task_id or clock.mint_message()
        acceptance = await self._inbox.accept(
            task_id=task_id,
            action=served.operation.action,
            sender=request.sender,
            body=_kept(payload, language_code(request.language)),
            deadline_at=now + served.operation.timeout if request.deadline_at is None else request.deadline_at,
            reply_topic=home.topic,
            correlation=home.correlation,
            trace_id=request.trace_id or task_id,
            identity=fingerprint(message.raw),
        )
        if acceptance.verdict is Verdict.NEW:
            row = acceptance.row
            if self._loop.paused and self._owner.refuses_while_paused and not self.leaving:
                await self._end(row.task_id, TaskState.FAILED, self._error(self._paused(), phase=""))
                return
            task = Task(
                row.task_id, row.action, self._name, row.sender, row.trace_id, row.deadline_at,
                language=request.language,
            )  # fmt: skip
            await self._begin(self._durable(served, payload, task))
            return
        if acceptance.verdict is Verdict.CONFLICT:
            self._log.warning("task id used twice for different tasks", task=task_id, sender=request.sender)
        if acceptance.reply is not None:
            await self._send(home.topic, home.correlation, acceptance.reply)

    async def _begin(self, job: Job) -> None:
        if self._loop.paused:
            self._parked.append(job)
        else:
            await self._loop.put(job)

    def resume(self) -> None:
        """Begin what waited while the agent was paused."""
        parked, self._parked = self._parked, []
        self._loop.restore(parked)

    def _durable(self, served: Served, payload: Payload, task: Task) -> Job:
        async def work() -> None:
            started_at = self._telemetry.now()
            failpoint("handler.before_effect")
            state, body = await self._run(served, payload, task, TaskState.UNKNOWN)
            failpoint("handler.after_effect")
            await self._end(task.id, state, body)
            if state is TaskState.DONE:
                await self._telemetry.completed(task.action, body, self._telemetry.now() - started_at)

        job = work if self._shared is None else partial(self._under_lease, self._shared, task.id, work)
        return self._beside(served.operation.action, served.operation.timeout, job)

    async def _under_lease(
        self, inbox: SharedInbox, task_id: str, work: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        if not await inbox.holds(task_id):
            return
        self._leased[task_id] = asyncio.current_task()
        try:
            await work()
        except Exception:
            await inbox.let_go(task_id)
            raise
        finally:
            self._leased.pop(task_id, None)

    def _beside(self, name: str, limit: float, work: Callable[[], Coroutine[Any, Any, None]]) -> Job:
        """A job that runs work beside the loop; when it fails, the sender asks again, and so does the next start."""

        async def reported() -> None:
            try:
                await work()
            except Exception as error:
                await self._telemetry.error(error, "handle_task")

        async def job() -> None:
            await self._loop.place()
            self._loop.start(name, limit, reported())

        return job

    async def _end(self, task_id: str, state: TaskState, body: Payload | dict[str, Any]) -> None:
        state, reply = self._wire(task_id, state, body)
        row = await self._inbox.finish(task_id, state, reply)
        if row is None:
            self._log.warning("the end of a task that another replica has taken over is not told", task=task_id)
            return
        failpoint("inbox.before_reply_publish")
        await self._send(row.reply_topic, row.correlation, reply)
        failpoint("inbox.after_reply_publish")

    def _recovery(self, row: InboxRow) -> Job:
        """Run a task again that was under way when an agent ended; it goes before everything new."""
        served = self._table.served.get(row.action) or self._rest(row.action, durable=True)
        task = Task(
            row.task_id, row.action, self._name, row.sender, row.trace_id, row.deadline_at, recovered=row.runs > 1
        )
        try:
            if served is None:
                raise ContractError(self._no_handler(row.action)["error"])  # noqa: TRY301
            body, task.language = _taken_up(row.body)
            job = self._durable(served, served.operation.request.decode(body), task)
        except ContractError as error:
            state = TaskState.UNKNOWN if served else TaskState.FAILED
            end = partial(self._end, row.task_id, state, self._error(str(error), phase=""))
            return self._beside(row.action, _RECOVERY_SECONDS, end)

        async def unless_paused() -> None:
            if self._loop.paused:
                self._parked.append(job)
            else:
                await job()

        return unless_paused

    async def _run(self, served: Served, payload: Payload, task: Task, over_time: TaskState) -> End:
        """Run a handler to its one end, in the language of the task; every failure becomes a sentence."""
        with speaking(task.language):
            return await self._ended(served, payload, task, over_time)

    async def _ended(self, served: Served, payload: Payload, task: Task, over_time: TaskState) -> End:
        counters = self._telemetry.counters
        counters["messages"] += 1
        try:
            if task.remaining <= 0 and not task.recovered:
                late = f"{-task.remaining:.0f}"
                raise Expired(phrase("The task came {seconds} s after its deadline and was not done", seconds=late))  # noqa: TRY301
            result = await getattr(self._owner, served.method)(payload, task)
        except asyncio.CancelledError as error:
            if self._loop.ended_for_time():
                counters["timed_out"] += 1
                limit = served.operation.timeout
                late = phrase(
                    "{name} did not finish '{task}' within {seconds} s", name=self._name, task=task.action,
                    seconds=f"{limit:g}",
                )  # fmt: skip
                return over_time, self._error(late)
            if is_being_cancelled():
                raise
            counters["failed"] += 1
            await self._telemetry.error(error, "handle_task")
            return over_time, self._error(
                phrase("{name} lost what '{task}' was waiting for", name=self._name, task=task.action)
            )
        except Refused as error:
            counters["failed"] += 1
            kind = {} if error.code == Refused.code else {"error_code": error.code}
            return TaskState.FAILED, {**self._error(str(error), phase=""), **kind}
        except (Expired, Unknown) as error:
            counters["failed"] += 1
            return TaskState(error.code), self._error(str(error), phase="")
        except Exception as error:
            counters["failed"] += 1
            await self._telemetry.error(error, "handle_task")
            return TaskState.FAILED, self._error(str(error) or type(error).__name__)
        self._telemetry.consecutive_errors = 0
        counters["done" if task.outcome is TaskState.DONE else "failed"] += 1
        return task.outcome, result

    def _error(self, sentence: str, phase: str = "handle_task") -> dict[str, Any]:
        body = {"error": printable(sentence)[:_LONGEST_SENTENCE], "agent": self._name}
        return {**body, "error_phase": phase} if phase else body

    async def _reply(self, home: _Return, state: TaskState, body: Payload | dict[str, Any]) -> None:
        if home.topic:
            _, wire = self._wire(home.task_id, state, body)
            await self._bus.answer(home.topic, wire, **_correlated(home.correlation))

    def _wire(self, task_id: str, state: TaskState, body: Payload | dict[str, Any]) -> tuple[TaskState, bytes]:
        """The reply as it can be sent, and the state that it tells: what is done but cannot be told is unknown."""
        problem = ""
        try:
            inner = body.encode() if isinstance(body, Payload) else _plain(body)
            if len(inner) > MOST_BYTES:
                problem = f"the answer of {len(inner)} bytes is too large to be sent"
        except ContractError as error:
            problem = str(error)
        if problem:
            state = TaskState.UNKNOWN if state is TaskState.DONE else state
            inner = _plain(self._error(problem))
        return state, _joined(_reply_envelope(state, self._name), inner, to_json({"_task_id": task_id}))

    async def _send(self, topic: str, correlation: bytes | None, reply: bytes) -> None:
        if topic:
            await self._bus.send(topic, reply, 1, **_correlated(correlation))


@lru_cache(maxsize=1_024)
def may_reply_to(topic: str) -> bool:
    """Whether a reply means nothing but a reply there: a command or task made of one could do anything."""
    if not is_topic(topic) or topic.startswith("$"):
        return False
    return not any(channel.match(topic) is not None for channel in CHANNELS if channel not in _REPLIES)


def _rest_of(body: dict[str, Any], request: TaskRequest) -> Any:
    """The body of a task as the wire contract hands it to an agent's own code."""
    body = {key: value for key, value in body.items() if key not in _ENVELOPE}
    if request.action:
        body = {"action": request.action, **body}
    if set(body) == {"payload"}:
        return body["payload"]
    if isinstance(body.get("payload"), str) and "text" in body:
        body.pop("payload")
    return body


def _kept(payload: Payload, language: str) -> bytes:
    """What the inbox keeps of a task: its body, with the language beside it."""
    return _joined(payload.encode(), to_json({"_language": language})) if language else payload.encode()


def _taken_up(kept: bytes) -> tuple[bytes, str]:
    """The body of a task as it came, and its language."""
    if b'"_language"' not in kept:
        return kept, ""
    body = from_json(kept)
    language = str(body.pop("_language", ""))
    return to_json(body), language


def _plain(body: dict[str, Any]) -> bytes:
    try:
        return to_json(body, inf_nan_mode="null")
    except (ValueError, RecursionError) as error:
        raise ContractError(f"the answer cannot be written as JSON: {error}") from error


def _correlated(correlation: bytes | None) -> dict[str, Any]:
    return {} if correlation is None else {"correlation_data": correlation}


@lru_cache(maxsize=256)
def task_topic(address: str) -> str:
    """Where tasks for an agent go: by its name, or NAME/ID for one of several replicas."""
    name, _, agent_id = address.partition("/")
    return TASK_OF_ONE.topic(agent_name=name, replica_id=agent_id) if agent_id else TASK.topic(agent_name=name)


def body_of(
    operation: Operation[Any, Any],
    request: Payload,
    *,
    task_id: str,
    reply_topic: str = "",
    sender: str = "",
    **envelope: Any,
) -> bytes:
    """The bytes of a task: envelope and request side by side, as the wire contract has them."""
    constant = _task_envelope(operation.action, reply_topic, sender)
    return _joined(request.encode(), constant, to_json({"_task_id": task_id, **_underscored(envelope)}))


def _underscored(envelope: dict[str, Any]) -> dict[str, Any]:
    return {f"_{key}": value for key, value in envelope.items() if value}


@lru_cache(maxsize=256)
def _task_envelope(action: str, reply_topic: str, sender: str) -> bytes:
    """What is the same in every task of one kind from one agent."""
    wire = {"action": action, "_remote_task": True, "_reply_topic": reply_topic, "_sender": sender}
    return to_json({key: value for key, value in wire.items() if value})


@lru_cache(maxsize=256)
def _reply_envelope(state: TaskState, agent: str) -> bytes:
    return to_json({"_state": state.value, "agent": agent})


def _joined(*objects: bytes) -> bytes:
    """Serialised JSON objects made one; a later one wins where they share a key."""
    return b"{" + b",".join([one[1:-1] for one in objects if len(one) > 2]) + b"}"  # noqa: PLR2004  # "{}" is empty


def identity_of(operation: Operation[Any, Any], request: Payload) -> bytes:
    """What makes two submissions of one task id the same: the operation and its request, not the envelope."""
    return hashlib.sha256(operation.action.encode() + b"\0" + request.encode()).digest()
