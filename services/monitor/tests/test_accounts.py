"""Which commands make or mend an account; the real broker is asked in the integration tests."""

import pytest

from wactorz_common.accounts import guest_client_id, guest_password, guest_user
from wactorz_common.errors import ConfigError, Refused
from wactorz_common.rights import Rights, guest_rights
from wactorz_monitor.accounts import BrokerAccounts, NoAccounts, acls_of, make_accounts
from wactorz_monitor.settings import MonitorSettings
from wactorz_monitor.specs import grants_of

USER = guest_user("watcher")


class Book:
    """The broker's accounts, as far as the commands know them."""

    def __init__(self):
        self.clients, self.roles, self.done = {}, {}, []
        self.refusal = ""

    async def start(self):
        return None

    async def stop(self):
        return None

    async def ask(self, client, role):
        found, acls = self.clients.get(client["username"]), self.roles.get(role["rolename"])
        return [
            {"data": {"client": found}} if found else {"error": "Client not found"},
            {"data": {"role": {"acls": acls}}} if acls is not None else {"error": "Role not found"},
        ]

    async def do(self, *commands, tolerate=()):
        if self.refusal:
            raise Refused(self.refusal)
        for command in commands:
            self.done.append(command["command"])
            match command["command"]:
                case "createRole" | "modifyRole":
                    self.roles[command["rolename"]] = command["acls"]
                case "createClient" | "modifyClient":
                    self.clients[command["username"]] = {**command, "disabled": False}
                case "deleteClient":
                    self.clients.pop(command["username"], None)
                case "deleteRole":
                    self.roles.pop(command["rolename"], None)


@pytest.fixture
def book():
    return Book()


@pytest.fixture
async def accounts(bench, book, tmp_path):
    (tmp_path / "local").write_text("secret\n")
    accounts = BrokerAccounts(book, bench.store, tmp_path, bench.audit)
    await accounts.start()
    return accounts


def test_what_may_be_heard_is_let_in_twice_and_nothing_is_listed_twice():
    acls = acls_of(Rights(publish=("a", "a"), subscribe=("b",)))
    assert [(acl["acltype"], acl["topic"]) for acl in acls] == [
        ("publishClientSend", "a"), ("subscribePattern", "b"), ("publishClientReceive", "b"),
    ]  # fmt: skip
    assert all(acl["allow"] for acl in acls)


async def test_a_new_account_is_bound_to_its_client_id_and_has_the_rights_of_its_grants(bench, accounts, book):
    entry = await bench.wish(grants={"publish": ["plants/x"]})
    await accounts.ensure(entry, "local")
    client = book.clients[USER]
    assert client["clientid"] == guest_client_id("watcher")
    assert client["password"] == guest_password("secret", entry.agent_id)
    assert client["roles"] == [{"rolename": USER, "priority": 0}]
    granted = {acl["topic"] for acl in book.roles[USER] if acl["acltype"] == "publishClientSend"}
    assert "plants/x" in granted
    assert granted == set(guest_rights("watcher", entry.agent_id, grants_of(entry.spec)).publish)
    assert book.done == ["createRole", "createClient"]


async def test_an_account_that_is_as_it_should_be_is_not_touched(bench, accounts, book):
    entry = await bench.wish()
    await accounts.ensure(entry, "local")
    book.done.clear()
    await accounts.ensure(entry, "local")
    assert book.done == []


async def test_each_difference_is_mended(bench, accounts, book, tmp_path):
    entry = await bench.wish()
    await accounts.ensure(entry, "local")
    for spoil in (
        lambda: book.clients[USER].update(clientid="other"),
        lambda: book.clients[USER].update(roles=[]),
        lambda: book.clients[USER].update(disabled=True),
        lambda: (tmp_path / "local").write_text("another secret"),
    ):
        spoil()
        book.done.clear()
        await accounts.ensure(entry, "local")
        assert book.done == ["modifyClient", "enableClient"]
    book.roles[USER].pop()
    book.done.clear()
    await accounts.ensure(entry, "local")
    assert book.done == ["modifyRole"]


async def test_a_password_that_may_not_have_been_set_is_set_again(bench, accounts, book):
    entry = await bench.wish()
    await accounts.ensure(entry, "local")
    book.clients[USER]["clientid"] = "other"
    book.refusal = "Internal error"
    with pytest.raises(Refused):
        await accounts.ensure(entry, "local")
    book.refusal, book.clients[USER]["clientid"] = "", guest_client_id("watcher")
    book.done.clear()
    await accounts.ensure(entry, "local")
    assert book.done == ["modifyClient", "enableClient"]


async def test_accounts_are_removed_with_their_role_and_swept_when_nobody_owns_them(bench, accounts, book):
    await accounts.ensure(await bench.wish(), "local")
    await accounts.ensure(await bench.wish("other"), "local")
    await accounts.sweep({"watcher", "other"})
    assert set(book.clients) == {USER, guest_user("other")}
    await accounts.sweep({"watcher"})
    assert (set(book.clients), set(book.roles)) == ({USER}, {USER})
    await accounts.drop("watcher")
    assert (book.clients, book.roles) == ({}, {})
    assert "account removed" in {row["event"] for row in await bench.audit.rows()}


@pytest.mark.parametrize(("text", "words"), [(None, "has no secret"), (" \n", "is empty")])
async def test_without_a_node_secret_it_says_what_to_put_where(bench, accounts, tmp_path, text, words):
    if text is not None:
        (tmp_path / "pi").write_text(text)
    with pytest.raises(ConfigError, match=words):
        await accounts.ensure(await bench.wish(node="pi"), "pi")


async def test_without_dynamic_security_there_is_nothing_to_make(bench, tmp_path):
    made = make_accounts(MonitorSettings(state_dir=tmp_path), bench.store, bench.audit)
    assert isinstance(made, NoAccounts)
    secured = MonitorSettings(state_dir=tmp_path, dynsec_user="monitor-accounts", WACTORZ_MONITOR_DYNSEC_PASSWORD="x")
    assert isinstance(make_accounts(secured, bench.store, bench.audit), BrokerAccounts)
    assert secured.secrets_of_nodes == tmp_path / "secrets" / "nodes"


async def test_a_persona_has_the_model(bench, accounts, book):
    entry = await bench.wish(type="llm", system_prompt="You write poems")
    await accounts.ensure(entry, "local")
    assert "agents/by-name/llm/task" in {acl["topic"] for acl in book.roles[USER]}
