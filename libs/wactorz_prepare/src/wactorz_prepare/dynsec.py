"""The accounts file of Mosquitto's dynamic security plug-in: our entries, and their merge into what is there; pure."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ITERATIONS = 101
"""Rounds over passwords that are random already; the plug-in's own figure."""

_SALT_BYTES = 12
_MARK = "made by prepare"
_ACCESS = {
    "publishClientSend": False, "publishClientReceive": False, "subscribe": False, "unsubscribe": True,
}  # fmt: skip
_DENIED_FIRST = 10

Document = dict[str, Any]


@dataclass(frozen=True)
class Account:
    """One account: who it is, what it may do, and the only client id it may use (empty: any)."""

    user: str
    password: str
    client_id: str
    publish: tuple[str, ...]
    subscribe: tuple[str, ...]
    deny_publish: tuple[str, ...] = ()
    deny_receive: tuple[str, ...] = ()


def merge(present: Mapping[str, Any], accounts: Sequence[Account]) -> Document:
    """The document with these accounts as they shall be; accounts and roles that others made stay as they are."""
    ours = {account.user for account in accounts}
    known = {entry["username"]: entry for entry in present.get("clients", [])}
    clients = [entry for name, entry in known.items() if name not in ours and not _is_ours(entry)]
    clients += [_client(account, known.get(account.user, {})) for account in accounts]
    roles = [entry for entry in present.get("roles", []) if entry["rolename"] not in ours and not _is_ours(entry)]
    roles += [_role(account) for account in accounts]
    rest = {key: value for key, value in present.items() if key != "anonymousGroup"}
    return {**rest, "defaultACLAccess": _ACCESS, "clients": clients, "roles": roles}


def is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two documents mean the same; the broker writes entries in an order of its own."""
    return _normal(one) == _normal(other)


def fits(entry: Mapping[str, Any], password: str) -> bool:
    """Whether an account has this password; one in a newer notation was written by the broker from ours."""
    if "encoded_password" in entry:
        return True
    try:
        salt, wanted = base64.b64decode(entry["salt"]), base64.b64decode(entry["password"])
        return hmac.compare_digest(_hash(password, salt, int(entry["iterations"])), wanted)
    except (KeyError, ValueError, TypeError):
        return False


def _is_ours(entry: Mapping[str, Any]) -> bool:
    return bool(entry.get("textname") == _MARK)


def _client(account: Account, known: Mapping[str, Any]) -> Document:
    entry: Document = {"username": account.user, "textname": _MARK}
    if account.client_id:
        entry["clientid"] = account.client_id
    if fits(known, account.password):
        secret = {key: known[key] for key in ("encoded_password", "password", "salt", "iterations") if key in known}
    else:
        salt = secrets.token_bytes(_SALT_BYTES)
        secret = {
            "password": base64.b64encode(_hash(account.password, salt, ITERATIONS)).decode(),
            "salt": base64.b64encode(salt).decode(), "iterations": ITERATIONS,
        }  # fmt: skip
    return {**entry, "roles": [{"rolename": account.user}], **secret}


def _role(account: Account) -> Document:
    acls = [_acl("publishClientSend", topic, allow=False) for topic in account.deny_publish]
    acls += [_acl("publishClientReceive", topic, allow=False) for topic in account.deny_receive]
    acls += [_acl("publishClientSend", topic) for topic in account.publish]
    for topic in account.subscribe:
        acls.append(_acl("subscribePattern", topic))
        if not topic.startswith("$share/"):
            acls.append(_acl("publishClientReceive", topic))
    return {"rolename": account.user, "textname": _MARK, "acls": acls}


def _acl(kind: str, topic: str, *, allow: bool = True) -> Document:
    return {"acltype": kind, "topic": topic, "priority": 0 if allow else _DENIED_FIRST, "allow": allow}


def _hash(password: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", password.encode(), salt, iterations)


def _normal(document: Mapping[str, Any]) -> Document:
    clients = {
        entry["username"]: {
            **{key: entry.get(key) for key in ("clientid", "password", "salt", "encoded_password")},
            "disabled": bool(entry.get("disabled")), "textname": entry.get("textname"),
            "roles": sorted(role["rolename"] for role in entry.get("roles", ())),
            "groups": sorted(group["groupname"] for group in entry.get("groups", ())),
        } for entry in document.get("clients", ())
    }  # fmt: skip
    roles = {entry["rolename"]: sorted(map(_acl_key, entry.get("acls", ()))) for entry in document.get("roles", ())}
    known = ("clients", "roles")
    return {**{key: value for key, value in document.items() if key not in known}, "clients": clients, "roles": roles}


def _acl_key(acl: Mapping[str, Any]) -> tuple[Any, ...]:
    return acl["acltype"], acl["topic"], acl.get("priority", 0), acl["allow"]
