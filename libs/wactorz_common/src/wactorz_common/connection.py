"""The connection to the broker: kept for as long as the process lives. The only user of the MQTT client."""

import asyncio
import contextlib
import re
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import gmqtt
from gmqtt.mqtt.handler import MQTTConnectError
from gmqtt.storage import PersistentStorage

from wactorz_common import logs
from wactorz_common.contracts._channel import MAX_TOPIC_BYTES, MOST_SLASHES, UNSENDABLE
from wactorz_common.errors import ContractError, TransportError
from wactorz_common.german import phrase
from wactorz_common.packets import publish_packet

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
_WILD = re.compile(r"[+#]")


class Filter(NamedTuple):
    """A subscription filter and its quality of service; messages for it carry the identifier, unless that is 0.

    `as_published`: live messages say as well whether the broker keeps them.
    """

    text: str
    qos: int
    identifier: int = 0
    as_published: bool = False


Take = Callable[[str, bytes, dict[str, Any]], Awaitable[None]]
"""Called with topic, payload and properties of each message; must not raise."""


@dataclass(frozen=True)
class Broker:
    """Where the broker is and how to log in."""

    host: str
    port: int
    username: str = ""
    password: str = ""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Will:
    """What the broker says when this connection ends without a goodbye."""

    topic: str
    payload: bytes
    properties: dict[str, Any]


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


