"""Broker accounts of spawned agents, where the broker has dynamic security."""

import asyncio
import hashlib
import sqlite3
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any, Protocol

from wactorz_common.accounts import guest_client_id, guest_password, guest_user
from wactorz_common.connection import Broker
from wactorz_common.errors import ConfigError
from wactorz_common.rights import Rights, guest_rights
from wactorz_common.run import broker_of, install_id
from wactorz_common.store import Store
from wactorz_monitor import specs
from wactorz_monitor.audit import Audit
from wactorz_monitor.dynsec import Command, DynamicSecurity, Reply
from wactorz_monitor.settings import MonitorSettings
from wactorz_monitor.spawn_registry import Entry

_SCHEMA = """CREATE TABLE IF NOT EXISTS accounts (
    user TEXT PRIMARY KEY, agent TEXT NOT NULL, node TEXT NOT NULL, digest TEXT NOT NULL, made_at REAL NOT NULL)"""
_SAVE = "INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?, ?)"
_NO_CLIENT, _NO_ROLE = "Client not found", "Role not found"
_MARK = "made by monitor"


class Accounts(Protocol):
    """Accounts for spawned agents."""

    async def start(self) -> None:
        """Prepare."""

    async def stop(self) -> None:
        """Let go."""

    async def ensure(self, entry: Entry, node: str) -> None:
        """Make or mend the account of an agent on a node; raises with a sentence when it cannot be."""

    async def drop(self, name: str) -> None:
        """Remove the account."""

    async def sweep(self, wanted: Collection[str]) -> None:
        """Remove the accounts of all agents but these."""


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

    async def sweep(self, _wanted: Collection[str]) -> None:
        """Nothing to remove."""


class BrokerAccounts:
    """One account and one role for each spawned agent; touched only when something differs, for that cuts it off."""

    def __init__(self, dynsec: DynamicSecurity, store: Store, secrets_dir: Path, audit: Audit) -> None:
        self._dynsec, self._store, self._secrets_dir, self._audit = dynsec, store, secrets_dir, audit
        self._digests: dict[str, str] = {}
        self._owners: dict[str, str] = {}
        self._one_at_a_time = asyncio.Lock()

    async def start(self) -> None:
        """Read which passwords were set, and connect."""

        def work(db: sqlite3.Connection) -> list[tuple[str, str, str]]:
            db.execute(_SCHEMA)
            return db.execute("SELECT user, agent, digest FROM accounts").fetchall()

        for user, agent, digest in await self._store.write(work):
            self._owners[user], self._digests[user] = agent, digest
        await self._dynsec.start()

    async def stop(self) -> None:
        """Leave."""
        await self._dynsec.stop()

    async def ensure(self, entry: Entry, node: str) -> None:
        """Make or mend the account of an agent on a node; raises with a sentence when it cannot be."""
        user, password = guest_user(entry.name), guest_password(self._secret(node), entry.agent_id)
        rights = guest_rights(entry.name, entry.agent_id, specs.grants_of(entry.spec), entry.spec["type"])
        digest = hashlib.sha256(password.encode()).hexdigest()
        async with self._one_at_a_time:
            client, role = await self._dynsec.ask(
                {"command": "getClient", "username": user}, {"command": "getRole", "rolename": user}
            )
            commands = _mending_role(user, rights, role)
            is_known = self._digests.get(user) == digest
            commands += _mending_client(entry.name, password, client, password_is_known=is_known)
            if not commands:
                return
            await self._keep(user, entry.name, node, "")  # what is made must be found again after a crash
            await self._dynsec.do(*commands)
            await self._keep(user, entry.name, node, digest)
            self._audit.note("account made" if client.get("error") else "account changed", entry.name, by=node)

    async def drop(self, name: str) -> None:
        """Remove the account, which cuts the agent off."""
        user = guest_user(name)
        async with self._one_at_a_time:
            await self._dynsec.do(
                {"command": "disableClient", "username": user}, {"command": "deleteClient", "username": user},
                {"command": "deleteRole", "rolename": user}, tolerate=(_NO_CLIENT, _NO_ROLE),
            )  # fmt: skip
            await self._store.write(lambda db: db.execute("DELETE FROM accounts WHERE user = ?", (user,)) and None)
            self._digests.pop(user, None)
            self._owners.pop(user, None)
        self._audit.note("account removed", name)

    async def sweep(self, wanted: Collection[str]) -> None:
        """Remove the accounts of all agents but these."""
        for name in [name for name in self._owners.values() if name not in wanted]:
            await self.drop(name)

    async def _keep(self, user: str, agent: str, node: str, digest: str) -> None:
        row = (user, agent, node, digest, time.time())
        await self._store.write(lambda db: db.execute(_SAVE, row) and None)
        self._owners[user], self._digests[user] = agent, digest

    def _secret(self, node: str) -> str:
        path = self._secrets_dir / node
        try:
            secret = path.read_text().strip()
        except OSError as error:
            raise ConfigError(
                f"Node {node} has no secret for its agents' broker accounts ({error.strerror}): "
                f"put the one of its node runner into {path}"
            ) from error
        if not secret:
            raise ConfigError(f"The node secret {path} is empty: put the one of the node runner of {node} into it")
        return secret


def make_accounts(settings: MonitorSettings, store: Store, audit: Audit) -> Accounts:
    """The accounts that this installation has."""
    if not settings.dynsec_user:
        return NoAccounts()
    broker = broker_of(settings)
    admin = Broker(broker.host, broker.port, settings.dynsec_user, settings.dynsec_password.get_secret_value())
    client_id = f"wactorz-srv-{install_id(settings.state_dir)}-accounts"
    return BrokerAccounts(DynamicSecurity(admin, client_id), store, settings.secrets_of_nodes, audit)


def acls_of(rights: Rights) -> list[dict[str, Any]]:
    """The rights in the broker's words; what may be heard must be let in twice."""
    wanted = [("publishClientSend", topic) for topic in rights.publish]
    wanted += [(kind, topic) for topic in rights.subscribe for kind in ("subscribePattern", "publishClientReceive")]
    return [{"acltype": kind, "topic": topic, "priority": 0, "allow": True} for kind, topic in dict.fromkeys(wanted)]


def _mending_role(user: str, rights: Rights, reply: Reply) -> list[Command]:
    acls = acls_of(rights)
    body = {"rolename": user, "textname": _MARK, "acls": acls}
    if reply.get("error"):
        return [{"command": "createRole", **body}]
    present = {_key(acl) for acl in reply["data"]["role"].get("acls", ())}
    return [] if present == {_key(acl) for acl in acls} else [{"command": "modifyRole", **body}]


def _mending_client(name: str, password: str, reply: Reply, *, password_is_known: bool) -> list[Command]:
    user = guest_user(name)
    body = {
        "username": user, "password": password, "clientid": guest_client_id(name), "textname": _MARK,
        "roles": [{"rolename": user, "priority": 0}],
    }  # fmt: skip
    if reply.get("error"):
        return [{"command": "createClient", **body}]
    client = reply["data"]["client"]
    is_as_wanted = (
        client.get("clientid") == body["clientid"]
        and [role["rolename"] for role in client.get("roles", ())] == [user]
        and not client.get("disabled")
        and password_is_known
    )
    return [] if is_as_wanted else [{"command": "modifyClient", **body}, {"command": "enableClient", "username": user}]


def _key(acl: dict[str, Any]) -> tuple[str, str, bool]:
    return acl["acltype"], acl["topic"], bool(acl["allow"])
