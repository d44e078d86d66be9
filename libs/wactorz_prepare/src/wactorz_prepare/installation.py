"""The volumes of one installation, and what each of them needs before its service starts."""

import contextlib
import json
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wactorz_common.ids import clock
from wactorz_common.run import GIVEN_ID
from wactorz_common.signing import Signer
from wactorz_prepare import dynsec, files, plan

AGENTS = files.Owner(10001, 10001)
BROKER = files.Owner(1883, 1883)
PASSWORD, SIGNING_KEY, TRUSTED_KEYS = "mqtt_password", "signing_key", "trusted_keys"
ADMINISTRATOR, HEALTHCHECK, MONITOR, NODE, NODE_NAME = "monitor-accounts", "healthcheck", "monitor", "node", "local"
GATEWAY, EAR, EAR_PASSWORD = "gateway", "gateway-ear", "ear_password"
ACCOUNTS = "dynamic-security.json"
_TOKENS = (("home", "home_token", AGENTS), ("fuseki", "password", files.Owner(0, 0)))
_FORMER = ("passwords",)
"""What the broker had before each service had its account."""


@dataclass(frozen=True)
class Installation:
    """The volumes below one folder, and the rights of the shipped accounts by user."""

    made: Path
    rights: Mapping[str, Any]

    def prepare(self, listed: str) -> list[str]:
        """Make what is missing and refresh what is shipped; what was done, in words."""
        said: list[str] = []
        accounts = [self._account(user) for user in self.rights["accounts"] if self._home_of(user).exists()]
        accounts += plan.listed(listed, self.rights["kinds"], frozenset(self.rights["accounts"]))
        self._write_accounts(accounts, said)
        self._make_keys()
        for place, name, owner in _TOKENS:
            if (self.made / place).exists():
                files.secret(files.folder(self.made / place, owner) / name, owner)
        return said

    # -- accounts -----------------------------------------------------------------------------------------------

    def _account(self, user: str) -> dynsec.Account:
        home = self._home_of(user)
        rights = self.rights["accounts"][user]
        if user == HEALTHCHECK:
            password = files.secret(files.folder(home, BROKER) / "healthcheck_password", BROKER)
            login = f"-u {user}\n-P {password}\n-i {rights['client_id']}\n"
            files.write(home / "mosquitto_sub", login, BROKER)
            return plan.shipped(user, rights, password, {})
        place = files.folder(files.folder(home, AGENTS) / "secrets", AGENTS)
        if user == ADMINISTRATOR:
            return plan.shipped(user, rights, files.secret(place / "dynsec_password", AGENTS), {})
        password = files.secret(place / (EAR_PASSWORD if user == EAR else PASSWORD), AGENTS)
        return plan.shipped(user, rights, password, self._ids(GATEWAY if user == EAR else user, home))

    def _home_of(self, user: str) -> Path:
        return self.made / {HEALTHCHECK: "broker", ADMINISTRATOR: MONITOR, EAR: GATEWAY}.get(user, user)

    def _ids(self, user: str, home: Path) -> dict[str, str]:
        """The ids that the rights of a service name; they stay the same for good."""
        install = home / "install-id"
        if not install.exists():
            files.write(install, secrets.token_hex(6), AGENTS, 0o600)
        ids = {"install_id": install.read_text().strip()}
        if user != NODE:
            state = files.folder(home / "state" / user, AGENTS)
            if not (state / GIVEN_ID).exists():
                files.write(state / GIVEN_ID, _id_in(state / "state.db") or clock.mint(user), AGENTS)
            ids["agent_id"] = (state / GIVEN_ID).read_text().strip()
        return ids

    def _write_accounts(self, accounts: list[dynsec.Account], said: list[str]) -> None:
        place = files.folder(self.made / "broker", BROKER)
        present = _document(place / ACCOUNTS, said)
        wanted = dynsec.merge(present, accounts)
        if not dynsec.is_same(present, wanted):
            files.write(place / ACCOUNTS, json.dumps(wanted, indent=1), BROKER, 0o600)
            said.append(f"{len(accounts)} broker accounts are as they shall be")
        for name in _FORMER:
            (place / name).unlink(missing_ok=True)

    # -- keys ---------------------------------------------------------------------------------------------------

    def _make_keys(self) -> None:
        """The monitor signs, the node checks; the node secret is known to both."""
        monitor, node = self.made / MONITOR / "secrets", self.made / NODE / "secrets"
        if not monitor.exists():
            return
        signer = Signer.load(monitor / SIGNING_KEY)
        AGENTS.take(monitor / SIGNING_KEY, 0o400)
        if node.exists():
            files.write(node / TRUSTED_KEYS, f"{signer.public_key.hex()}\n", AGENTS)
            shared = files.secret(node / "node_secret", AGENTS)
            files.write(files.folder(monitor / "nodes", AGENTS) / NODE_NAME, shared, AGENTS)


def _document(path: Path, said: list[str]) -> dict[str, Any]:
    """What the broker keeps; a file that cannot be read is put aside, for spawned agents get new accounts."""
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text())
        if isinstance(found, dict):
            return found
    except ValueError:
        pass
    aside = path.with_suffix(".unreadable")
    path.rename(aside)
    said.append(f"the accounts could not be read and were put aside: {aside.name}")
    return {}


def _id_in(database: Path) -> str:
    """The id that an agent keeps in its state from before, if any."""
    if not database.exists():
        return ""
    with contextlib.suppress(sqlite3.Error, ValueError):
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT value FROM state WHERE key = '_agent_id'").fetchone()
        return str(json.loads(row[0])) if row else ""
    return ""
