"""The id that a request is known by in answers, logs and the record of changes."""

import re
import secrets

HEADER = "x-request-id"
_SAFE = re.compile(r"[A-Za-z0-9._-]{8,64}")


def request_id(given: str) -> str:
    """The id that a client gave, when it is a plain word; else a new one."""
    return given if _SAFE.fullmatch(given) else secrets.token_hex(8)
