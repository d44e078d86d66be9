"""The accounts file: what is ours is as it shall be, what others made stays."""

import copy

from wactorz_prepare.dynsec import Account, fits, is_same, merge

MAIN = Account("main", "a-long-password", "client-main", ("a/+",), ("b/#", "$share/+/b"), ("a/x",))
GUEST = {"username": "agent-helper", "password": "x", "salt": "y", "iterations": 101, "roles": [{"rolename": "r"}]}


def document():
    present = {"clients": [copy.deepcopy(GUEST)], "groups": [], "roles": [{"rolename": "agent-helper", "acls": []}]}
    return merge(present, [MAIN])


def test_an_account_has_its_password_its_client_id_and_its_rights():
    made = document()
    client = next(entry for entry in made["clients"] if entry["username"] == "main")
    assert fits(client, "a-long-password")
    assert not fits(client, "another-password")
    assert client["clientid"] == "client-main"
    role = next(entry for entry in made["roles"] if entry["rolename"] == "main")
    allowed = {(acl["acltype"], acl["topic"]) for acl in role["acls"] if acl["allow"]}
    assert allowed == {
        ("publishClientSend", "a/+"), ("subscribePattern", "b/#"), ("publishClientReceive", "b/#"),
        ("subscribePattern", "$share/+/b"),
    }  # fmt: skip
    denied = next(acl for acl in role["acls"] if not acl["allow"])
    assert denied["topic"] == "a/x"
    assert denied["priority"] > max(acl["priority"] for acl in role["acls"] if acl["allow"])


def test_nothing_is_allowed_by_default():
    access = document()["defaultACLAccess"]
    assert access == {
        "publishClientSend": False, "publishClientReceive": False, "subscribe": False, "unsubscribe": True,
    }  # fmt: skip


def test_accounts_of_spawned_agents_survive():
    made = document()
    assert GUEST in made["clients"]
    assert any(role["rolename"] == "agent-helper" for role in made["roles"])


def test_a_shipped_account_that_is_shipped_no_more_goes():
    made = merge(document(), [])
    assert [entry["username"] for entry in made["clients"]] == ["agent-helper"]
    assert [entry["rolename"] for entry in made["roles"]] == ["agent-helper"]


def test_rights_are_refreshed_and_the_password_hash_is_kept():
    made = document()
    wider = Account("main", MAIN.password, MAIN.client_id, ("a/+", "c"), MAIN.subscribe)
    again = merge(made, [wider])
    assert not is_same(made, again)
    old, new = (next(c for c in d["clients"] if c["username"] == "main") for d in (made, again))
    assert old["password"] == new["password"]


def test_the_order_in_which_the_broker_writes_does_not_matter():
    made = document()
    shuffled = copy.deepcopy(made)
    for role in shuffled["roles"]:
        role["acls"].reverse()
    shuffled["clients"].reverse()
    assert is_same(made, shuffled)
    assert is_same(made, merge(made, [MAIN]))


def test_an_account_that_was_switched_off_or_bent_is_set_right():
    bent = document()
    client = next(entry for entry in bent["clients"] if entry["username"] == "main")
    client["disabled"] = True
    assert not is_same(bent, merge(bent, [MAIN]))
    client["clientid"] = "somebody"
    straight = next(e for e in merge(bent, [MAIN])["clients"] if e["username"] == "main")
    assert straight["clientid"] == "client-main"
    assert "disabled" not in straight


def test_a_group_for_strangers_is_not_kept():
    assert "anonymousGroup" not in merge({"anonymousGroup": "everybody"}, [MAIN])
