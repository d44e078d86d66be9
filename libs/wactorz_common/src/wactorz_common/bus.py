"""Typed publish and subscribe, questions and answers, over one connection to the broker."""

import asyncio
import itertools
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from wactorz_common import logs
from wactorz_common.connection import Broker, Connection, Filter, Will, is_topic
from wactorz_common.contracts import Channel, Payload
from wactorz_common.contracts.lifecycle import ERRORS, HEARTBEAT, MANIFEST, STATUS
from wactorz_common.contracts.system import DEAD_LETTER
from wactorz_common.contracts.tasks import TASK_REPLY, TaskReply
from wactorz_common.errors import AskTimeout, ContractError, TransportError
from wactorz_common.german import phrase
from wactorz_common.rights import matches

__all__ = ["Broker", "Bus", "Identity", "Message", "is_topic"]

P = TypeVar("P", bound=Payload)

SENDER = "wactorz-sender"
"""User property of every message: the sender's id and incarnation, joined by a space."""

_GONE_SILENT = (ERRORS, DEAD_LETTER)
_OF_ITSELF = (HEARTBEAT, STATUS, MANIFEST)
"""What an agent says of itself; a broker with accounts lets it do so under its own id only."""

_DIGITS = 20
_PROOF_BYTES = 8


@dataclass(frozen=True)
class Identity:
    """Who speaks: name, id and start number, and how the broker knows this connection."""

    name: str
    agent_id: str
    incarnation: int
    client_id: str
    replica: str = ""
    """Which one it is of several processes that share the name; empty for the only one."""

    starts: int = 1
    """How often it was started with the state that it has."""


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
    user_properties: Sequence[tuple[str, str]] = ()

    @property
    def headers(self) -> dict[str, str]:
        """User properties by name; of one that is given twice, the first."""
        return dict(reversed(self.user_properties))


Handler = Callable[[Message[Any]], Awaitable[None]]
Listener = Callable[[str, bytes, bool], Awaitable[None]]
"""Takes topic, payload as received, and whether it was retained."""

BadMessage = Callable[[str, bytes, ContractError], None]


@dataclass(frozen=True, slots=True)
class _Subscription:
    channel: Channel[Any]
    filter: str
    handler: Handler
    group: str = ""

    @property
    def spoken(self) -> str:
        """The filter as the broker is told."""
        return f"$share/{self.group}/{self.filter}" if self.group else self.filter


@dataclass(frozen=True, slots=True)
class _Listening:
    filter: str
    qos: int
    listener: Listener


