"""A disk for accounts that is only memory."""

import asyncio
import sqlite3

from wactorz_gateway.accounts import book


class MemoryDisk:
    """Runs work at once; `broken` is raised instead."""

    def __init__(self):
        self.connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self.broken = None
        book.prepare(self.connection)

    def __del__(self):
        self.connection.close()

    def enqueue(self, work):
        done = asyncio.get_running_loop().create_future()
        try:
            done.set_result(self._run(work))
        except Exception as error:
            done.set_exception(error)
        return done

    async def write(self, work):
        return self._run(work)

    async def read(self, work):
        return work(self.connection)

    def _run(self, work):
        if self.broken is not None:
            raise self.broken
        self.connection.execute("BEGIN")
        try:
            result = work(self.connection)
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
        return result
