"""The only user of the MQTT client: typed publish and subscribe, questions and answers, reconnection."""

import asyncio
import contextlib
import re
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar

import gmqtt
from gmqtt.mqtt.handler import MQTTConnectError
from gmqtt.storage import PersistentStorage

from wactorz_common import logs
from wactorz_common.contracts import Channel, Payload
from wactorz_common.contracts._channel import MAX_TOPIC_BYTES
from wactorz_common.contracts.lifecycle import ERRORS
from wactorz_common.contracts.system import DEAD_LETTER
from wactorz_common.contracts.tasks import TASK_REPLY, TaskReply
from wactorz_common.errors import AskTimeout, ConfigError, ContractError, TransportError
from wactorz_common.packets import publish_packet

P = TypeVar("P", bound=Payload)

SENDER = "wactorz-sender"
"""User property of every message: the sender's id and incarnation, joined by a space."""

_KEEPALIVE = 20
_SESSION_EXPIRY = 86_400
_RECEIVE_MAXIMUM = 100
_RECONNECT_SECONDS = 0.2
_CONNECT_TIMEOUT = 5.0
_REFUSED_RETRY_SECONDS = 5.0
_HELD_BACK = 1_000
_LARGEST_PACKET = 1_048_576
_HEADER_BYTES = 256
_LONGEST_TEXTS = 3 * 65_535 + _HEADER_BYTES  # topic, response topic and correlation
_BAD_CREDENTIALS = (134, 135)
_GONE_SILENT = (ERRORS, DEAD_LETTER)
_DIGITS = 20
_NO_TOPIC = re.compile(r"[+#\x00]")


@dataclass(frozen=True)
class Identity:
    """Who speaks: name, id and start number, and how the broker knows this connection."""

    name: str
    agent_id: str
    incarnation: int
    client_id: str


@dataclass(frozen=True)
class Broker:
    """Where the broker is and how to log in."""

    host: str
    port: int
    username: str = ""
    password: str = ""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(slots=True)
class Message(Generic[P]):
    """A received and validated message."""

    payload: P
    topic: str
    params: dict[str, str]
    raw: bytes
    retained: bool = False
    sender_id: str = ""
    response_topic: str = ""
    correlation: bytes | None = None


Handler = Callable[[Message[Any]], Awaitable[None]]
BadMessage = Callable[[str, bytes, ContractError], None]


@dataclass(frozen=True, slots=True)
class _Subscription:
    channel: Channel[Any]
    filter: str
    handler: Handler


class _ClientLog:
    """Takes the client's log: small talk, several calls for each packet, is dropped; no payload is ever written."""

    def __init__(self) -> None:
        self._log = logs.get(__name__)

    def debug(self, *_arguments: object, **_options: object) -> None:
        """Say nothing."""

    info = debug

    def warning(self, message: str, *_arguments: object, **_options: object) -> None:
        """Pass the sentence on without its values, which may be a message's content."""
        self._log.debug("mqtt client", says=message)

    error = critical = warning

    def exception(self, message: str, *_arguments: object, **_options: object) -> None:
        """A fault inside the client; were it not taken here, the client would stop reading."""
        self._log.exception("mqtt client failed", says=message)