class Bus:
    """What an agent says and hears, kept for as long as the process lives.

    Handlers run one per message and concurrently; a message of quality of service 1 is acknowledged when its handler
    returns. An exception in a handler is logged and counted, never raised into the connection.
    """

    def __init__(self, identity: Identity, broker: Broker, will: tuple[Channel[P], P, dict[str, str]] | None) -> None:
        self.identity = identity
        self.broker = broker
        self.on_bad_message: BadMessage | None = None
        self._log = logs.get(__name__)
        self._exact: dict[str, _Subscription] = {}
        self._wild: list[_Subscription] = []
        self._listening: dict[int, _Listening] = {}
        self._numbers = itertools.count(1)
        self._covered: set[str] = set()  # where both would match, a broker would deliver twice
        self._asked: dict[bytes, asyncio.Future[bytes]] = {}
        self._newest: dict[str, int] = {}
        self._asks = 0
        self._sign = {"user_property": (SENDER, f"{identity.agent_id} {identity.incarnation}")}
        self.reply_topic = TASK_REPLY.topic(agent_name=identity.name, token=identity.agent_id)
        last = will and Will(will[0].topic(**will[2]), will[1].encode(), self._sign)
        self._connection = Connection(
            identity.client_id, broker, last, self._filters, self._take, lasting=not identity.replica
        )
        self.connected, self.counters = self._connection.connected, self._connection.counters
        self.on_connected = self._connection.on_connected
        self.start, self.stop = self._connection.start, self._connection.stop
        self.wait_connected, self.fits = self._connection.wait_connected, self._connection.fits

    def _filters(self) -> list[Filter]:
        exact = [s for s in self._exact.values() if s.filter not in self._covered]
        return [
            Filter(self.reply_topic, 1), *(Filter(s.spoken, s.channel.qos) for s in (*exact, *self._wild)),
            *(Filter(one.filter, one.qos, number) for number, one in self._listening.items()),
        ]  # fmt: skip

    # -- sending ------------------------------------------------------------------------------------------------

    async def publish(
        self, channel: Channel[P], payload: P | None, *, expiry: float | None = None,
        headers: Mapping[str, str] | None = None, **params: str,
    ) -> None:  # fmt: skip
        """Publish on a channel; None withdraws a retained message. `headers` travel as user properties.

        Without a connection telemetry (quality of service 0) is dropped and the rest is held back, up to 1,000.
        """
        data = b"" if payload is None else payload.encode()
        qos = 1 if payload is None else channel.qos
        properties: dict[str, Any] = {} if expiry is None else {"message_expiry_interval": max(1, int(expiry))}
        if headers:
            properties["headers"] = tuple(headers.items())
        await self.send(channel.topic(**params), data, qos, retain=channel.retain, **properties)

    async def send(self, topic: str, data: bytes, qos: int, *, retain: bool = False, **properties: Any) -> None:
        """Publish signed bytes; for topics that a peer named. ContractError for what a broker would not take."""
        await self._connection.send(topic, data, qos, retain, {**properties, **self._sign})

    async def answer(self, topic: str, data: bytes, **properties: Any) -> None:
        """Publish the reply to a question, unsigned: its correlation is the proof, and it is sent often."""
        await self._hurry(topic, data, properties)

    async def _hurry(self, topic: str, data: bytes, properties: dict[str, Any]) -> None:
        """Publish at quality of service 1 without a further coroutine where there is room, as nearly always."""
        if not self.connected.is_set() or not self._connection.try_send(topic, data, 1, False, properties):
            await self._connection.send(topic, data, 1, False, properties)

    async def send_now(self, topic: str, data: bytes, **properties: Any) -> None:
        """Publish at quality of service 1, or raise TransportError when there is no connection."""
        if not self.connected.is_set():
            raise TransportError(phrase("The MQTT broker at {broker} cannot be reached", broker=self.broker))
        await self.send(topic, data, 1, **properties)

    # -- questions ----------------------------------------------------------------------------------------------

    def next_ask_id(self) -> str:
        """An id for a question; it never repeats for this agent, and only who is asked knows it.

        Everybody may publish on reply topics, so that the id is what proves an answer.
        """
        self._asks += 1
        return f"{self.identity.name}.{self.identity.incarnation}.{self._asks}.{secrets.token_hex(_PROOF_BYTES)}"

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
            await self._hurry(topic, data, properties)
            return await answer
        finally:
            alarm.cancel()
            del self._asked[correlation]

    # -- receiving ----------------------------------------------------------------------------------------------

    def subscribe(self, channel: Channel[P], handler: Handler, *, group: str = "", **params: str) -> None:
        """Call `handler` for each valid message on the channel; parameters that are not given match anything.

        Of all who subscribe in the same `group` one gets each message.
        """
        subscription = _Subscription(channel, channel.filter(**params), handler, group)
        if "+" in subscription.filter:
            self._wild.append(subscription)
        else:
            self._exact[subscription.filter] = subscription
        self._covered = {
            exact.filter for exact in self._exact.values()
            if any(wild.channel is exact.channel and _matches(wild.filter, exact.filter) for wild in self._wild)
        }  # fmt: skip
        if self.connected.is_set():
            self._connection.subscribe([Filter(subscription.spoken, channel.qos)])

    def listen(self, filter_: str, listener: Listener, qos: int = 1) -> Callable[[], None]:
        """Call `listener` for each message that any filter matches, whatever it holds; the result ends it.

        For topics that are known at run time only. Of overlapping filters each gets its own copy.
        """
        number = next(self._numbers)
        self._listening[number] = _Listening(filter_, qos, listener)
        if self.connected.is_set():
            self._connection.subscribe([Filter(filter_, qos, number)])

        def end() -> None:
            self._listening.pop(number, None)
            if self.connected.is_set() and all(one.filter != filter_ for one in self._listening.values()):
                self._connection.unsubscribe(filter_)

        return end

    async def _take(self, topic: str, data: bytes, properties: dict[str, Any]) -> None:
        if topic == self.reply_topic:
            self._on_reply(topic, data, properties)
        else:
            await self._dispatch(topic, data, properties)

    async def _dispatch(self, topic: str, data: bytes, properties: dict[str, Any]) -> None:
        sender, incarnation = _signature(properties)
        if not self._is_current(sender, incarnation):
            self.counters["fenced"] += 1
            self._log.warning("message of an earlier incarnation dropped", topic=topic, sender=sender)
            return
        if "subscription_identifier" in properties:
            await self._hand_over(topic, data, properties)
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

    async def _hand_over(self, topic: str, data: bytes, properties: dict[str, Any]) -> None:
        """A number may be of an earlier run, whose session the broker has kept: the filter decides."""
        for number in properties["subscription_identifier"]:
            listening = self._listening.get(number)
            if listening is not None and matches(listening.filter, topic):
                await listening.listener(topic, data, bool(properties.get("retain")))

    def _subscriptions_for(self, topic: str) -> Sequence[_Subscription]:
        exact = self._exact.get(topic)
        if exact is not None and topic not in self._covered:
            return (exact,)
        wild = [s for s in self._wild if s.channel.match(topic) and _matches(s.filter, topic)]
        return wild if exact is None else [exact, *wild]

    def _decode(
        self, channel: Channel[Any], topic: str, data: bytes, properties: dict[str, Any], sender: str
    ) -> Message[Any] | None:
        if not data:  # it withdraws what the broker had kept there
            return None
        try:
            params = channel.match(topic) or {}
            payload = _payload(channel, data, params)
        except ContractError as error:
            self.counters["bad_messages"] += 1
            if self.on_bad_message is not None:
                self.on_bad_message(topic, data, error)
            return None
        return Message(
            payload, topic, params, data, bool(properties.get("retain")), sender,
            _first(properties, "response_topic", ""), _first(properties, "correlation_data", None),
            properties.get("user_property", ()),
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


def _payload(channel: Channel[Any], data: bytes, params: dict[str, str]) -> Any:
    """The payload; ContractError when it cannot be read, or speaks for another agent than its topic does."""
    payload = channel.payload.decode(data)
    if channel in _OF_ITSELF and payload.actor_id != params["agent_id"]:
        raise ContractError(f"this {channel.name} is of another agent than its topic: {payload.actor_id[:64]!r}")
    return payload


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
        late = phrase("No answer on {topic} within {seconds} s", topic=topic, seconds=f"{timeout:g}")
        answer.set_exception(AskTimeout(late))
