"""The `agent` object that generated code is given."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any

from wactorz_sandbox.guest import contract, trace
from wactorz_sandbox.guest.awaitables import Later, Now
from wactorz_sandbox.guest.directory import Directory
from wactorz_sandbox.guest.model import Model
from wactorz_sandbox.guest.port import AgentError, Port
from wactorz_sandbox.guest.topics import matches
from wactorz_sandbox.guest.values import decode, encode
from wactorz_sandbox.guest.web import Web
from wactorz_sandbox.guest.window import Window

Callback = Callable[[Any], Any]

_NO_MODEL = 'this agent may not ask the language model: spawn it with "grants": {"model": true}'


class Logger:
    """The methods of a logger, for code that expects one."""

    def __init__(self, port: Port) -> None:
        self._port = port

    def debug(self, text: Any, *args: Any, **_: Any) -> None:
        """Log for developers."""
        self._port.log("debug", _text(text, args))

    def info(self, text: Any, *args: Any, **_: Any) -> None:
        """Log what happens."""
        self._port.log("info", _text(text, args))

    def warning(self, text: Any, *args: Any, **_: Any) -> None:
        """Log what looks wrong."""
        self._port.log("warning", _text(text, args))

    def error(self, text: Any, *args: Any, **_: Any) -> None:
        """Log what went wrong."""
        self._port.log("error", _text(text, args))

    warn = warning
    critical = error
    exception = error


class Agent:
    """What an agent can do: immediate calls act at once, awaited or not; the others give their result to `await`."""

    def __init__(self, config: dict[str, Any], port: Port) -> None:
        self.name: str = config.get("name", "")
        self.actor_id: str = config.get("actor_id", "")
        self.node: str = config.get("node", "") or "local"
        self.state: dict[str, Any] = dict(config.get("state") or {})
        self.llm = Model(port) if (config.get("grants") or {}).get("model") else None
        self.http = Web(port)
        self.logger = Logger(port)
        self._port = port
        self._directory = Directory(config.get("directory") or {})
        self._heard: dict[str, list[Callback]] = {}
        self._windows: dict[str, Window] = {}
        self._contract: dict[str, Any] = {}

    # -- telling ------------------------------------------------------------------------------------------------

    def publish(self, topic: str, data: Any = None, *, retain: bool = False) -> Now:
        """Publish a JSON value; raises AgentError when the topic is not granted."""
        return _done(self._port.publish(str(topic), encode(data), retain))

    def publish_result(self, data: Any) -> Now:
        """Publish a result of this agent."""
        return self.publish(f"agents/{self.actor_id}/result", data)

    def publish_detection(self, data: Any) -> Now:
        """Publish something that was seen: class, confidence, bbox."""
        return self.publish(f"agents/{self.actor_id}/detections", data)

    def publish_world_state(self, key: str, data: Any) -> Now:
        """Publish a value that stays readable on agents/{name}/data/{key}."""
        return self.publish(f"agents/{self.name}/data/{key}", data, retain=True)

    def log(self, message: Any, level: str = "info") -> Now:
        """Write into the agent's log: debug, info, warning or error."""
        self._port.log(str(level), str(message))
        return Now()

    def alert(self, message: Any, severity: str = "warning") -> Now:
        """Tell people: info, warning, error or critical."""
        return self._tell("alert", {"message": str(message), "severity": severity})

    def set_status(self, text: Any) -> Now:
        """Say in a line what the agent does now."""
        return self._tell("status", {"text": str(text)})

    def notify_user(self, message: Any, **fields: Any) -> Now:
        """Send a chat message to the person."""
        return self._tell("notify", {**fields, "message": str(message)})

    def increment_processed(self, count: int = 1) -> Now:
        """Count what was processed."""
        return self._tell("processed", {"count": count})

    def increment_errors(self, count: int = 1) -> Now:
        """Count errors."""
        return self._tell("errors", {"count": count})

    def declare_contract(self, publishes: Any = None, subscribes: Any = None, **fields: Any) -> Now:
        """Declare topics and the fields of their payloads; adds to what was declared before."""
        named = {"publishes": publishes, "subscribes": subscribes, **fields}
        self._contract = contract.merge(self._contract, contract.normal({k: v for k, v in named.items() if v}))
        return self._tell("contract", self._contract)

    def stop(self) -> Now:
        """End this agent for good."""
        return self._tell("stop", {})

    # -- hearing ------------------------------------------------------------------------------------------------

    def subscribe(self, topic: str, callback: Callback) -> Now:
        """Call `callback` with each payload of a topic; raises AgentError when the topic is not granted."""
        if not callable(callback):
            raise TypeError("subscribe(topic, callback): the callback is a function with one argument, the payload")
        callbacks = self._listen(topic)
        if callback not in callbacks:
            callbacks.append(callback)
        return Now()

    def window(self, topic: str, seconds: float = 300, max_size: int = 1000) -> Window:
        """A sliding window over the messages of a topic; one for each topic."""
        if topic not in self._windows:
            self._listen(topic)
            self._windows[topic] = Window(topic, seconds, max_size, self._port.now)
        return self._windows[topic]

    def mqtt_get(self, topic: str, timeout: float = 10) -> Later:
        """The next message of a topic, a retained one at once; None when none comes."""
        return self._request("mqtt_get", {"topic": topic, "timeout": timeout})

    def read_world_state(self, topic: str, timeout: float = 2) -> Later:
        """A value that another agent keeps readable; None when there is none."""
        return self.mqtt_get(topic, timeout)

    # -- keeping ------------------------------------------------------------------------------------------------

    def persist(self, key: str, value: Any) -> Now:
        """Keep a JSON value; it is on disk when this returns."""
        return _done(self._port.persist(str(key), encode(value)))

    def recall(self, key: str, default: Any = None) -> Any:
        """A kept value."""
        text = self._port.recall(str(key))
        return default if text is None else decode(text)

    # -- other agents -------------------------------------------------------------------------------------------

    def send_to(self, name: str, payload: Any = None, timeout: float = 60) -> Later:
        """Give another agent a task; gives its answer, or {"error": ...}."""
        args = {"name": name, "payload": payload, "timeout": timeout}
        return Later(self._port.request("send_to", args), _same, lambda text: {"error": text})

    delegate = send_to

    def send_to_many(self, tasks: Iterable[tuple[str, Any]], timeout: float = 60) -> Awaitable[list[Any]]:
        """Give several agents a task at once: [(name, payload), ...]; gives their answers in that order."""
        return asyncio.gather(*[self.send_to(name, payload, timeout) for name, payload in tasks])

    def agents(self) -> list[dict[str, Any]]:
        """Agents: name, type, description, state, remote, node."""
        return self._directory.agents()

    def nodes(self) -> list[dict[str, Any]]:
        """Machines: node, online, agents."""
        return self._directory.nodes()

    def topics(self, keyword: str = "") -> list[dict[str, Any]]:
        """Topics and the agents that publish on them."""
        return self._directory.topics(keyword)

    def capabilities(self, keyword: str = "") -> list[dict[str, Any]]:
        """Agents with what they can do."""
        return self._directory.capabilities(keyword)

    # -- the model ----------------------------------------------------------------------------------------------

    def chat(self, prompt: str, system: str = "", timeout: float = 60) -> Later:
        """Ask the language model; raises AgentError when it is not granted."""
        return self._model().chat(prompt, system, timeout)

    ask_llm = chat

    def complete(self, messages: list[dict[str, Any]], system: str = "", timeout: float = 60) -> Later:
        """Continue a conversation; raises AgentError when the model is not granted."""
        return self._model().complete(messages, system, timeout)

    # -- beside -------------------------------------------------------------------------------------------------

    def run_in_background(self, work: Coroutine[Any, Any, Any]) -> Now:
        """Run a coroutine beside; its error goes into the log."""
        self._port.begin(self._guarded(work))
        return Now()

    def _model(self) -> Model:
        if self.llm is None:
            raise AgentError(_NO_MODEL)
        return self.llm

    def _tell(self, kind: str, body: dict[str, Any]) -> Now:
        return _done(self._port.tell(kind, encode(body)))

    def _request(self, op: str, args: dict[str, Any]) -> Later:
        return Later(self._port.request(op, args), _same, None)

    def _listen(self, topic: str) -> list[Callback]:
        if topic not in self._heard:
            _done(self._port.subscribe(topic))
            self._heard[topic] = []
        return self._heard[topic]

    async def _guarded(self, work: Any) -> None:
        try:
            if inspect.isawaitable(work):
                await work
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # a callback's exit is an error of the agent like any other
            self._port.log("error", trace.of(error))
            self._port.tell("errors", encode({"count": 1, "error": trace.brief(error)}))

    async def _call(self, callback: Callback, payload: Any) -> None:
        await self._guarded(_deferred(callback, payload))

    # -- for the runtime ----------------------------------------------------------------------------------------

    def _deliver(self, topic: str, text: str) -> None:
        """Hand a message to windows and callbacks."""
        for topic_filter, callbacks in list(self._heard.items()):
            if not matches(topic_filter, topic):
                continue
            if topic_filter in self._windows:
                self._windows[topic_filter].add(decode(text))
            for callback in callbacks:
                self._port.begin(self._call(callback, decode(text)))

    def _refresh(self, directory: dict[str, Any]) -> None:
        """Take in a new directory snapshot."""
        self._directory.known = directory


async def _deferred(callback: Callback, payload: Any) -> None:
    result = callback(payload)
    if inspect.isawaitable(result):
        await result


def _done(error: str) -> Now:
    if error:
        raise AgentError(error)
    return Now()


def _same(value: Any) -> Any:
    return value


def _text(text: Any, args: tuple[Any, ...]) -> str:
    try:
        return str(text) % args if args else str(text)
    except (TypeError, ValueError):
        return " ".join(map(str, (text, *args)))
