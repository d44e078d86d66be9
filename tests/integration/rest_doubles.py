"""The gateway's web application on a real port, with a bus whose agents answer at once; for tests of every route."""

import asyncio
import socket
import threading
import time
import zlib
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import uvicorn

from wactorz_common.contracts import OPERATIONS, Nothing
from wactorz_common.contracts.chat import ChatReply
from wactorz_common.contracts.home import Area, Entity, House
from wactorz_common.contracts.lifecycle import AgentMetrics, Heartbeat
from wactorz_common.contracts.nodes import NodeHeartbeat
from wactorz_common.errors import TaskFailed
from wactorz_common.sealing import Opener
from wactorz_common.secrecy import SecretKeeper
from wactorz_common.store import Store
from wactorz_common.tasks import TaskEnd, TaskState
from wactorz_gateway.accounts import admission
from wactorz_gateway.accounts.accounts import Accounts, Visitor
from wactorz_gateway.accounts.callers import Caller
from wactorz_gateway.accounts.passwords import Passwords
from wactorz_gateway.agentlogs import AgentLogs
from wactorz_gateway.app import create_app
from wactorz_gateway.approvalfeed import ApprovalFeed
from wactorz_gateway.approvals import Decisions
from wactorz_gateway.conversation import Conversations
from wactorz_gateway.dashboard import Dashboard
from wactorz_gateway.door import Door
from wactorz_gateway.examples import example_of
from wactorz_gateway.exposition import Exposition
from wactorz_gateway.house import HouseReader
from wactorz_gateway.httpline import Crowd
from wactorz_gateway.hub import Hub
from wactorz_gateway.intake import Patience, intake_of
from wactorz_gateway.live.parts import make_live
from wactorz_gateway.parts import Parts
from wactorz_gateway.registry import Registry
from wactorz_gateway.settings import GatewaySettings
from wactorz_gateway.transcripts import Transcripts
from wactorz_testing.sparql_server import SparqlServer

OWNER_TOKEN = "the-token-of-the-owner"
PASSWORD = "a long enough pass phrase 71"
HOUSE = House(
    version=1, demo=True, areas=(Area(area_id="kitchen", name="Kitchen"),),
    entities=(Entity(entity_id="light.kitchen", name="Kitchen light", area_id="kitchen", state="off"),
              Entity(entity_id="lock.door", name="Front door", area_id="kitchen", state="locked")),
)  # fmt: skip


class ReadyBackend:
    """Every agent answers what its contract allows; every so often one refuses."""

    def __init__(self) -> None:
        self._results = {one.action: self._result_of(one.result) for one in OPERATIONS}

    def connected(self) -> bool:
        return True

    async def wait_connected(self, seconds: float) -> None:
        pass

    async def ask(self, operation: Any, request: Any, *, to: str | None = None, timeout: float | None = None) -> Any:
        written = request.encode()  # as on the bus: what cannot be written is refused here
        if _unlucky(written, 17) and not isinstance(request, Nothing):
            raise TaskFailed("That cannot be done now.")
        return self._results[operation.action]

    async def submit(self, operation: Any, request: Any, *, to: str | None = None, task_id: str = "") -> TaskEnd[Any]:
        written = request.encode()
        if operation.action == "say":
            reply = ChatReply(sender="main", content="Done.", timestamp=time.time(), id=request.id)
            return TaskEnd(task_id, TaskState.DONE, {}, None, reply)
        if _unlucky(written, 7):
            return TaskEnd(task_id, TaskState.FAILED, {}, "That is not wanted.")
        return TaskEnd(task_id, TaskState.DONE, {}, None, self._results[operation.action])

    async def command(self, agent_id: str, command: str) -> None:
        pass

    async def choose(self, agent_id: str, choice: Any) -> None:
        choice.encode()

    async def publish(self, topic: str, data: bytes, qos: int, *, retain: bool) -> None:
        topic.encode()

    async def stop(self, chat_id: str = "", conversation_id: str = "", person: str | None = None) -> None:
        pass

    @staticmethod
    def _result_of(model: Any) -> Any:
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        return model.accept(example_of(schema, schema.get("$defs", {})))


def _unlucky(request: bytes, one_of: int) -> bool:
    """The same requests are refused each time, so that a failure can be seen again."""
    return zlib.crc32(request) % one_of == 0