class Connection:
    """Connects in the background, for ever; subscribes anew and sends what waited at each (re)connection.

    `filters` gives what to subscribe to, `take` gets each message; a message of quality of service 1 is acknowledged
    when `take` returns. Unless the session is `lasting`, the broker keeps nothing for it while it is away.
    """

    def __init__(
        self,
        client_id: str,
        broker: Broker,
        will: Will | None,
        filters: Callable[[], Sequence[Filter]],
        take: Take,
        *,
        lasting: bool = True,
    ) -> None:
        self.broker = broker
        self.counters: Counter[str] = Counter()
        self.connected = asyncio.Event()
        self.on_connected: list[Callable[[], None]] = []
        self._filters, self._take = filters, take
        self._log = logs.get(__name__)
        self._held_back: deque[tuple[str, bytes, int, bool, dict[str, Any]]] = deque(maxlen=_HELD_BACK)
        self._runner: asyncio.Task[None] | None = None
        self._flushing: asyncio.Task[None] | None = None
        self._largest = _LARGEST_PACKET
        self._in_flight = _InFlight()
        self._client = self._make_client(client_id, will, _SESSION_EXPIRY if lasting else 0)

    def _make_client(self, client_id: str, will: Will | None, session_expiry: int) -> gmqtt.Client:
        message = will and gmqtt.Message(will.topic, will.payload, qos=1, **will.properties)
        client = gmqtt.Client(
            client_id, clean_session=False, optimistic_acknowledgement=False, will_message=message,
            persistent_storage=self._in_flight, logger=_ClientLog(),
            session_expiry_interval=session_expiry, receive_maximum=_RECEIVE_MAXIMUM,
        )  # fmt: skip
        self._next_packet_id = client._package_handler.id_generator.next_id  # noqa: SLF001  # see try_send
        self._in_flight.free_id = client._package_handler.id_generator.free_id  # noqa: SLF001  # gmqtt forgets to
        client.reconnect_delay = _RECONNECT_SECONDS
        client.on_message = self._on_message
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        if self.broker.username:
            client.set_auth_credentials(self.broker.username, self.broker.password)
        return client

    # -- staying connected --------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin connecting in the background; publishing and subscribing may begin at once."""
        self._runner = asyncio.create_task(self._stay_connected(), name="bus")

    async def stop(self, *, end_session: bool = False) -> None:
        """Say goodbye to the broker; the last will is not sent.

        With `end_session` the broker forgets the subscriptions and what it has queued; else it keeps both for a day.
        """
        if self._runner is not None:
            self._runner.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._runner
        if self.connected.is_set():
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(2):
                    await self._client.disconnect(**({"session_expiry_interval": 0} if end_session else {}))
        self.connected.clear()

    async def wait_connected(self, timeout: float) -> None:  # a time-out that becomes our own error
        """Wait until the broker answers; TransportError after `timeout` seconds."""
        if self.connected.is_set():
            return
        try:
            async with asyncio.timeout(timeout):
                await self.connected.wait()
        except TimeoutError:
            raise TransportError(phrase("The MQTT broker at {broker} cannot be reached", broker=self.broker)) from None

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

    def _on_connect(self, client: gmqtt.Client, _flags: int, code: int, properties: dict[str, Any]) -> None:
        if code != 0:
            return
        if client._connection_state.protocol_version < gmqtt.constants.MQTTv50:  # noqa: SLF001  # the client steps down
            self._log.error("the broker speaks no MQTT 5, which Wactorz needs", broker=str(self.broker))
            return
        self._largest = min((_LARGEST_PACKET, *properties.get("maximum_packet_size", ())))
        client.subscriptions.clear()
        self.subscribe(self._filters())
        self.counters["connects"] += 1
        self.connected.set()
        self._flushing = asyncio.ensure_future(self._send_held_back())
        for callback in self.on_connected:
            callback()

    async def _send_held_back(self) -> None:
        """Send what waited for the connection, after the client has repeated what was under way."""
        while self._held_back and self.connected.is_set():
            try:
                if not self.try_send(*self._held_back[0]):
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

    # -- sending and receiving ----------------------------------------------------------------------------------

    async def send(self, topic: str, data: bytes, qos: int, retain: bool, properties: dict[str, Any]) -> None:
        """Publish; without a connection quality of service 0 is dropped and the rest is held back, up to 1,000."""
        if not self.connected.is_set():
            if qos:
                self._held_back.append((topic, data, qos, retain, properties))
            self.counters["unsent"] += 1
            return
        while not self.try_send(topic, data, qos, retain, properties):
            await self._in_flight.room()

    def fits(self, topic: str, data: bytes, properties: dict[str, Any]) -> bool:
        """Whether the broker takes a message of this size; it hangs up on whoever sends a larger one."""
        if len(data) + _LONGEST_TEXTS <= self._largest:
            return True
        texts = sum(len(value) for value in properties.values() if isinstance(value, str | bytes))
        return len(data) + len(topic.encode()) + texts + _HEADER_BYTES <= self._largest

    def try_send(self, topic: str, data: bytes, qos: int, retain: bool, properties: dict[str, Any]) -> bool:
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

    def subscribe(self, filters: Sequence[Filter]) -> None:
        """Subscribe in one packet for each identifier.

        Each needs an id even when unacknowledged messages hold all that there are.
        """
        packets: dict[int, list[gmqtt.Subscription]] = {}
        for text, qos, number, as_published in filters:
            subscription = gmqtt.Subscription(
                text, qos=qos, subscription_identifier=number or None, retain_as_published=as_published
            )
            packets.setdefault(number, []).append(subscription)
        ids = self._client._package_handler.id_generator  # noqa: SLF001  # no public way to widen it
        widened = 1 + len(packets)
        ids._max += widened  # noqa: SLF001
        try:
            for subscriptions in packets.values():
                self._client.subscribe(subscriptions)
        finally:
            ids._max -= widened  # noqa: SLF001

    def unsubscribe(self, text: str) -> None:
        """End a subscription."""
        self._client.unsubscribe(text)

    async def _on_message(
        self, _client: gmqtt.Client, topic: str, data: bytes, _qos: int, properties: dict[str, Any]
    ) -> int:
        """Must be a coroutine that never raises and returns 0: else the message is never acknowledged (gmqtt)."""
        try:
            self.counters["received"] += 1
            await self._take(topic, data, properties)
        except Exception:
            self.counters["handler_errors"] += 1
            self._log.exception("handler failed", topic=topic)
        except asyncio.CancelledError:
            self._log.warning("handler cancelled", topic=topic)
        return 0


@lru_cache(maxsize=4_096)
def is_topic(text: str) -> bool:
    """Whether a message can be published there; a broker hangs up on whoever tries what cannot be."""
    if not text or _WILD.search(text) or UNSENDABLE.search(text) or text.count("/") > MOST_SLASHES:
        return False
    return len(text.encode()) <= MAX_TOPIC_BYTES
