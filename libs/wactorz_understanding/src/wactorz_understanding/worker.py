"""The asynchronous side of the worker process: starts it, feeds it, and brings it back when it dies."""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from typing import Any, overload

import structlog

from wactorz_common.contracts.home import House
from wactorz_common.errors import TransportError, WactorzError
from wactorz_understanding.context import Context, Understanding
from wactorz_understanding.language import require
from wactorz_understanding.meaning import Meaning

_LINE_LIMIT = 32 * 1024 * 1024
_ANSWER_SECONDS = 10.0
_LOAD_SECONDS = 60.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 5.0
_log = structlog.get_logger(__name__)


class WorkerGone(TransportError):
    """The worker process ended or went silent while it had a request."""

    code = "worker_gone"


class Worker:
    """One worker process; a sentence that it dies of is tried once more in the next one.

    `progress` says "stopped", "starting", "loading" or "ready"; sentences wait until it is ready.
    """

    def __init__(self, language: str = "en", others: Sequence[str] = ()) -> None:
        self.progress = "stopped"
        self._language = language
        self._others = tuple(others)
        self._house: House | None = None
        self._process: Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._last_id = 0
        self._ready = asyncio.Event()
        self._running = asyncio.Event()
        self._loading = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """Process id of the worker, while there is one."""
        return self._process.pid if self._process else None

    @property
    def ready(self) -> bool:
        """Whether a house is loaded and sentences are answered at once."""
        return self._ready.is_set()

    async def start(self) -> None:
        """Start the process and keep it running until `stop`; raise ConfigError for a language that there is not."""
        for code in (self._language, *self._others):
            require(code)
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep(), name="understanding-worker")
        await self._running.wait()

    async def load(self, house: House) -> None:
        """Give the worker a house; returns when it is warm. Raises WorkerGone when it cannot be loaded."""
        self._house = house
        try:
            await self._load()
        except WorkerGone:
            await asyncio.wait_for(self._ready.wait(), _LOAD_SECONDS)

    @overload
    async def understand(self, text: str, context: Context) -> Understanding: ...

    @overload
    async def understand(self, text: str, context: str | None = None) -> Meaning: ...

    async def understand(self, text: str, context: Context | str | None = None) -> Understanding | Meaning:
        """The meaning of a sentence; waits while the worker loads. Raises WorkerGone when it fails twice.

        Instead of a context, the area of a sentence that follows on nothing: then only its meaning comes back.
        """
        if isinstance(context, Context):
            return await self._understand(text, context)
        return (await self._understand(text, Context(area_id=context))).meaning

    async def _understand(self, text: str, context: Context) -> Understanding:
        request = b'"text": %b, "context": %b' % (json.dumps(text).encode(), context.encode())
        for attempt in (1, 2):
            try:
                await asyncio.wait_for(self._ready.wait(), _LOAD_SECONDS)
                reply = await self._ask(request, _ANSWER_SECONDS)
                return Understanding.accept(reply)
            except (WorkerGone, TimeoutError) as error:
                if attempt == 2:  # noqa: PLR2004  # once more, not for ever
                    raise WorkerGone("the process that reads sentences failed; try again in a moment") from error
        raise AssertionError("unreachable")

    async def stop(self) -> None:
        """End the process."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None
        self._running.clear()
        self.progress = "stopped"

    async def _keep(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            begun = asyncio.get_running_loop().time()
            self.progress = "starting"
            process = self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "wactorz_understanding", "--language", self._language, "--others",
                ",".join(self._others), "--parent", str(os.getpid()), stdin=PIPE, stdout=PIPE, limit=_LINE_LIMIT,
            )  # fmt: skip
            self._running.set()
            reload = asyncio.create_task(self._load_quietly())
            try:
                await self._read_replies(process)
            finally:
                reload.cancel()
                self._lost()
                await _end(process)
            pause = _FIRST_PAUSE if asyncio.get_running_loop().time() - begun > _LONGEST_PAUSE else pause * 2
            _log.warning("the worker that reads sentences ended and is started again", exit_code=process.returncode)
            await asyncio.sleep(min(pause, _LONGEST_PAUSE))

    async def _read_replies(self, process: Process) -> None:
        if process.stdout is None:
            raise WorkerGone("the worker has no output")
        while line := await process.stdout.readline():
            try:
                reply = json.loads(line)
            except ValueError:
                _log.warning("the worker that reads sentences wrote something else than a reply")
                return
            waiting = self._waiting.pop(reply.get("id"), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(reply)

    async def _load_quietly(self) -> None:
        if self._house is None:
            return
        try:
            await self._load()
        except WactorzError as error:
            _log.warning("the house could not be loaded", reason=str(error))

    async def _load(self) -> None:
        async with self._loading:
            house = self._house
            if house is None:
                return
            self.progress = "loading"
            await self._ask(b'"load": ' + house.encode(), _LOAD_SECONDS)
            self.progress = "ready"
            self._ready.set()

    async def _ask(self, request: bytes, seconds: float) -> dict[str, Any]:
        """Send a request, the fields of a JSON object without its id, and wait for the reply."""
        process = self._process
        if process is None or process.stdin is None:
            raise WorkerGone("the process that reads sentences is not running")
        self._last_id += 1
        request_id = self._last_id
        waiting = self._waiting[request_id] = asyncio.get_running_loop().create_future()
        try:
            process.stdin.write(b'{"id": %d, %b}\n' % (request_id, request))
            await process.stdin.drain()
            reply: dict[str, Any] = await asyncio.wait_for(waiting, seconds)
        except TimeoutError as error:
            _kill(process)
            raise WorkerGone("the process that reads sentences went silent and was ended") from error
        except (ConnectionError, RuntimeError) as error:
            raise WorkerGone("the process that reads sentences ended") from error
        finally:
            self._waiting.pop(request_id, None)
        if "error" in reply:
            raise WactorzError(str(reply["error"]))
        return reply

    def _lost(self) -> None:
        self._process = None
        self._ready.clear()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(WorkerGone("the process that reads sentences ended"))
        self._waiting.clear()


def _kill(process: Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()


async def _end(process: Process) -> None:
    _kill(process)
    await process.wait()
