"""The gateway: people and programs on one side, the bus on the other."""

import time

from wactorz_common.agent import Task, every, handles, listens
from wactorz_common.bus import Bus, Message
from wactorz_common.contracts import Payload
from wactorz_common.contracts.blobs import READ_BLOB, BlobPart, ReadBlob
from wactorz_common.contracts.chat import (
    CHAT_OUT,
    CHAT_PIECES,
    CHAT_STOP,
    CHOICES,
    QUESTIONS,
    ChatPiece,
    ChatReply,
    OpenQuestions,
)
from wactorz_common.contracts.home import (
    ACTUATIONS,
    STATE_CHANGE,
    STATE_CHANGE_FLAT,
    ActuationEvent,
    House,
    StateChange,
)
from wactorz_common.contracts.lifecycle import (
    ALERT,
    COMMANDS,
    COMPLETED,
    ERRORS,
    HEARTBEAT,
    LOGS,
    MANIFEST,
    METRICS,
    SPAWNED,
    STATUS,
)
from wactorz_common.contracts.live import FLOWS
from wactorz_common.contracts.nodes import NODE_EVENTS, NODE_HEARTBEAT
from wactorz_common.contracts.notices import VAULT_KEY, VaultKey
from wactorz_common.contracts.rules import DETECTIONS, TRIGGERS
from wactorz_common.contracts.spawning import APPROVAL_EVENTS, ApprovalEvent
from wactorz_common.contracts.system import HEALTH
from wactorz_common.house import HouseFollower
from wactorz_common.secrecy import SecretKeeper
from wactorz_common.store import Store
from wactorz_gateway import frames
from wactorz_gateway.accounts.accounts import Accounts
from wactorz_gateway.accounts.announcing import announce
from wactorz_gateway.accounts.book import owner_is_kept
from wactorz_gateway.agentlogs import AgentLogs
from wactorz_gateway.app import create_app
from wactorz_gateway.approvalfeed import ApprovalFeed
from wactorz_gateway.approvals import Decisions
from wactorz_gateway.blobs.handing import part_of
from wactorz_gateway.bus_backend import BusBackend
from wactorz_gateway.conversation import Conversations
from wactorz_gateway.dashboard import Dashboard
from wactorz_gateway.discreet import addressee, discreet
from wactorz_gateway.door import Door
from wactorz_gateway.exposition import Exposition
from wactorz_gateway.house import HouseReader
from wactorz_gateway.hub import Hub
from wactorz_gateway.keeping import Keeping
from wactorz_gateway.live.listening import Ear
from wactorz_gateway.live.parts import make_live
from wactorz_gateway.parts import Parts
from wactorz_gateway.registry import Registry
from wactorz_gateway.remembering import remember, tell
from wactorz_gateway.server import WebServer, check_bind, open_socket, patience_of
from wactorz_gateway.settings import GatewaySettings
from wactorz_gateway.transcripts import Transcripts

_TELEMETRY = (HEARTBEAT, METRICS, NODE_HEARTBEAT, HEALTH, COMPLETED)