class _InFlight(PersistentStorage):  # type: ignore[misc]  # gmqtt is untyped
    """Unacknowledged messages; wakes senders when there is room and gives ids back when a session is lost."""

    def __init__(self) -> None:
        super().__init__()
        self.free_id: Callable[[int], None] = lambda _mid: None
        self._waiting: deque[asyncio.Future[None]] = deque()

    def remove_message_by_mid(self, mid: int) -> None:
        super().remove_message_by_mid(mid)
        self._wake()

    def clear(self) -> None:
        for mid, _ in self.get_all():
            self.free_id(mid)
        super().clear()
        self._wake()

    async def room(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        await waiter

    def _wake(self) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return


class Bus:
    """One connection to the broker, kept for as long as the process lives.

    Handlers run one per message and concurrently; a message of quality of service 1 is acknowledged when its handler
    returns. An exception in a handler is logged and counted, never raised into the connection.
    """

    def __init__(self, identity: Identity, broker: Broker, will: tuple[Channel[P], P, dict[str, str]] | None) -> None:
        self.identity = identity
        self.broker = broker
        self.counters: Counter[str] = Counter()
        self.connected = asyncio.Event()
        self.on_bad_message: BadMessage | None = None
        self.on_connected: list[Callable[[], None]] = []
        self._log = logs.get(__name__)
        self._exact: dict[str, _Subscription] = {}
        self._wild: list[_Subscription] = []
        self._covered: set[str] = set()  # where both would match, a broker would deliver twice
        self._asked: dict[bytes, asyncio.Future[bytes]] = {}
        self._newest: dict[str, int] = {}
        self._held_back: deque[tuple[str, bytes, int, bool, dict[str, Any]]] = deque(maxlen=_HELD_BACK)
        self._runner: asyncio.Task[None] | None = None
        self._asks = 0
        self._sign = {"user_property": (SENDER, f"{identity.agent_id} {identity.incarnation}")}
        self.reply_topic = TASK_REPLY.topic(agent_name=identity.name, token=identity.agent_id)
        self._in_flight = _InFlight()
        self._client = self._make_client(will)
        self._flushing: asyncio.Task[None] | None = None
        self._largest = _LARGEST_PACKET

    def _make_client(self, will: tuple[Channel[P], P, dict[str, str]] | None) -> gmqtt.Client:
        message = None
        if will is not None:
            channel, payload, params = will
            message = gmqtt.Message(channel.topic(**params), payload.encode(), qos=1, **self._sign)
        client = gmqtt.Client(
            self.identity.client_id, clean_session=False, optimistic_acknowledgement=False, will_message=message,
            persistent_storage=self._in_flight, logger=_ClientLog(),
            session_expiry_interval=_SESSION_EXPIRY, receive_maximum=_RECEIVE_MAXIMUM,
        )  # fmt: skip
        self._next_packet_id = client._package_handler.id_generator.next_id  # noqa: SLF001  # see _try_send
        self._in_flight.free_id = client._package_handler.id_generator.free_id  # noqa: SLF001  # gmqtt forgets to
        client.reconnect_delay = _RECONNECT_SECONDS
        client.on_message = self._on_message
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        if self.broker.username:
            client.set_auth_credentials(self.broker.username, self.broker.password)
        return client

    # -- connection ---------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin connecting in the background; publishing and subscribing may begin at once."""
        self._runner = asyncio.create_task(self._stay_connected(), name="bus")

    async def stop(self) -> None:
        """Say goodbye to the broker; the last will is not sent."""
        if self._runner is not None:
            self._runner.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._runner
        if self.connected.is_set():
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(2):
                    await self._client.disconnect()
        self.connected.clear()

    async def wait_connected(self, timeout: float) -> None:  # a time-out that becomes our own error
        """Wait until the broker answers; TransportError after `timeout` seconds."""
        if self.connected.is_set():
            return
        try:
            async with asyncio.timeout(timeout):
                await self.connected.wait()
        except TimeoutError:
            raise TransportError(f"The MQTT broker at {self.broker} cannot be reached") from None

    async def _stay_connected(self) -> None:
        """The first connect is retried by us; later ones by the client, except after a refusal."""
        said = ""
        while True:
            problem = await self._connect_once()
            if not problem:
                said = ""
                await self._refused()
            elif problem != said:
                self._log.warning("broker not reached", broker=str(self.broker), problem=problem)
                said = problem
            await asyncio.sleep(_REFUSED_RETRY_SECONDS if "refuse" in problem else _RECONNECT_SECONDS)

    async def _connect_once(self) -> str:
        try:
            async with asyncio.timeout(_CONNECT_TIMEOUT):
                await self._client.connect(self.broker.host, self.broker.port, keepalive=_KEEPALIVE)
        except TimeoutError:
            if self.connected.is_set():  # the client only waits for a moment without unacknowledged messages
                return ""
            await self._client.disconnect()
            return "no answer"
        except OSError as error:
            return str(error.strerror or error)
        except UnicodeError as error:
            return f"'{self.broker.host}' is no host name: {error}"
        except MQTTConnectError as error:
            return f"the broker refuses the connection: {error}"
        return ""

    async def _refused(self) -> None:
        """Return when the client has given up reconnecting because the broker refused it for good."""
        handler = self._client._package_handler  # noqa: SLF001  # no public way to learn of it
        while not handler.has_error:
            await asyncio.sleep(1)
        self._log.error("broker refuses the connection", broker=str(self.broker))

    def check_credentials(self) -> None:
        """Raise ConfigError when the broker has refused user name or password."""
        error = self._client._package_handler._error  # noqa: SLF001  # no public way to learn of it
        if error is not None and getattr(error, "_code", 0) in _BAD_CREDENTIALS:
            raise ConfigError(f"The MQTT broker at {self.broker} refuses the user name or password")

    def _on_connect(self, client: gmqtt.Client, _flags: int, code: int, properties: dict[str, Any]) -> None:
        if code != 0:
            return
        if client._connection_state.protocol_version < gmqtt.constants.MQTTv50:  # noqa: SLF001  # the client steps down
            self._log.error("the broker speaks no MQTT 5, which Wactorz needs", broker=str(self.broker))
            return
        self._largest = min(_LARGEST_PACKET, _first(properties, "maximum_packet_size", _LARGEST_PACKET))
        exact = [s for s in self._exact.values() if s.filter not in self._covered]
        wanted = [gmqtt.Subscription(s.filter, qos=s.channel.qos) for s in (*exact, *self._wild)]
        client.subscriptions.clear()
        self._subscribe([gmqtt.Subscription(self.reply_topic, qos=1), *wanted])
        self.counters["connects"] += 1
        self.connected.set()
        self._flushing = asyncio.ensure_future(self._send_held_back())
        for callback in self.on_connected:
            callback()

    def _subscribe(self, wanted: list[gmqtt.Subscription]) -> None:
        """A subscription needs an id too, even when unacknowledged messages hold all that there are."""
        ids = self._client._package_handler.id_generator  # noqa: SLF001  # no public way to widen it
        ids._max += 2  # noqa: SLF001
        try:
            self._client.subscribe(wanted)
        finally:
            ids._max -= 2  # noqa: SLF001

    async def _send_held_back(self) -> None:
        """Send what waited for the connection, after the client has repeated what was under way."""
        while self._held_back and self.connected.is_set():
            try:
                if not self._try_send(*self._held_back[0]):
                    await self._in_flight.room()
                    continue
            except ContractError as error:
                self._log.error("message given up", reason=str(error))  # expected
            self._held_back.popleft()

    def _on_disconnect(self, _client: gmqtt.Client, _packet: object, _error: object = None) -> None:
        if self.connected.is_set():
            self.connected.clear()
            self.counters["disconnects"] += 1
            self._log.warning("broker connection lost", broker=str(self.broker))

    # -- sending ------------------------------------------------------------------------------------------------

    async def publish(
        self, channel: Channel[P], payload: P | None, *, expiry: float | None = None, **params: str
    ) -> None:
        """Publish on a channel; None withdraws a retained message.

        Without a connection telemetry (quality of service 0) is dropped and the rest is held back, up to 1,000.
        """
        data = b"" if payload is None else payload.encode()
        qos = 1 if payload is None else channel.qos
        properties = {} if expiry is None else {"message_expiry_interval": max(1, int(expiry))}
        await self.send(channel.topic(**params), data, qos, retain=channel.retain, **properties)

    async def send(self, topic: str, data: bytes, qos: int, *, retain: bool = False, **properties: Any) -> None:
        """Publish signed bytes; for topics that a peer named. ContractError for what a broker would not take."""
        await self._send(topic, data, qos, retain, {**properties, **self._sign})

    async def answer(self, topic: str, data: bytes, **properties: Any) -> None:
        """Publish the reply to a question, unsigned: its correlation is the proof, and it is sent often."""
        if not self.connected.is_set() or not self._try_send(topic, data, 1, False, properties):
            await self._send(topic, data, 1, False, properties)

    async def _send(self, topic: str, data: bytes, qos: int, retain: bool, properties: dict[str, Any]) -> None:
        if not self.connected.is_set():
            if qos:
                self._held_back.append((topic, data, qos, retain, properties))
            self.counters["unsent"] += 1
            return
        while not self._try_send(topic, data, qos, retain, properties):
            await self._in_flight.room()

    async def send_now(self, topic: str, data: bytes, **properties: Any) -> None:
        """Publish at quality of service 1, or raise TransportError when there is no connection."""
        if not self.connected.is_set():
            raise TransportError(f"The MQTT broker at {self.broker} cannot be reached")
        await self.send(topic, data, 1, **properties)

    def fits(self, topic: str, data: bytes, properties: dict[str, Any]) -> bool:
        """Whether the broker takes a message of this size; it hangs up on whoever sends a larger one."""
        if len(data) + _LONGEST_TEXTS <= self._largest:
            return True
        texts = sum(len(value) for value in properties.values() if isinstance(value, str | bytes))
        return len(data) + len(topic.encode()) + texts + _HEADER_BYTES <= self._largest

    def _try_send(self, topic: str, data: bytes, qos: int, retain: bool, properties: dict[str, Any]) -> bool:
        """False when too much is unacknowledged. What the broker would refuse must not even be tried.

        It would hang up, and the client would send the same again at each reconnect.
        """
        if not is_topic(topic):
            raise ContractError(f"nothing can be published on {topic[:100]!r}")
        if not self.fits(topic, data, properties):
            raise ContractError(f"a message of {len(data)} bytes for {topic[:100]} is too large for the broker")
        try:
            packet_id = self._next_packet_id() if qos else 0
        except OverflowError:
            return False
        packet = publish_packet(topic, data, qos, packet_id, properties, retain=retain)
        self._client._connection._protocol.write_data(packet)  # noqa: SLF001  # gmqtt's own way takes four times as long
        if qos:
            self._in_flight.push_message(packet_id, packet)
        self.counters["sent"] += 1
        return True

    # -- questions ----------------------------------------------------------------------------------------------

    def next_ask_id(self) -> str:
        """An id for a question; it never repeats for this agent."""
        self._asks += 1
        return f"{self.identity.name}.{self.identity.incarnation}.{self._asks}"

    async def request(self, topic: str, data: bytes, ask_id: str, timeout: float) -> bytes:
        """Send a question and wait for its one reply, as received; AskTimeout after `timeout` seconds."""
        if not self.connected.is_set():
            await self.wait_connected(timeout)
        loop = asyncio.get_running_loop()
        correlation = ask_id.encode()
        answer: asyncio.Future[bytes] = loop.create_future()
        self._asked[correlation] = answer
        alarm = loop.call_later(timeout, _give_up, answer, topic, timeout)
        try:
            properties = {
                "response_topic": self.reply_topic, "correlation_data": correlation,
                "message_expiry_interval": max(1, int(timeout)), **self._sign,
            }  # fmt: skip
            if not self._try_send(topic, data, 1, False, properties):
                await self._send(topic, data, 1, False, properties)
            return await answer
        finally:
            alarm.cancel()
            del self._asked[correlation]

    # -- receiving ----------------------------------------------------------------------------------------------

    def subscribe(self, channel: Channel[P], handler: Handler, **params: str) -> None:
        """Call `handler` for each valid message on the channel; parameters that are not given match anything."""
        subscription = _Subscription(channel, channel.filter(**params), handler)
        if "+" in subscription.filter:
            self._wild.append(subscription)
        else:
            self._exact[subscription.filter] = subscription
        self._covered = {
            exact.filter for exact in self._exact.values()
            if any(wild.channel is exact.channel and _matches(wild.filter, exact.filter) for wild in self._wild)
        }  # fmt: skip
        if self.connected.is_set():
            self._subscribe([gmqtt.Subscription(subscription.filter, qos=channel.qos)])

    async def _on_message(
        self, _client: gmqtt.Client, topic: str, data: bytes, _qos: int, properties: dict[str, Any]
    ) -> int:
        """Must be a coroutine that never raises and returns 0: else the message is never acknowledged (gmqtt)."""
        try:
            self.counters["received"] += 1
            if topic == self.reply_topic:
                self._on_reply(topic, data, properties)
            else:
                await self._dispatch(topic, data, properties)
        except Exception:
            self.counters["handler_errors"] += 1
            self._log.exception("handler failed", topic=topic)
        except asyncio.CancelledError:
            self._log.warning("handler cancelled", topic=topic)
        return 0

    async def _dispatch(self, topic: str, data: bytes, properties: dict[str, Any]) -> None:
        sender, incarnation = _signature(properties)
        if not self._is_current(sender, incarnation):
            self.counters["fenced"] += 1
            self._log.warning("message of an earlier incarnation dropped", topic=topic, sender=sender)
            return
        channel, message = None, None
        for subscription in self._subscriptions_for(topic):
            if sender == self.identity.agent_id and subscription.channel in _GONE_SILENT:
                continue
            if subscription.channel is not channel:
                channel = subscription.channel
                if properties.get("retain") and not channel.retain:  # nobody says it now
                    self.counters["stale"] += 1
                    message = None
                    continue
                message = self._decode(channel, topic, data, properties, sender)
            if message is not None:
                await subscription.handler(message)

    def _subscriptions_for(self, topic: str) -> Sequence[_Subscription]:
        exact = self._exact.get(topic)
        if exact is not None and topic not in self._covered:
            return (exact,)
        wild = [s for s in self._wild if s.channel.match(topic) and _matches(s.filter, topic)]
        return wild if exact is None else [exact, *wild]

    def _decode(
        self, channel: Channel[Any], topic: str, data: bytes, properties: dict[str, Any], sender: str
    ) -> Message[Any] | None:
        if not data and channel.retain:
            return None
        try:
            payload = channel.payload.decode(data)
        except ContractError as error:
            self.counters["bad_messages"] += 1
            if self.on_bad_message is not None:
                self.on_bad_message(topic, data, error)
            return None
        return Message(
            payload, topic, channel.match(topic) or {}, data, bool(properties.get("retain")), sender,
            _first(properties, "response_topic", ""), _first(properties, "correlation_data", None),
        )  # fmt: skip

    def _on_reply(self, topic: str, data: bytes, properties: dict[str, Any]) -> None:
        """A reply finds its question by correlation, which only the one who was asked knows; it needs no fence."""
        waiting = self._asked.get(_first(properties, "correlation_data", b""))
        if waiting is None:
            message = self._decode(TASK_REPLY, topic, data, properties, "")
            if message is None:
                return
            waiting = self._asked.get(message.payload.task_id.encode())
            if waiting is None and self.on_reply is not None:
                self.on_reply(message)
        if waiting is not None and not waiting.done():
            waiting.set_result(data)

    on_reply: Callable[[Message[TaskReply]], None] | None = None
    """Takes replies that answer no open question: those to durable tasks."""

    def _is_current(self, sender: str, incarnation: int) -> bool:
        if not sender:
            return True
        if incarnation < self._newest.get(sender, 0):
            return False
        self._newest[sender] = incarnation
        return True


@lru_cache(maxsize=4_096)
def is_topic(text: str) -> bool:
    """Whether a message can be published there."""
    try:
        return 0 < len(text.encode()) <= MAX_TOPIC_BYTES and not _NO_TOPIC.search(text)
    except UnicodeEncodeError:
        return False


def _signature(properties: dict[str, Any]) -> tuple[str, int]:
    for key, value in properties.get("user_property", ()):
        if key == SENDER:
            sender, _, incarnation = value.rpartition(" ")
            return (sender, int(incarnation)) if incarnation.isdecimal() and len(incarnation) < _DIGITS else ("", 0)
    return "", 0


def _first(properties: dict[str, Any], name: str, default: Any) -> Any:
    values = properties.get(name)
    return values[0] if values else default


def _matches(filter_: str, topic: str) -> bool:
    return all(f in ("+", t) for f, t in zip(filter_.split("/"), topic.split("/"), strict=True))


def _give_up(answer: "asyncio.Future[Any]", topic: str, timeout: float) -> None:
    if not answer.done():
        answer.set_exception(AskTimeout(f"No answer on {topic} within {timeout:g} s"))
