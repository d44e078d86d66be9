"""What can go wrong between us and Home Assistant, and what each case means for the device."""

import errno
import os

from wactorz_common.errors import TransportError, WactorzError


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
            return f"it answers with HTTP status {getattr(seen, 'status', '')}; is this Home Assistant?"
        seen = getattr(seen, "error", None) or seen.__cause__
    return str(error) or type(error).__name__
