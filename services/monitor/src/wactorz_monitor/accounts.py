"""Broker accounts of spawned agents, where the broker has dynamic security."""

from wactorz_common.store import Store
from wactorz_monitor.audit import Audit
from wactorz_monitor.settings import MonitorSettings
from wactorz_monitor.spawn_registry import Entry


class NoAccounts:
    """The broker has no accounts for each agent, as in native mode."""

    async def start(self) -> None:
        """Nothing to prepare."""

    async def stop(self) -> None:
        """Nothing to let go of."""

    async def ensure(self, _entry: Entry, _node: str) -> None:
        """Nothing to make."""

    async def drop(self, _name: str) -> None:
        """Nothing to remove."""


def make_accounts(_settings: MonitorSettings, _store: Store, _audit: Audit) -> NoAccounts:
    """The accounts that this installation has."""
    return NoAccounts()
