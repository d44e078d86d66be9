"""How a spawned agent logs in at a broker with accounts; pure, the same for who makes the account and who uses it."""

import hashlib
import hmac
import re

from wactorz_common.ids import NAME_PATTERN

_PLAIN = re.compile(NAME_PATTERN)
_OTHER = re.compile(r"[^a-z0-9]+")
_SHORTENED = 23
_DIGITS = 8


def guest_slug(name: str) -> str:
    """The name in a-z, 0-9 and hyphens, at most 32; two names never share one."""
    if _PLAIN.fullmatch(name):
        return name
    readable = _OTHER.sub("-", name.lower())[:_SHORTENED].strip("-")
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:_DIGITS]
    return f"{readable}-{digest}".strip("-")


def guest_user(name: str) -> str:
    """The broker user of a spawned agent."""
    return f"agent-{guest_slug(name)}"


def guest_client_id(name: str) -> str:
    """The one client id that the account of a spawned agent may use."""
    return f"wactorz-agent-{guest_slug(name)}"


def guest_password(secret: str, agent_id: str) -> str:
    """The password of a spawned agent on the node that holds this secret; it is derived on both sides, never sent."""
    return hmac.new(secret.strip().encode(), f"agent:{agent_id}".encode(), hashlib.sha256).hexdigest()
