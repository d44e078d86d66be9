"""The state of one agent: one SQLite file, one writer thread, one commit for all that waits."""

import asyncio
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from wactorz_common.database import MIGRATIONS, Migration, claim, connect, explain, open_database
from wactorz_common.errors import StoreError
from wactorz_common.failpoints import failpoint
from wactorz_common.restoring import swap_in

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]
"""What is done with the connection. It acts on nothing else: when its transaction fails it is run again, alone."""

_BATCH = 256
_KEEP = "INSERT INTO state VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"


@dataclass(slots=True, eq=False)
class _Job(Generic[T]):
    work: Work[T]
    future: asyncio.Future[T]
    after: Callable[[], None] | None = None
    result: T | None = None
    error: BaseException | None = None

    def resolve(self) -> None:
        """Hand the result to the waiter; runs in the waiter's event loop."""
        if self.error is None and self.after is not None:
            self.after()
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)  # type: ignore[arg-type]  # set together with the missing error
        else:
            self.future.set_exception(self.error)


class _Worker:
    """A thread that takes all waiting jobs at once, runs them, and wakes each event loop once."""

    def __init__(self, name: str, run: Callable[[list[_Job[Any]]], None], end: Callable[[], None]) -> None:
        self._run = run
        self._end = end
        self._jobs: SimpleQueue[_Job[Any] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._loop, name=name, daemon=True)
        self._thread.start()

    def put(self, job: _Job[Any]) -> None:
        self._jobs.put(job)

    async def close(self) -> None:
        """Finish what was put, then end the thread."""
        self._jobs.put(None)
        while self._thread.is_alive():  # the thread may outlive any event it could set
            await asyncio.sleep(0.001)

    def _loop(self) -> None:
        more = True
        while more:
            batch, more = self._take()
            if batch:
                self._run_all(batch)
                _resolve(batch)
        self._end()

    def _run_all(self, batch: list[_Job[Any]]) -> None:
        try:
            self._run(batch)
        except BaseException as error:  # the thread must live, and no waiter may hang
            for job in batch:
                job.error = job.error or error

    def _take(self) -> tuple[list[_Job[Any]], bool]:
        batch: list[_Job[Any]] = []
        try:
            job = self._jobs.get()
            while job is not None:
                batch.append(job)
                if len(batch) == _BATCH:
                    return batch, True
                job = self._jobs.get_nowait()
        except Empty:
            return batch, True
        return batch, False


