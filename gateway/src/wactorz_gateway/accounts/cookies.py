"""The cookie of a session."""

from wactorz_gateway.accounts.sessions import LONGEST_SECONDS

NAME = "wactorz_session"
_LONGEST_VALUE = 200


def session_secret(header: str) -> str:
    """The session's secret in a Cookie header; empty when there is none, or two that differ."""
    if NAME not in header:
        return ""
    pairs = (part.strip().partition("=") for part in header.split(";"))
    found = {value for name, _, value in pairs if name == NAME}
    return found.pop() if len(found) == 1 and len(min(found)) <= _LONGEST_VALUE else ""


def set_cookie(secret: str, *, secure: bool) -> str:
    """The Set-Cookie header of a new session."""
    return _cookie(secret, int(LONGEST_SECONDS), secure=secure)


def clear_cookie(*, secure: bool) -> str:
    """The Set-Cookie header that takes the cookie away."""
    return _cookie("", 0, secure=secure)


def _cookie(value: str, seconds: int, *, secure: bool) -> str:
    end = "; Secure" if secure else ""
    return f"{NAME}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{end}"
