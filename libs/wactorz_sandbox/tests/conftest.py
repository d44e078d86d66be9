import asyncio
import json

import pytest

from wactorz_sandbox import build
from wactorz_sandbox.component import Component
from wactorz_sandbox.guest.port import AgentError
from wactorz_sandbox.instance import Instance
from wactorz_sandbox.limits import Limits


class MemoryPorts:
    """An outside that remembers what a guest did; topics and agents named `secret` are not granted."""

    def __init__(self):
        self.published, self.lines, self.told, self.kept, self.filters = [], [], [], {}, []
        self.performed, self.canceled = [], []

    def publish(self, topic, payload, retain):
        if topic.startswith("secret"):
            return f"'{topic}' is not granted: spawn the agent with it in grants.publish"
        self.published.append((topic, json.loads(payload), retain))
        return ""

    def subscribe(self, topic_filter):
        if topic_filter.startswith("secret"):
            return f"'{topic_filter}' is not granted: spawn the agent with it in grants.subscribe"
        self.filters.append(topic_filter)
        return ""

    def log(self, level, text):
        self.lines.append((level, text))

    def persist(self, key, value):
        self.kept[key] = value
        return ""

    def recall(self, key):
        return self.kept.get(key)

    def tell(self, kind, body):
        self.told.append((kind, json.loads(body)))
        return ""

    async def perform(self, op, args):
        self.performed.append((op, args))
        try:
            return await getattr(self, f"_{op}")(args)
        except asyncio.CancelledError:
            self.canceled.append(op)
            raise

    async def _send_to(self, args):
        if args["name"] == "secret":
            raise PermissionError("secret may not be asked: spawn the agent with it in grants.agents")
        await asyncio.sleep(args["payload"].get("seconds", 0) if isinstance(args["payload"], dict) else 0)
        return {"from": args["name"], "got": args["payload"]}

    async def _llm(self, args):
        return f"answer to {args['messages'][-1]['content']} after {len(args['messages'])}"

    async def _http(self, args):
        return {"status": 404 if "missing" in args["url"] else 200, "headers": {"X-A": "b"}, "body": json.dumps(args)}

    async def _mqtt_get(self, args):
        return {"value": 7} if args["topic"] == "kept" else None


class LocalPort(MemoryPorts):
    """The same outside for the agent library on plain CPython."""

    def __init__(self):
        super().__init__()
        self.time = 100.0
        self.beside = set()

    def now(self):
        return self.time

    def request(self, op, args):
        return self.begin(self._shown(op, args))

    async def _shown(self, op, args):
        try:
            return await self.perform(op, args)
        except PermissionError as error:
            raise AgentError(str(error)) from error

    def begin(self, work):
        task = asyncio.ensure_future(work)
        self.beside.add(task)
        task.add_done_callback(self.beside.discard)
        return task


@pytest.fixture
def ports():
    return MemoryPorts()


@pytest.fixture
def port():
    return LocalPort()


@pytest.fixture(scope="session")
def component():
    """Built into the user's cache once; later sessions find it there."""
    return Component.load_now(build.default_folder(), log=print)


@pytest.fixture
async def spawn(component, ports):
    """Opens instances, and closes them at the end."""
    opened = []

    async def open_one(source, config=None, limits=None, given=None, **options):
        about = {"name": "tester", "actor_id": "ID-1", "node": "local", **(config or {})}
        limits = limits or Limits(slice_seconds=0.4, setup_seconds=0.4, load_seconds=3, cpu=2)
        instance = await Instance.open(component, source, about, given or ports, limits, **options)
        opened.append(instance)
        return instance

    yield open_one
    for instance in opened:
        await instance.close()