class Store:
    """State of one agent on disk; `open` before use, in the process that uses it, and `close` at the end.

    A `shared` one may be open in several processes of this machine; no key-value pairs are kept in it.
    """

    def __init__(
        self, path: Path, migrations: Sequence[Migration] = MIGRATIONS, *, shared: bool = False,
        claim_seconds: float = 5.0,
    ) -> None:  # fmt: skip
        self.path = path
        self.put_aside: Path | None = None
        """Where an unreadable file was moved at `open`; the agent alerts people to it."""
        self._migrations, self._shared, self._claim_seconds = migrations, shared, claim_seconds
        self._values: dict[str, str] = {}
        self._writer: _Worker | None = None
        self._reader: _Worker | None = None
        self._claim = -1

    def open(self) -> None:
        """Open or make the file and start the writer thread; raise StoreError with a sentence when it cannot be."""
        self._claim = claim(self.path, self._claim_seconds)
        try:
            refused = None if self._shared else swap_in(self.path, self._migrations)
            connection, self.put_aside = open_database(self.path, self._migrations, shared=self._shared)
            self.put_aside = self.put_aside or refused
            self._values = dict(connection.execute("SELECT key, value FROM state"))
        except BaseException as error:
            self._release()
            if isinstance(error, sqlite3.Error):
                raise explain(error, self.path) or StoreError(f"the state file {self.path}: {error}") from error
            raise
        if self._shared:
            self._release()
        self._writer = _Worker(f"store-{self.path.stem}", self._committer(connection), connection.close)

    async def close(self) -> None:
        """Commit what was written and close the file; later use raises StoreError."""
        writer, self._writer = self._writer, None
        reader, self._reader = self._reader, None
        for worker in filter(None, (reader, writer)):
            await worker.close()
        self._release()

    def _release(self) -> None:
        if self._claim >= 0:
            os.close(self._claim)
            self._claim = -1

    def enqueue(self, work: Work[T], after: Callable[[], None] | None = None) -> asyncio.Future[T]:
        """Queue `work` for the next commit without waiting; `after` runs in the event loop once it is on disk."""
        if self._writer is None:
            raise StoreError(f"the state file {self.path} is not open")
        job = _Job(work, asyncio.get_running_loop().create_future(), after)
        self._writer.put(job)
        return job.future

    async def write(self, work: Work[T]) -> T:
        """Run `work` inside a transaction that is on disk before this returns; a raising `work` leaves no trace."""
        return await self.enqueue(work)

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a connection that cannot write and sees everything that was committed before."""
        if self._writer is None:
            raise StoreError(f"the state file {self.path} is not open")
        if self._reader is None:
            connection = connect(self.path)
            connection.execute("PRAGMA query_only = ON")
            name = f"store-{self.path.stem}-read"
            self._reader = _Worker(name, lambda jobs: self._read_all(connection, jobs), connection.close)
        job: _Job[T] = _Job(work, asyncio.get_running_loop().create_future())
        self._reader.put(job)
        return await job.future

    async def persist(self, key: str, value: Any) -> None:
        """Keep a JSON value under `key`; it is on disk when this returns."""
        await self.persist_all({key: value})

    async def persist_all(self, values: Mapping[str, Any]) -> None:
        """Keep several JSON values in one commit."""
        texts = {key: _json(key, value) for key, value in values.items()}
        await self.enqueue(
            lambda connection: connection.executemany(_KEEP, texts.items()) and None,
            lambda: self._values.update(texts),
        )

    def kept(self) -> dict[str, Any]:
        """A fresh copy of everything that is kept, by key."""
        return {key: json.loads(text) for key, text in self._values.items()}

    def recall(self, key: str, default: Any = None) -> Any:
        """A fresh copy of the value kept under `key`, from memory."""
        text = self._values.get(key)
        return default if text is None else json.loads(text)

    def _committer(self, connection: sqlite3.Connection) -> Callable[[list[_Job[Any]]], None]:
        def commit(jobs: list[_Job[Any]]) -> None:
            try:
                connection.execute("BEGIN IMMEDIATE")
                if len(jobs) == 1:
                    jobs[0].result = jobs[0].work(connection)
                else:
                    for job in jobs:
                        self._run_in_savepoint(connection, job)
                failpoint("store.before_commit")
                connection.execute("COMMIT")
                failpoint("store.after_commit")
            except BaseException as error:  # goes to the waiter, whatever it is
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                if len(jobs) == 1:
                    jobs[0].error = self._for_waiter(error)
                    return
                for job in jobs:
                    job.error = None
                    commit([job])

        return commit

    def _run_in_savepoint(self, connection: sqlite3.Connection, job: _Job[Any]) -> None:
        connection.execute("SAVEPOINT job")
        try:
            job.result = job.work(connection)
        except BaseException as error:  # goes to the waiter, whatever it is
            if not connection.in_transaction:
                raise error if isinstance(error, sqlite3.Error) else sqlite3.OperationalError(str(error)) from error
            connection.execute("ROLLBACK TO job")
            job.error = self._for_waiter(error)
        connection.execute("RELEASE job")

    def _read_all(self, connection: sqlite3.Connection, jobs: list[_Job[Any]]) -> None:
        for job in jobs:
            try:
                connection.execute("BEGIN")
                job.result = job.work(connection)
            except BaseException as error:  # goes to the waiter, whatever it is
                job.error = self._for_waiter(error)
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def _for_waiter(self, error: BaseException) -> BaseException:
        if isinstance(error, sqlite3.Error):
            return explain(error, self.path) or error
        return RuntimeError(f"no such row: {error!r}") if isinstance(error, StopIteration) else error


def _json(key: str, value: Any) -> str:
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise StoreError(f"'{key}' cannot be kept, because its value is not plain JSON: {error}") from error


def _resolve(batch: list[_Job[Any]]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[_Job[Any]]] = {}
    for job in batch:
        by_loop.setdefault(job.future.get_loop(), []).append(job)
    for loop, jobs in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve_here, jobs)


def _resolve_here(jobs: list[_Job[Any]]) -> None:
    for job in jobs:
        job.resolve()
