"""What a URL of a person's is for: which service takes notices there, and what may be shown of it; pure."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from wactorz_common.errors import Refused
from wactorz_notifier.german import phrase

DISCORD, SLACK, TELEGRAM, WEBHOOK, PAGE = "discord", "slack", "telegram", "webhook", "page"
OWN = (DISCORD, SLACK, TELEGRAM, WEBHOOK)
"""Services that are spoken to directly."""

_WEB = ("http", "https")
_HOSTS = {
    DISCORD: re.compile(r"(?:[\w-]+\.)?discord(?:app)?\.com"), SLACK: re.compile(r"hooks\.slack(?:-gov)?\.com"),
    TELEGRAM: re.compile(r"api\.telegram\.org"),
}  # fmt: skip
_PATHS = {
    DISCORD: re.compile(r"/api/(?:v\d+/)?webhooks/[^/]+/[^/]+/?"),
    SLACK: re.compile(r"/services/[^/]+/[^/]+/[^/]+/?"),
    TELEGRAM: re.compile(r"/bot[^/]+/sendMessage/?", re.IGNORECASE),
}
_EXAMPLES = {
    DISCORD: "https://discord.com/api/webhooks/NUMBER/TOKEN",
    SLACK: "https://hooks.slack.com/services/T.../B.../...",
    TELEGRAM: "https://api.telegram.org/botTOKEN/sendMessage?chat_id=NUMBER",
    WEBHOOK: "https://example.org/notices",
}
_ALIASES = {"mailto": "email", "mailtos": "email", "tgram": TELEGRAM, "ntfys": "ntfy", "jsons": "json"}
_NAME = re.compile(r"[^\s/+#@:\x00-\x1f]{1,64}")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,30}")
_TAIL = 4
_LONG_ENOUGH = 16
"""A secret of fewer characters shows none of them."""


@dataclass(frozen=True, slots=True)
class Recognized:
    """What a URL is for."""

    service: str
    is_own: bool
    """Whether it is spoken to directly; everything else goes through apprise."""


def recognize(url: str, wanted: str = "") -> Recognized:
    """The service behind a URL; `wanted` is what a person called it, if anything. Refused says what is wrong."""
    try:
        parts = urlsplit(url)
        scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
        _port = parts.port if scheme in _WEB else None  # where a token may hold a colon
    except ValueError:
        raise Refused(phrase("That is no URL: type the whole of it, with https:// in front")) from None
    wanted = wanted.strip().lower()
    if not _SCHEME.fullmatch(scheme) or re.search(r"\s", url) or not (host or scheme not in _WEB):
        raise Refused(
            phrase("That is no URL: give one such as {EXAMPLES}", EXAMPLES=_EXAMPLES.get(wanted, _EXAMPLES[WEBHOOK]))
        )
    if scheme not in _WEB:
        return Recognized(_agreed(_ALIASES.get(scheme, scheme), wanted), is_own=False)
    service = next((name for name, form in _HOSTS.items() if form.fullmatch(host)), "")
    found = service or next((name for name, form in _PATHS.items() if form.fullmatch(parts.path)), "")
    if not found:
        found = wanted if wanted in _PATHS else WEBHOOK
    agreed = _agreed(found, wanted, is_sure=bool(service))
    if agreed in _PATHS and not _PATHS[agreed].fullmatch(parts.path):
        raise Refused(
            phrase(
                "That is no address of {agreed} for notices: it looks like {EXAMPLES}",
                agreed=agreed.capitalize(),
                EXAMPLES=_EXAMPLES[agreed],
            )
        )
    if agreed == TELEGRAM and not parse_qs(parts.query).get("chat_id"):
        raise Refused(
            phrase("The chat is missing: add ?chat_id=NUMBER, as in {EXAMPLES}", EXAMPLES=_EXAMPLES[TELEGRAM])
        )
    return Recognized(agreed, is_own=True)


def _agreed(found: str, wanted: str, *, is_sure: bool = False) -> str:
    """The service when what a person says of it fits."""
    if not wanted or wanted == found or (is_sure and wanted == WEBHOOK):
        return found
    if is_sure or (found not in OWN and wanted in OWN):
        raise Refused(
            phrase("That is a URL of {found}, not of {wanted}: type `/webhook {found} URL`", found=found, wanted=wanted)
        )
    return wanted if wanted in OWN else found


def name_of(name: str, service: str) -> str:
    """The name of a place, by default that of its service; Refused when it cannot be one."""
    name = name.strip() or service
    if not _NAME.fullmatch(name) or name.lower() == PAGE:
        raise Refused(phrase("That cannot be the name of a place: give one word, such as discord or family-chat"))
    return name


def hint_of(url: str) -> str:
    """Enough of a URL to tell two apart: its host and last characters."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme.lower() not in _WEB:  # what looks like a host may be a token
        return f"{parts.scheme}://…"
    secret = parts.path.rstrip("/")
    tail = secret[-_TAIL:] if len(secret) >= _LONG_ENOUGH and not parts.path.lower().endswith("sendmessage") else ""
    return f"{host}…{tail}"


def how_to(service: str) -> str:
    """What to type to store a place of a service."""
    service = service or DISCORD
    return phrase("type `/webhook {service} URL`", service=service) + (
        phrase(", with {EXAMPLES}", EXAMPLES=_EXAMPLES[service]) if service in _EXAMPLES else ""
    )
