"""A container engine that speaks the wire shapes of the real one (20.10), and a fleet without a broker."""

import asyncio
import json
import string
import time

import pytest
from aiohttp import web

from wactorz_common.bus import Broker, Bus, Identity
from wactorz_common.contracts.nodes import NodeHeartbeat, ProcessInfo, SpawnAck
from wactorz_common.handlers import Task
from wactorz_common.signing import Signer
from wactorz_monitor.accounts import NoAccounts
from wactorz_monitor.approvals import SpawnApprovals
from wactorz_monitor.audit import Audit
from wactorz_monitor.dispatch import Dispatcher
from wactorz_monitor.fleet import Fleet
from wactorz_monitor.spawn_registry import SpawnRegistry

CODE = "async def process(agent):\n    pass\n"


class FakeEngine:
    """Containers that die when they are told to; `refusal` makes every start fail."""

    def __init__(self):
        self.containers = {}
        self.events = []
        self.asked = []
        self.refusal = None
        self.port = 0
        self._streams = set()
        self._runner = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    async def open(self):
        app = web.Application()
        app.router.add_get("/version", self._version)
        app.router.add_get("/{v}/containers/json", self._list)
        app.router.add_get("/{v}/containers/{id}/json", self._inspect)
        app.router.add_post("/{v}/containers/{id}/start", self._start)
        app.router.add_post("/{v}/containers/{id}/stop", self._stop)
        app.router.add_get("/{v}/events", self._events)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def close(self):
        for stream in self._streams:
            stream.put_nowait(None)
        await self._runner.cleanup()

    async def reboot(self, seconds=0.3):
        """Stop everybody with the events of a stop, go, and come back without a memory of events."""
        for name in self.containers:
            if self.containers[name]["State"] == "running":
                self.stop(name)
        await asyncio.sleep(0.05)
        await self.close()
        self.events.clear()
        await asyncio.sleep(seconds)
        await self.open()

    def add(self, name, *, state="running", container=None, **labels):
        self.containers[name] = {
            "Id": container or f"id-{name}", "Names": [f"/home-{name}-1"], "Image": "i", "ImageID": "sha256:1",
            "Created": int(time.time()), "State": state, "Status": "Up",
            "Labels": {
                "com.docker.compose.project": "home", "com.docker.compose.service": name,
                "com.docker.compose.container-number": "1", "com.docker.compose.oneoff": "False",
                "wactorz.supervised": "true", **labels,
            },
        }  # fmt: skip

    def emit(self, name, action, **attributes):
        known = self.containers[name]
        now = time.time_ns()
        event = {
            "status": action, "id": known["Id"], "from": "i", "Type": "container", "Action": action,
            "Actor": {"ID": known["Id"], "Attributes": {**known["Labels"], "image": "i", "name": name, **attributes}},
            "scope": "local", "time": now // 10**9, "timeNano": now,
        }  # fmt: skip
        self.events.append(event)
        for stream in self._streams:
            stream.put_nowait(event)

    def end(self, name, code=137):
        self.containers[name]["State"] = "exited"
        self.emit(name, "die", exitCode=str(code))

    def kill(self, name):
        self.emit(name, "kill", signal="9")
        self.end(name)

    def stop(self, name):
        self.emit(name, "kill", signal="15")
        self.end(name, 143)
        self.emit(name, "stop")

    def start(self, name):
        self.containers[name]["State"] = "running"
        self.emit(name, "start")

    def remove(self, name):
        self.emit(name, "destroy")
        del self.containers[name]

    def _named(self, request):
        for name, known in self.containers.items():
            if known["Id"] == request.match_info["id"]:
                return name
        raise web.HTTPNotFound(text=json.dumps({"message": "No such container"}), content_type="application/json")

    async def _version(self, _request):
        return web.json_response({"ApiVersion": "1.41", "Version": "20.10.24"})

    async def _list(self, request):
        assert json.loads(request.query["filters"]) == {"label": ["wactorz.supervised=true"]}
        return web.json_response(list(self.containers.values()))

    async def _inspect(self, request):
        known = self.containers[self._named(request)]
        state = {"Running": known["State"] == "running", "ExitCode": 3, "StartedAt": "2026-11-21T06:00:00.123456789Z"}
        return web.json_response({"Id": known["Id"], "State": state})

    async def _start(self, request):
        name = self._named(request)
        self.asked.append(("start", name))
        if self.refusal:
            body = json.dumps({"message": self.refusal}).encode()
            return web.Response(status=500, body=body, content_type="application/json")
        if self.containers[name]["State"] == "running":
            return web.Response(status=304)
        self.start(name)
        return web.Response(status=204)

    async def _stop(self, request):
        name = self._named(request)
        self.asked.append(("stop", name, request.query["t"]))
        self.stop(name)
        return web.Response(status=204)

    async def _events(self, request):
        second, _, rest = request.query["since"].partition(".")
        since = int(second) * 10**9 + int(rest or 0)
        wanted = json.loads(request.query["filters"])["event"]
        stream = asyncio.Queue()
        self._streams.add(stream)
        answer = web.StreamResponse(headers={"Content-Type": "application/json"})
        await answer.prepare(request)
        for event in [event for event in self.events if event["timeNano"] >= since]:
            stream.put_nowait(event)
        try:
            while (event := await stream.get()) is not None:
                if event["Action"].partition(":")[0] in wanted:
                    await answer.write(json.dumps(event).encode() + b"\n")
        finally:
            self._streams.discard(stream)
        return answer


