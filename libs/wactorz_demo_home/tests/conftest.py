"""A demo home on a free port, and a client that is in."""

import contextlib

import aiohttp
import pytest
import structlog

from wactorz_demo_home.server import DemoHome
from wactorz_demo_home.settings import DemoHomeSettings


@pytest.fixture(autouse=True)
def logs_as_they_were():
    """Undo what a test did to the configuration of the logs."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


class Client:
    """Speaks to a demo home over its WebSocket."""

    def __init__(self, socket):
        self.socket = socket
        self.last_id = 0
        self.events = []

    async def command(self, kind, **fields):
        """Send a command; returns its answer."""
        self.last_id += 1
        await self.socket.send_json({"id": self.last_id, "type": kind, **fields})
        while True:
            message = await self.socket.receive_json(timeout=5)
            if message["type"] != "event":
                return message
            self.events.append(message["event"])

    async def call(self, service, **data):
        """Call a service; returns its answer."""
        domain, name = service.split(".")
        return await self.command("call_service", domain=domain, service=name, service_data=data)


@pytest.fixture
async def home(tmp_path):
    """A running demo home whose token is 'token'."""
    one = DemoHome(DemoHomeSettings(token="token", state_dir=tmp_path, port=0))
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def http(home):
    """An HTTP session with the token, rooted at the home."""
    async with aiohttp.ClientSession(home.url, headers={"Authorization": "Bearer token"}) as session:
        yield session


@pytest.fixture
async def client(http):
    """A client that has been let in."""
    async with contextlib.AsyncExitStack() as stack:
        socket = await stack.enter_async_context(http.ws_connect("/api/websocket"))
        assert (await socket.receive_json())["type"] == "auth_required"
        await socket.send_json({"type": "auth", "access_token": "token"})
        assert (await socket.receive_json())["type"] == "auth_ok"
        yield Client(socket)
