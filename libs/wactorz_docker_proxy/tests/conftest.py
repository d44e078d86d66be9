"""An engine behind a socket in a folder, which notes what it is asked."""

import asyncio
import json

import pytest
from aiohttp import web

GUEST = {"wactorz.project": "home", "wactorz.kind": "guest"}
SERVICE = {"com.docker.compose.project": "home", "wactorz.supervised": "true"}


class SocketEngine:
    """Knows a few containers and volumes by name; everything asked of it is in `asked`."""

    def __init__(self, path):
        self.path = path
        self.asked = []
        self.labels = {
            "guest": GUEST,
            "service": SERVICE,
            "broker": {"com.docker.compose.project": "home"},
            "other": {},
        }
        self.volumes = {"home-guest-1": {"Labels": GUEST, "Driver": "local", "Options": None}}
        self._runner = None

    async def open(self):
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=0.1)
        await self._runner.setup()
        await web.UnixSite(self._runner, str(self.path)).start()

    async def close(self):
        await self._runner.cleanup()

    async def _answer(self, request):
        body = await request.read()
        self.asked.append((request.method, request.path, dict(request.query), json.loads(body) if body else None))
        parts = request.path.split("/")[2:]
        if request.path.endswith("/attach"):
            return await self._attach(request)
        if parts[0] == "volumes" and len(parts) == 2 and request.method == "GET":
            found = self.volumes.get(parts[1])
            return web.json_response(found or {"message": "none"}, status=200 if found else 404)
        if parts[0] == "containers" and parts[-1] == "json" and len(parts) == 3:
            return self._inspect(parts[1].removeprefix("full-"))
        return self._plain(request.path.rpartition("/")[2])

    def _plain(self, end):
        answers = {
            "json": (200, b'[{"Id": "1", "State": "running", "Command": "secret"}]'),
            "events": (200, b'{"Action":"die"}\n{"Action":"stop"}\n'),
            "create": (201, b'{"Id": "new"}'),
            "_ping": (200, b'"OK"'),
        }
        status, body = answers.get(end, (204, None))
        return web.Response(status=status, body=body, content_type="application/json")

    def _inspect(self, name):
        if name not in self.labels:
            return web.json_response({"message": "none"}, status=404)
        config = {"Labels": self.labels[name], "Env": ["TOKEN=secret"], "Image": "i"}
        return web.json_response({"Id": f"full-{name}", "Name": f"/{name}", "Config": config, "State": {}})

    async def _attach(self, request):
        transport = request.transport
        transport.write(b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello ")
        arrived = asyncio.get_running_loop().create_future()

        class Parser:
            def feed_data(self, data):
                if not arrived.done():
                    arrived.set_result(bytes(data))
                return False, b""

            def feed_eof(self):
                pass

            def set_exception(self, *_):
                pass

        request.protocol.set_parser(Parser())
        transport.write((await arrived).upper())
        transport.close()
        return web.Response()


@pytest.fixture
async def engine(tmp_path):
    engine = SocketEngine(tmp_path / "docker.sock")
    await engine.open()
    yield engine
    await engine.close()
