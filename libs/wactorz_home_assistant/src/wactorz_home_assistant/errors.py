"""What can go wrong between us and Home Assistant, and what each case means for the device."""

import errno
import os

from wactorz_common.errors import TransportError, WactorzError

_STILL_STARTING = frozenset({502, 503, 504})
_SHUT_OUT = frozenset({401, 403})


class CallRefused(WactorzError):
    """Home Assistant answered that it does not do this; the message is its own."""

    code = "home_assistant_refused"


class CallUncertain(TransportError):
    """The command was sent, but no answer came; it may or may not have been carried out."""

    code = "home_assistant_uncertain"


class TokenRefused(TransportError):
    """Home Assistant does not accept the access token."""

    code = "home_assistant_token"


def reason_of(error: BaseException) -> str:
    """The cause of a failed connection in a few words for a person."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    seen: BaseException | None = error
    while seen is not None:
        number = getattr(seen, "errno", None)
        if isinstance(number, int) and number in errno.errorcode:
            return os.strerror(number).lower()
        if getattr(seen, "status", None):
            return _reason_of_status(int(getattr(seen, "status", 0)))
        seen = getattr(seen, "error", None) or seen.__cause__
    return str(error) or type(error).__name__


def _reason_of_status(status: int) -> str:
    if status in _STILL_STARTING:
        return f"it is still starting, or its proxy does not reach it (HTTP status {status})"
    if status in _SHUT_OUT:
        return f"it shuts this address out (HTTP status {status}); see ip_bans.yaml in its configuration folder"
    return f"it answers with HTTP status {status}; is this Home Assistant?"
