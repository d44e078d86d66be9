"""The outside of one agent's code: what it says, keeps and asks for, checked against its rights."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json, to_json

from wactorz_common import logs
from wactorz_common.contracts.guests import AGENT_DATA
from wactorz_common.contracts.tasks import TASK
from wactorz_common.errors import WactorzError
from wactorz_common.rights import matches
from wactorz_dynamic_agent.keys import KEPT
from wactorz_dynamic_agent.operations import Operations, addressed
from wactorz_dynamic_agent.policy import Policy, is_shared_state
from wactorz_dynamic_agent.samples import Samples
from wactorz_dynamic_agent.tellings import Tellings

if TYPE_CHECKING:
    from wactorz_dynamic_agent.agent import DynamicAgent

MOST_KEPT, MOST_KEPT_BYTES = 200, 4 * 1024 * 1024
"""Topics, and bytes on them, that the broker keeps for one agent."""

MOST_WAITING_BYTES = 8 * 1024 * 1024
"""Of what the code said and the broker has not taken yet; what comes then is lost."""

_DATA_TOPICS = "_data_topics"
_PERSIST_SECONDS = 10.0
_MANIFEST_SECONDS = 5.0
_LEVELS = frozenset({"debug", "info", "warning", "error"})
_MOST_TOPICS = 500
_SAMPLE_EVERY = 20
_SAMPLE_FIRST = 3
_SILENT_LEVELS = frozenset({"debug"})


class GuestPorts:
    """Fulfills `wactorz_sandbox.ports.Ports`; all but `perform` come from the thread that runs the code."""

    def __init__(self, agent: "DynamicAgent", policy: Policy, operations: Operations) -> None:
        self._agent, self._policy, self._operations = agent, policy, operations
        self._loop = asyncio.get_running_loop()
        self._log = logs.get("agent")
        self._tellings = Tellings(agent)
        self._outgoing: asyncio.Queue[tuple[int, Callable[[], Coroutine[Any, Any, None]]]] = asyncio.Queue()
        self._waiting, self._lost = 0, 0
        self._kept: dict[str, int] = {}
        self._heard: list[str] = []
        self._ends: list[Callable[[], None]] = []
        self._published: dict[str, int] = {}
        self._data_topics: list[str] = agent.recall(_DATA_TOPICS, [])
        self._manifest_due, self._announced_at = False, -_MANIFEST_SECONDS
        self.samples = Samples()

    @property
    def contract(self) -> dict[str, Any]:
        """What the code declared about its topics."""
        return self._tellings.contract

    @property
    def status(self) -> str:
        """What the code last said that it does."""
        return self._tellings.status

    @property
    def data_topics(self) -> tuple[str, ...]:
        """Topics of this agent's own on which the broker keeps the last message."""
        return tuple(self._data_topics)

    # -- on the thread of the code ------------------------------------------------------------------------------

    def publish(self, topic: str, payload: str, retain: bool) -> str:
        """Publish JSON text on a topic that the agent may use."""
        problem = self._policy.problem_of_publish(topic)
        if problem:
            return problem
        data = payload.encode()
        try:
            value = from_json(data)
            task = TASK.match(topic)
            if task:
                value, retain = addressed(self._agent.name, task["agent_name"], value), False
                data = to_json(value, inf_nan_mode="null")
        except ValueError as error:
            return f"only JSON can be published: {error}"
        kept = retain or is_shared_state(topic)
        problem = self._problem_of_keeping(topic, len(data)) if kept else ""
        if not problem:
            self._post(lambda: self._publish(topic, data, kept, value), len(data))
        return problem

    def _problem_of_keeping(self, topic: str, size: int) -> str:
        """Why the broker may not keep that as well; it keeps things for all agents, and for good."""
        if topic not in self._kept and len(self._kept) >= MOST_KEPT:
            return f"'{topic[:100]}' cannot be kept: an agent keeps messages on {MOST_KEPT} topics at most"
        if sum(self._kept.values()) - self._kept.get(topic, 0) + size > MOST_KEPT_BYTES:
            return f"'{topic[:100]}' cannot be kept: an agent keeps messages of {MOST_KEPT_BYTES} bytes at most"
        self._kept[topic] = size
        return ""

    def subscribe(self, topic_filter: str) -> str:
        """Have messages delivered; a filter that is heard already stays as it is."""
        problem = self._policy.problem_of_subscribe(topic_filter)
        if not problem and topic_filter not in self._heard:
            self._heard.append(topic_filter)
            self._loop.call_soon_threadsafe(self._listen, topic_filter)
        return problem

    def log(self, level: str, text: str) -> None:
        """Write a line into the log of the host, and tell it on the bus unless it is for developers."""
        level = level if level in _LEVELS else "info"
        getattr(self._log, level)(text.replace("\n", "\n    "), agent=self._agent.name)
        if level not in _SILENT_LEVELS:
            self._post(lambda: self._agent.log_event(text, level), len(text))

    def persist(self, key: str, value: str) -> str:
        """Keep JSON text; it is on disk when this returns."""
        try:
            keeping = self._agent.store.persist(f"{KEPT}{key}", json.loads(value))
            asyncio.run_coroutine_threadsafe(keeping, self._loop).result(_PERSIST_SECONDS)
        except (WactorzError, ValueError, TimeoutError) as error:
            return f"'{key}' could not be kept: {error or 'the disk did not answer in time'}"
        return ""

    def recall(self, key: str) -> str | None:
        """Kept JSON text."""
        value = self._agent.recall(f"{KEPT}{key}", _MISSING)
        return None if value is _MISSING else json.dumps(value, ensure_ascii=False)

    def tell(self, kind: str, body: str) -> str:
        """Take an alert, a status, a counter, a contract or the wish to stop."""
        try:
            value = json.loads(body)
        except ValueError as error:
            return f"not JSON: {error}"
        if not isinstance(value, dict) or not self._tellings.knows(kind):
            return f"nothing is known about '{kind}'"
        self._post(lambda: self._tellings.take(kind, value), len(body))
        return ""

    # -- on the event loop --------------------------------------------------------------------------------------

    async def perform(self, op: str, args: dict[str, Any]) -> Any:
        """Carry out an operation; the error's text reaches the code."""
        return await self._operations.perform(op, args)

    async def run(self) -> None:
        """Send what the code says, in order, until cancelled."""
        while True:
            size, make = await self._outgoing.get()
            self._waiting -= size
            try:
                await make()
            except Exception as error:  # what comes after it must still be said
                await self._agent.report_error(error)

    def silence(self) -> None:
        """Hear nothing more: the code is gone, and the next instance subscribes anew."""
        for end in self._ends:
            end()
        self._ends.clear()
        self._heard.clear()

    def _post(self, make: Callable[[], Coroutine[Any, Any, None]], size: int) -> None:
        self._loop.call_soon_threadsafe(self._line_up, make, size)

    def _line_up(self, make: Callable[[], Coroutine[Any, Any, None]], size: int) -> None:
        if self._waiting + size > MOST_WAITING_BYTES:
            self._lost += 1
            if self._lost == 1:
                self._log.warning("the broker does not keep up: messages are lost", agent=self._agent.name)
            return
        self._lost = 0
        self._waiting += size
        self._outgoing.put_nowait((size, make))

    async def _publish(self, topic: str, data: bytes, kept: bool, value: Any) -> None:
        is_own = matches(AGENT_DATA.filter(agent_name=self._agent.name), topic)
        if kept and is_own and topic not in self._data_topics and len(self._data_topics) < _MOST_TOPICS:
            self._data_topics.append(topic)
            await self._agent.persist(_DATA_TOPICS, self._data_topics)
        await self._agent.bus.send(topic, data, 1 if kept else 0, retain=kept)
        self._note(topic, value)

    def _note(self, topic: str, value: Any) -> None:
        """Look at the first messages of a topic, and then at one of many."""
        if topic not in self._published and len(self._published) >= _MOST_TOPICS:
            return
        count = self._published[topic] = self._published.get(topic, 0) + 1
        if (count <= _SAMPLE_FIRST or count % _SAMPLE_EVERY == 0) and self.samples.take(topic, value):
            self.announce()

    def announce(self) -> None:
        """Publish the manifest again, once every few seconds for all that is new by then."""
        if not self._manifest_due:
            self._manifest_due = True
            self._loop.call_at(max(self._loop.time(), self._announced_at + _MANIFEST_SECONDS), self._announce_now)

    def _announce_now(self) -> None:
        self._manifest_due, self._announced_at = False, self._loop.time()
        self._agent.spawn_background(self._agent.publish_manifest(), "manifest")

    def _listen(self, topic_filter: str) -> None:
        async def heard(topic: str, data: bytes, _retained: bool) -> None:
            if self._is_first(topic_filter, topic):
                await self._agent.life.deliver(topic, data.decode(errors="replace"))

        self._ends.append(self._agent.bus.listen(topic_filter, heard))

    def _is_first(self, topic_filter: str, topic: str) -> bool:
        """Of overlapping filters the first one delivers: the code's callbacks are found by the topic."""
        return next((one for one in self._heard if matches(one, topic)), topic_filter) == topic_filter


_MISSING = object()