class GatewayAgent(HouseFollower[GatewaySettings]):
    """Serves REST, Server-Sent Events, WebSocket and metrics from what it hears on the bus."""

    name = "gateway"
    description = "The door for browsers and programs: REST, live events, metrics and a built-in page"
    publishes = (COMMANDS, CHAT_STOP, CHOICES, FLOWS)
    essential = True
    watches_itself = True

    def __init__(self, settings: GatewaySettings, bus: Bus, store: Store) -> None:
        """Take the port first: when it is not to be had, that sentence is all that a person needs to see."""
        check_bind(settings, has_owner=owner_is_kept(store.path))
        self._door = open_socket(settings.http_bind, settings.http_port)
        super().__init__(settings, bus, store)
        self.registry = Registry()
        self.hub = Hub(time.monotonic)
        self.dashboard = Dashboard(self.registry, self.hub)
        backend = BusBackend(self)
        decisions = Decisions(backend)
        keeper = SecretKeeper()
        stop = backend.stop if settings.http_stop_when_gone else None
        transcripts = Transcripts()
        door = Door(backend, decisions, time.time, keeper, transcripts)
        self.conversations = Conversations(door.say, self._committed, stop)
        self.accounts = Accounts(
            store, settings.state_dir, reserved=frozenset(settings.persons), owner=settings.http_owner
        )
        self.parts = Parts(
            backend=backend, registry=self.registry, hub=self.hub, dashboard=self.dashboard,
            conversations=self.conversations, decisions=decisions, approvals=ApprovalFeed(decisions, self.hub),
            logs=AgentLogs(),
            house=HouseReader(backend.ask, self.known_house, lambda: self.house_problem),
            exposition=Exposition(self.registry, self.hub, time.time), keeper=keeper,
            log_dir=settings.state_dir / "logs", now=time.time, accounts=self.accounts, transcripts=transcripts,
            live=make_live(settings.door(bus.broker), self.registry.name_of),
        )  # fmt: skip
        self.parts.exposition.waiting(lambda: float(self.conversations.in_flight))
        self.live = self.parts.live
        ear = settings.ear(bus.broker)
        self.ear = Ear(f"{bus.identity.client_id}-live", ear, self.live.followers, self.live.flows, self.live.retained)
        self.live.heard = self.ear.connected.is_set
        self.parts.exposition.follow(self.live.followers, bus.connected.is_set)
        self.accounts.known.revoked.append(self.live.door.end)
        self.keeping = Keeping(self.parts, store)
        self.parts.erasing.keep = self.keeping.who
        self._was_connected = False
        self._trouble = ""

    async def on_start(self) -> None:
        """Open the door."""
        self._trouble = await self.keeping.load()
        code = await self.accounts.start()
        if code:
            announce(code, self.accounts.code.path)
        self.web = WebServer(create_app(self.parts, self.settings), self._door, patience_of(self.settings))
        self._serving = self.spawn_background(self.web.serve(), "web server")
        self.ear.start()
        await super().on_start()
        self.log.info("listening", address=f"http://{self.settings.http_bind}:{self.web.port}")

    async def on_stop(self) -> None:
        """Close the door."""
        self.conversations.close()
        self.hub.close()
        self.live.door.close()
        await self.ear.stop(end_session=True)
        await self.web.stop(self._serving)
        await self.keeping.all()
        await self.accounts.stop()

    # -- what the bus says ----------------------------------------------------------------------------------------

    @listens(HEARTBEAT)
    @listens(STATUS)
    @listens(METRICS)
    @listens(SPAWNED)
    @listens(MANIFEST)
    @listens(ERRORS)
    @listens(ALERT)
    @listens(LOGS)
    @listens(COMPLETED)
    @listens(COMMANDS)
    @listens(HEALTH)
    @listens(NODE_HEARTBEAT)
    @listens(NODE_EVENTS)
    async def on_lifecycle(self, message: Message[Payload]) -> None:
        """Keep the registry and tell browsers what changed."""
        now = time.time()
        telemetry = any(channel.match(message.topic) is not None for channel in _TELEMETRY)
        seen = discreet(message.payload)
        self.dashboard.relay(message.topic, seen, now, telemetry=telemetry)
        agent_id = message.params.get("agent_id", "")
        change = self.registry.apply(seen, agent_id, now)
        self.parts.logs.add(message.payload, agent_id, self.registry.name_of(agent_id))
        self.dashboard.changed(change, now)
        remember(self.parts, message.payload, change, now)

    async def on_house(self, house: House) -> None:
        """Show the house with what has changed in it."""
        self.parts.look.live.take_house(house)

    @handles(READ_BLOB)
    async def on_read_blob(self, request: ReadBlob, _task: Task) -> BlobPart:
        """A part of a file that a person attached, for whoever knows its id."""
        return await part_of(self.parts.blobs, request)

    @listens(STATE_CHANGE)
    @listens(STATE_CHANGE_FLAT)
    async def on_state_change(self, message: Message[StateChange]) -> None:
        """Show the new state, and pass it on."""
        self.parts.look.live.take_change(message.payload, time.time())
        self.dashboard.relay(message.topic, message.payload, time.time(), telemetry=False)

    @listens(ACTUATIONS)
    @listens(TRIGGERS)
    @listens(DETECTIONS)
    async def on_event(self, message: Message[Payload]) -> None:
        """Pass on what happens in the house."""
        if isinstance(message.payload, ActuationEvent) and message.payload.origin == "model":
            self.parts.exposition.acted(message.payload.outcome)
        self.dashboard.relay(message.topic, message.payload, time.time(), telemetry=False)
        tell(self.parts, message, time.time())

    @listens(APPROVAL_EVENTS)
    async def on_approval(self, message: Message[ApprovalEvent]) -> None:
        """Look at what waits for a yes; the event itself proves nothing."""
        self.parts.approvals.hint()
        tell(self.parts, message, time.time())

    @listens(CHAT_OUT)
    async def on_chat(self, message: Message[ChatReply]) -> None:
        """Pass notices on to those they are for; answers to messages from here go to their sender directly."""
        names = (*(one.name for one in self.accounts.known.people.values()), *self.settings.persons)
        whose = addressee(message.payload, self.conversations, self.parts.transcripts, names)
        self.dashboard.relay(message.topic, message.payload, time.time(), telemetry=False, to=whose)
        if not self.conversations.owns(message.payload.id):
            self.hub.broadcast(frames.chat(message.payload), to=whose)

    @listens(QUESTIONS)
    async def on_questions(self, message: Message[OpenQuestions]) -> None:
        """Know what an agent asks people to choose."""
        agent_id = message.params["agent_id"]
        self.parts.questions.take(agent_id, self.registry.name_of(agent_id), message.payload)

    @listens(CHAT_PIECES)
    async def on_piece(self, message: Message[ChatPiece]) -> None:
        """Hand a piece of an answer to those who wait for it."""
        self.conversations.on_piece(message.payload)

    @listens(VAULT_KEY)
    async def on_vault_key(self, message: Message[VaultKey]) -> None:
        """From now on secrets can be taken: only the vault can read them."""
        self.parts.keeper.key = message.payload

    @every(0.5)
    async def tell_browsers(self) -> None:
        """Send what is due, and say when the broker goes or comes."""
        self.dashboard.tick(time.time())
        await self._tell_flows()
        if self.parts.approvals.due(time.monotonic()):
            self.spawn_background(self.parts.approvals.look(time.monotonic()), "look at approvals")
        connected = self.bus.connected.is_set()
        if connected != self._was_connected:
            self._was_connected = connected
            self.parts.look.outdated()
            if connected:
                self.parts.exposition.reconnected()
                await self._tell_trouble()
            self.hub.broadcast(frames.encode("mqtt_status", connected=connected))

    async def _tell_trouble(self) -> None:
        """Tell once what could not be read at the start: without a broker an alert would be lost."""
        trouble, self._trouble = self._trouble, ""
        if trouble:
            await self.alert(trouble)

    async def _tell_flows(self) -> None:
        """Say who speaks to whom, while a browser looks."""
        self.live.tick()
        looked_at = self.live.watched(FLOWS.topic())
        self.ear.overhear(looked_at)
        flows = self.live.flows.report(time.time())
        if flows is not None and looked_at:
            await self.publish(FLOWS, flows)

    @every(30)
    async def keep_accounts(self) -> None:
        """Forget sessions and tokens whose time is over, and keep who was here."""
        await self.accounts.keys.sweep()
        await self.accounts.flush()
        if self.accounts.erasures and self.bus.connected.is_set():
            self.spawn_background(self.parts.erasing.round(), "forget deleted people")

    @every(5)
    async def keep_lately(self) -> None:
        """Remember who there is and what happened, so that a restart does not begin with empty lists."""
        await self.keeping.who()
        await self.keeping.happened()

    @every(30)
    async def keep_said(self) -> None:
        """Remember the last lines of agents."""
        await self.keeping.said()

    @every(60)
    async def keep_charts(self) -> None:
        """Remember what agents used."""
        await self.keeping.charts()

    async def _committed(self) -> None:
        """Return when everything that was queued for the disk before is on it."""
        await self.store.write(lambda _connection: None)
