"""The volumes of an installation, and a real broker that reads what was made for it."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from wactorz_common.run import GIVEN_ID, given_id, make_identity
from wactorz_common.signing import Signer
from wactorz_common.store import Store
from wactorz_prepare.installation import ACCOUNTS, Installation

ROLES = json.loads((Path(__file__).parents[3] / "infra/mosquitto/roles.json").read_text())
SERVICES = ("main", "monitor", "gateway", "node")


@pytest.fixture
def made(tmp_path):
    for name in (*SERVICES, "broker", "home"):
        (tmp_path / "made" / name).mkdir(parents=True)
    return tmp_path / "made"


def prepare(made, listed=""):
    return Installation(made, ROLES).prepare(listed)


def contents(folder):
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def clients(made):
    return {entry["username"]: entry for entry in json.loads((made / "broker" / ACCOUNTS).read_text())["clients"]}


def test_each_service_gets_its_password_and_nobody_elses(made):
    prepare(made)
    passwords = [(made / name / "secrets/mqtt_password").read_text() for name in SERVICES]
    assert len(set(passwords)) == len(SERVICES)
    for name, password in zip(SERVICES, passwords, strict=True):
        others = "".join(
            contents(made / other)[key] for other in SERVICES if other != name for key in contents(made / other)
        )
        assert password not in others
    assert not any(password in (made / "broker" / ACCOUNTS).read_text() for password in passwords)


def test_a_second_run_changes_nothing(made):
    assert prepare(made)
    before = contents(made)
    assert prepare(made) == []
    assert contents(made) == before


def test_the_keys_go_to_who_needs_them(made):
    prepare(made)
    signer = Signer.load(made / "monitor/secrets/signing_key")
    assert (made / "node/secrets/trusted_keys").read_text().strip() == signer.public_key.hex()
    assert (made / "node/secrets/node_secret").read_text() == (made / "monitor/secrets/nodes/local").read_text()
    assert "signing_key" not in {path.name for path in (made / "node").rglob("*")}
    assert (made / "home/home_token").read_text()


def test_a_volume_that_is_not_there_has_no_account(made):
    prepare(made)
    assert set(clients(made)) == {*SERVICES, "monitor-accounts", "healthcheck", "gateway-ear"}


def test_the_id_that_an_agent_has_already_is_kept(made):
    async def lived() -> str:
        store = Store(made / "main/state/main/state.db")
        store.open()
        identity = await make_identity("main", store, "client")
        await store.close()
        return identity.agent_id

    agent_id = asyncio.run(lived())
    prepare(made)
    assert given_id(made / "main/state/main") == agent_id
    role = next(r for r in json.loads((made / "broker" / ACCOUNTS).read_text())["roles"] if r["rolename"] == "main")
    assert f"agents/{agent_id}/heartbeat" in {acl["topic"] for acl in role["acls"]}


def test_an_agent_whose_state_is_lost_keeps_its_id(made):
    prepare(made)

    async def identity() -> str:
        store = Store(made / "main/state/main/state.db")
        store.open()
        found = await make_identity("main", store, "client", given_id(made / "main/state/main"))
        await store.close()
        return found.agent_id

    assert asyncio.run(identity()) == (made / "main/state/main" / GIVEN_ID).read_text()


def test_the_single_account_from_before_leaves_no_door_open(made):
    (made / "broker/passwords").write_text("wactorz:hash")
    prepare(made)
    assert not (made / "broker/passwords").exists()
    assert "wactorz" not in clients(made)


def test_accounts_that_cannot_be_read_are_put_aside(made):
    (made / "broker" / ACCOUNTS).write_text("{")
    said = prepare(made)
    assert any("put aside" in line for line in said)
    assert "main" in clients(made)
    assert (made / "broker/dynamic-security.unreadable").exists()


def test_a_wrong_list_of_accounts_is_told_in_words(made, tmp_path):
    (tmp_path / "roles.json").write_text(json.dumps(ROLES))
    (tmp_path / "accounts").write_text("nonsense")
    done = subprocess.run(
        [sys.executable, "-m", "wactorz_prepare", made, tmp_path / "roles.json", tmp_path / "accounts"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 78
    assert done.stderr.startswith("prepare: Line 1 of WACTORZ_ACCOUNTS_FILE is wrong")
