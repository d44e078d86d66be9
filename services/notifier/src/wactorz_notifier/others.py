"""The many services that apprise knows, through apprise; in a thread, because it blocks, and loaded at first use."""

import asyncio
import logging
import re
import threading
from typing import Any

from wactorz_common.errors import Refused
from wactorz_notifier.client import Outcome
from wactorz_notifier.dialects import Saying
from wactorz_notifier.german import phrase
from wactorz_notifier.texts import defused

_UNKNOWN = (
    "No service is known for that URL. Discord, Slack, Telegram and webhooks are given by their https:// addresses, "
    "others as in ntfy://TOPIC or mailto://USER:PASSWORD@HOST"
)
_SPECIAL = re.compile(
    r"https://(?:chat\.googleapis\.com|ntfy\.sh|[\w.-]+\.webhook\.office\.com|[\w.-]+\.logic\.azure\.com)[:/]",
    re.IGNORECASE,
)
_TYPES = {"info": "info", "warning": "warning", "critical": "failure"}
_SLACK = 2.0
_STATUS = re.compile(r"\berror=([1-5]\d\d)\b")
_LATER = frozenset({408, 425, 429})
_SERVER = 500
_CUT_OFF = ("read timed out", "connection aborted", "remote end closed", "remotedisconnected")
_NOT_THERE = ("refused", "max retries", "unreachable", "resolution", "resolve", "connect timeout", "name or service")


async def check(url: str) -> None:
    """Refuse a URL behind which apprise sees no service."""
    if await asyncio.to_thread(_made, url) is None:
        raise Refused(phrase(_UNKNOWN))


async def knows(url: str) -> bool:
    """Whether a web address belongs to a service that apprise speaks to in a way of its own."""
    return bool(_SPECIAL.match(url)) and await asyncio.to_thread(_made, url) is not None


async def longest(url: str) -> int:
    """Characters of one message to the service behind a URL; 0 when there is none."""
    service = await asyncio.to_thread(_made, url)
    return max(100, int(service.body_maxlen)) if service is not None else 0


async def deliver(url: str, saying: Saying, seconds: float) -> Outcome:
    """Send once; the outcome is read from what apprise would log, because it returns no more than yes or no."""
    try:
        async with asyncio.timeout(seconds + _SLACK):
            return await asyncio.to_thread(_send, url, saying, seconds)
    except TimeoutError:
        return Outcome(problem="it did not answer in time", unclear=True)


def _send(url: str, saying: Saying, seconds: float) -> Outcome:
    service = _made(url)
    if service is None:
        return Outcome(problem="its address cannot be used: enter it again")
    service.socket_connect_timeout = service.socket_read_timeout = max(1.0, seconds)
    _LISTENER.begin()
    try:
        arrived = service.notify(
            body=defused(saying.text), title=defused(saying.title), notify_type=_TYPES[saying.severity]
        )
    except Exception as error:  # of any of its plug-ins, whose words may hold the URL
        return Outcome(problem=f"it cannot be spoken to ({type(error).__name__})", unclear=True)
    return Outcome(arrived=True) if arrived else read(_LISTENER.heard())


def read(log: str) -> Outcome:
    """What a failure was, from what apprise logged; pure."""
    said, status = log.lower(), _STATUS.search(log)
    if any(words in said for words in _CUT_OFF):
        return Outcome(problem="the connection broke before it answered", unclear=True)
    if status is not None:
        code = int(status[1])
        return Outcome(problem=f"it does not take the message ({code})", may_retry=code >= _SERVER or code in _LATER)
    if any(words in said for words in _NOT_THERE):
        return Outcome(problem="it cannot be reached", may_retry=True)
    return Outcome(problem="it did not take the message")


class _Listener(logging.Handler):
    """Keeps what apprise logs in this thread since it began to send; it may hold the URL and goes nowhere else."""

    def __init__(self) -> None:
        super().__init__()
        self._here = threading.local()

    def begin(self) -> None:
        self._here.lines = []

    def heard(self) -> str:
        return "\n".join(getattr(self._here, "lines", ()))

    def emit(self, record: logging.LogRecord) -> None:
        if hasattr(self._here, "lines"):
            self._here.lines.append(record.getMessage())


_LISTENER = _Listener()


def _made(url: str) -> Any:
    """The service behind a URL; None when there is none."""
    import apprise  # noqa: PLC0415  # takes 50 MiB

    log = logging.getLogger("apprise")
    log.propagate, log.handlers = False, [_LISTENER]
    log.setLevel(logging.DEBUG)
    for name in ("urllib3", "requests"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    asset = apprise.AppriseAsset(
        app_id="Wactorz", app_desc="Wactorz", async_mode=False, secure_logging=True, storage_mode="memory"
    )
    return apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