@dataclass
class Served:
    """The application in a thread of its own; `tokens` are the keys of each role."""

    folder: Path
    url: str = ""
    tokens: dict[str, str] = field(default_factory=dict)
    _server: Any = None
    _thread: Any = None
    _failures: int = 0

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._failures = admission.FAILURES_PER_MINUTE
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True)
        self._thread.start()
        if not ready.wait(90):
            raise RuntimeError("the application did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        admission.FAILURES_PER_MINUTE = self._failures  # other tests are slowed down again

    async def _serve(self, ready: threading.Event) -> None:
        store, kept_open = Store(self.folder / "state.db"), AsyncExitStack()
        store.open()
        try:
            parts = make_parts(self.folder, store)
            await self._people(parts.accounts)
            graph = await kept_open.enter_async_context(SparqlServer())
            settings = GatewaySettings.model_validate(
                {"state_dir": self.folder, "api_token": OWNER_TOKEN, "FUSEKI_URL": graph.url}
            )
            listener = socket.socket()
            listener.bind(("127.0.0.1", 0))
            listener.listen(64)
            self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            app = create_app(parts, settings)
            app.openapi()
            intake: Any = intake_of(Patience(20.0, Crowd(1_000, None)))
            config = uvicorn.Config(
                app, http=intake, lifespan="off", log_config=None, access_log=False, server_header=False
            )
            self._server = uvicorn.Server(config)
            serving = asyncio.ensure_future(self._server.serve(sockets=[listener]))
            ready.set()
            await serving
        finally:
            await kept_open.aclose()
            await store.close()

    async def _people(self, accounts: Accounts) -> None:
        """An owner, and one person of each other role with a token; the writes of a test are not slowed down."""
        admission.FAILURES_PER_MINUTE = accounts.writes.per_minute = 10**9
        code = await accounts.start()
        await accounts.set_up(code, "olga", PASSWORD, Visitor("127.0.0.1", "test", here=True))
        owner = Caller("olga", "owner", "session")
        scopes = {
            "viewer": ["read"],
            "user": ["read", "talk", "control"],
            "admin": ["read", "talk", "control", "admin"],
        }
        for role, own in scopes.items():
            await accounts.add_person(owner, f"the {role}", role, PASSWORD)  # type: ignore[arg-type]
            caller = Caller(f"the {role}", role, "session")  # type: ignore[arg-type]
            self.tokens[role], _ = await accounts.keys.add_token(caller, "test", own, 3600)  # type: ignore[arg-type]
            if role == "admin":
                self.tokens["expired"], _ = await accounts.keys.add_token(caller, "old", own, 0.01)  # type: ignore[arg-type]
        self.tokens["owner"] = OWNER_TOKEN
        await asyncio.sleep(0.05)


def make_parts(folder: Path, store: Store) -> Parts:
    """All parts of a gateway that knows some agents and a house."""
    backend, registry, hub = ReadyBackend(), Registry(), Hub(time.monotonic)
    decisions, keeper, transcripts = Decisions(backend), SecretKeeper(), Transcripts()
    keeper.key = Opener(bytes(range(32))).vault_key

    async def committed() -> None:
        await store.write(lambda _: None)

    async def house(_seconds: float) -> House:
        return HOUSE

    (folder / "logs").mkdir()
    parts = Parts(
        backend=backend, registry=registry, hub=hub, dashboard=Dashboard(registry, hub),
        conversations=Conversations(Door(backend, decisions, time.time, keeper, transcripts).say, committed, None),
        decisions=decisions, keeper=keeper, transcripts=transcripts, approvals=ApprovalFeed(decisions, hub),
        house=HouseReader(backend.ask, house), exposition=Exposition(registry, hub, time.time), logs=AgentLogs(),
        accounts=Accounts(store, folder, passwords=Passwords((1, 8))), log_dir=folder / "logs", now=time.time,
        live=make_live(None, lambda _: ""),  # type: ignore[arg-type]
    )  # fmt: skip
    now = time.time()
    for name in ("main", "guest"):
        beat = Heartbeat(
            actor_id=name, name=name, timestamp=now, state="running", protected=name == "main", memory_mb=9.0
        )
        registry.apply(beat, name, now)
        change = registry.apply(AgentMetrics(actor_id=name, messages_processed=3), name, now)
        parts.histories.note(registry.agents[name], None, now)
        parts.feed.add(change.event or {"type": "log", "name": name, "message": "hello", "timestamp": now})
    registry.apply(NodeHeartbeat(node="local", node_id="n", timestamp=now), "", now)
    return parts
