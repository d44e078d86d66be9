"""A notifier without a broker: a vault, a journal, a receiver that answers at once, and a clock that can be set."""

import asyncio
import contextlib

import pytest

from wactorz_common.sealing import seal
from wactorz_notifier.client import Client
from wactorz_notifier.courier import Courier
from wactorz_notifier.deciding import Pace
from wactorz_notifier.desk import Desk, Outside
from wactorz_notifier.holding import Holding
from wactorz_notifier.journal import Journal
from wactorz_notifier.places import hint_of, recognize
from wactorz_notifier.vault import Place, Vault
from wactorz_testing.webhook_server import WebhookServer

NOON = 1_790_000_000.0


class Bench:
    """All parts of the notifier, and what they said."""

    def __init__(self, folder, store, server, client):
        self.now = NOON
        self.page, self.reports, self.told, self.waits = [], [], [], []
        self.server = server
        self.vault, self.journal = Vault(folder), Journal(store)
        self.courier = Courier(self.vault, self.journal, client, self.show, self.sleep, lambda: self.now)
        self.pace = Pace(5)
        self.make()
        self.tasks = []

    def make(self, quiet_hours=""):
        outside = Outside(lambda: "UTC", quiet_hours, self.report, self.show)
        clock = {"now": lambda: self.now}
        self.desk = Desk(self.vault, self.journal, self.courier, self.pace, outside, **clock)
        self.holding = Holding(
            self.vault, self.journal, self.courier, self.desk, self.pace, outside, self.note, self.spawn, **clock
        )

    def keep(self, service, name=""):
        url = getattr(self.server, service)
        found = recognize(url, service)
        place = Place(
            name=name or service, service=found.service, hint=hint_of(url), stored_at=self.now,
            url=seal("secret:x", service, url, self.vault.key),
        )  # fmt: skip
        self.vault.set_place(place)
        return place

    async def show(self, notice):
        self.page.append(notice.text)

    async def report(self, place, problem):
        self.reports.append((place.name, problem))

    async def note(self, notice, result):
        self.told.append((notice.text, result))

    async def sleep(self, seconds):
        self.waits.append(seconds)
        self.now += seconds

    def spawn(self, work, _name):
        self.tasks.append(asyncio.create_task(work))

    async def settle(self):
        await asyncio.gather(*self.tasks)


@pytest.fixture
async def bench(tmp_path, store):
    async with WebhookServer() as server, Client() as client:
        made = Bench(tmp_path / "vault", store, server, client)
        await made.journal.open()
        yield made
        for task in made.tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