@pytest.fixture
async def engine():
    engine = FakeEngine()
    await engine.open()
    yield engine
    await engine.close()


class SilentBus(Bus):
    """A bus that keeps what would be sent."""

    def __init__(self):
        super().__init__(Identity("monitor", "id-monitor", 1, "client"), Broker("nowhere", 1), None)
        self.sent = []

    async def send(self, topic, data, qos, *, retain=False, **properties):
        self.sent.append((topic, data, qos, retain, properties))

    def on(self, topic):
        return [json.loads(data) if data else None for sent, data, *_ in self.sent if sent == topic]


class RecordingAccounts(NoAccounts):
    """Accounts that fail when told to."""

    def __init__(self):
        self.made, self.dropped, self.error = [], [], None

    async def ensure(self, entry, node):
        if self.error:
            raise self.error
        self.made.append((entry.name, node))

    async def drop(self, name):
        if self.error:
            raise self.error
        self.dropped.append(name)


class Bench:
    """A fleet with everything that it needs, and short ways to use it."""

    def __init__(self, store):
        self.store, self.bus, self.alerts, self.accounts = store, SilentBus(), [], RecordingAccounts()
        self.audit = Audit(store, 365)
        self.signer = Signer(b"k" * 32)
        self.fleet = Fleet(
            self.bus, SpawnRegistry(store), Dispatcher(self.bus, self.signer), self.accounts, self.audit, self._alert
        )
        self.approvals = SpawnApprovals(store, "monitor", 600)

    async def _alert(self, text, severity):
        self.alerts.append((text, severity))

    @property
    def registry(self):
        return self.fleet.registry

    def beat(
        self,
        node="local",
        *running,
        ours=True,
        status="online",
        ago=0.0,
        state="running",
        executor="shared",
        ended=False,
    ):
        processes = tuple(
            ProcessInfo(name=name, pid=1, state=state, executor=executor, ended=ended) for name in running
        )
        fields = {"processes": processes, "runtime": "node"} if ours else {}
        pulse = NodeHeartbeat(node=node, node_id="n", timestamp=0, agents=running, status=status, pid=5, **fields)
        return self.fleet.machines.on_pulse(node, pulse, time.monotonic() - ago, time.time() - ago)

    async def wish(self, name="watcher", node="local", *, settled=False, **fields):
        spec = {"name": name, "type": "dynamic", "code": CODE, "poll_interval": 1.0, "node": node, **fields}
        entry = await self.registry.wish(name, spec, node)
        return await self.registry.settle(entry) if settled else entry

    async def ack(self, name="watcher", node="local", **fields):
        await self.fleet.on_ack(SpawnAck(agent=name, node=node, timestamp=0, **fields))


@pytest.fixture
async def bench(store):
    bench = Bench(store)
    for prepare in (bench.audit.prepare, bench.approvals.load, bench.registry.load):
        await prepare()
    return bench


@pytest.fixture
def task():
    return Task("task-1", "spawn", "monitor", "gateway", deadline_at=time.time() + 10)


# -- specifications of any kind ---------------------------------------------------------------------------------

TEXTS = [
    "", " ", "a", "watcher", "main", "..", "/", "#", "\x00", "\ud800", "x" * 70, "火", "--user", "numpy", "http://x", CODE,
    "def (", "(" * 500, "agents/+/x", "plants/#", "local", "pi", "moon", "llm", "dynamic", "rule", "1e999", "{}",
]  # fmt: skip


def anything(source, depth=0):  # noqa: PLR0911  # one return for each kind
    kind = source.randrange(9 if depth < 2 else 7)
    match kind:
        case 0 | 1 | 2:
            return source.choice(TEXTS)
        case 3:
            return source.choice([0, -1, 1, 2**63, 0.5, 1e308, True, None])
        case 4:
            return "".join(source.choices(string.printable, k=source.randrange(30)))
        case 5:
            return "".join(chr(source.randrange(0x110000)) for _ in range(source.randrange(5)))
        case 6:
            return source.choice([[], {}])
        case 7:
            return [anything(source, depth + 1) for _ in range(source.randrange(4))]
        case _:
            return {source.choice(TEXTS): anything(source, depth + 1) for _ in range(source.randrange(4))}


def make_spec(source):
    good = {
        "name": "watcher", "type": "dynamic", "code": CODE, "install": ["numpy"], "node": "local", "description": "x",
        "grants": {"publish": ["plants/x"], "http": ["example.org"]}, "limits": {"memory_mb": 64, "cpu": 0.2},
        "poll_interval": 2.0, "capabilities": ["x"], "input_schema": {"a": "str - x"}, "replace": False,
    }  # fmt: skip
    spec = {key: value for key, value in good.items() if key == "name" or source.random() < 0.7}
    for key in source.sample([*good, "_agent_id", "_initial_state", "system_prompt", "extra"], source.randrange(4)):
        spec[key] = anything(source)
    if isinstance(spec.get("grants"), dict) and source.random() < 0.3:
        spec["grants"][source.choice(["publish", "subscribe", "http", "agents", "model"])] = anything(source)
    return spec


@pytest.fixture
def fuzzed():
    """Makes a specification of any kind from a source of random numbers."""
    return make_spec
