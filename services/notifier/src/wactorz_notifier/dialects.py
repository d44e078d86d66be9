"""How Discord, Slack, Telegram and plain webhooks are spoken to; pure: requests are made, answers are read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

from wactorz_notifier import places
from wactorz_notifier.texts import defused, together


@dataclass(frozen=True, slots=True)
class Saying:
    """One message to one place."""

    text: str
    title: str = ""
    severity: str = "info"
    key: str = ""
    id: str = ""
    """The same again for the same message, for receivers that want to know a repetition."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent over HTTP; its URL is a secret."""

    method: str
    url: str = field(repr=False)
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    is_repeatable: bool = False
    """Whether it does nothing more when it is sent again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service said."""

    status: int
    headers: Mapping[str, str]
    text: str

    def json(self) -> dict[str, Any]:
        """The object in it; empty when there is none."""
        try:
            data = json.loads(self.text)
        except ValueError:
            return {}
        return data if isinstance(data, dict) else {}


class Dialect(Protocol):
    """A service that is spoken to directly."""

    limit: int
    """Characters of one message."""

    def send(self, url: str, saying: Saying) -> Request:
        """A new message."""

    def edit(self, url: str, message_id: str, saying: Saying) -> Request | None:
        """Another text for a message that was sent; None where the service cannot do that."""

    def message_id(self, answer: Answer) -> str:
        """The id of the message that was sent, where the service tells one."""

    def is_gone(self, answer: Answer) -> bool:
        """Whether a message could not be edited because it is not there any more, so that a new one is due."""

    def is_unchanged(self, answer: Answer) -> bool:
        """Whether a message could not be edited because it says that already."""


class Discord:
    """Webhooks of Discord, which can edit what they have sent."""

    limit = 2_000

    def send(self, url: str, saying: Saying) -> Request:
        """Ask for the message that was made, to know its id; nobody is pinged."""
        return Request("POST", _with(url, wait="true"), self._body(saying))

    def edit(self, url: str, message_id: str, saying: Saying) -> Request:
        """Another text in the place of the former."""
        path = f"/messages/{message_id}"
        return Request("PATCH", _below(url, path), self._body(saying), is_repeatable=True)

    def _body(self, saying: Saying) -> dict[str, Any]:
        title = f"**{saying.title}**" if saying.title else ""
        return {"content": defused(together(title, saying.text)), "allowed_mentions": {"parse": []}}

    def message_id(self, answer: Answer) -> str:
        """Its snowflake."""
        return str(answer.json().get("id") or "")

    def is_gone(self, answer: Answer) -> bool:
        """10008 is an unknown message; 10015 would be an unknown webhook."""
        return answer.json().get("code") == 10008  # noqa: PLR2004  # of Discord

    def is_unchanged(self, _answer: Answer) -> bool:
        """The same text again is taken."""
        return False


class _OnceOnly:
    """Part of a service that tells no id and cannot edit."""

    def edit(self, _url: str, _message_id: str, _saying: Saying) -> None:
        """Not possible."""

    def message_id(self, _answer: Answer) -> str:
        """None is told."""
        return ""

    def is_gone(self, _answer: Answer) -> bool:
        """Nothing is edited."""
        return False

    def is_unchanged(self, _answer: Answer) -> bool:
        """Nothing is edited."""
        return False


class Slack(_OnceOnly):
    """Incoming webhooks of Slack, which tell no id and cannot edit."""

    limit = 3_900

    def send(self, url: str, saying: Saying) -> Request:
        """Escaped, so that nothing is read as a mention or link."""
        text = together(f"*{saying.title}*" if saying.title else "", saying.text)
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return Request("POST", url, {"text": defused(escaped)})


class Telegram:
    """Bots of Telegram; the URL is that of sendMessage with the chat, and perhaps more, in its query."""

    limit = 4_096

    def send(self, url: str, saying: Saying) -> Request:
        """Plain text without previews of links."""
        return self._request(url, "sendMessage", saying)

    def edit(self, url: str, message_id: str, saying: Saying) -> Request:
        """Another text in the place of the former."""
        return self._request(url, "editMessageText", saying, message_id=message_id)

    def _request(self, url: str, method: str, saying: Saying, **more: str) -> Request:
        parts = urlsplit(url)
        given = {key: values[-1] for key, values in parse_qs(parts.query).items() if key not in ("text", "parse_mode")}
        path = parts.path.rstrip("/").rsplit("/", 1)[0] + f"/{method}"
        text = defused(together(saying.title, saying.text))
        quiet = {"link_preview_options": {"is_disabled": True}}
        body = {**given, **more, **quiet, "text": text}
        there = urlunsplit((parts.scheme, parts.netloc, path, "", ""))
        return Request("POST", there, body, is_repeatable=bool(more))

    def message_id(self, answer: Answer) -> str:
        """Its number in the chat."""
        result = answer.json().get("result")
        return str(result.get("message_id") or "") if isinstance(result, dict) else ""

    def is_gone(self, answer: Answer) -> bool:
        """It was deleted, or is too old."""
        said = str(answer.json().get("description", "")).lower()
        return "message to edit not found" in said or "message can't be edited" in said

    def is_unchanged(self, answer: Answer) -> bool:
        """It says that already."""
        return "message is not modified" in str(answer.json().get("description", "")).lower()


class Webhook(_OnceOnly):
    """A receiver of a person's own: gets the notice as JSON, with an id that tells repetitions."""

    limit = 4_000

    def send(self, url: str, saying: Saying) -> Request:
        """`text` and `content` say the same, because receivers look for one or the other."""
        text = defused(saying.text)
        body = {"text": text, "content": text, "title": saying.title, "severity": saying.severity,
                "key": saying.key, "id": saying.id, "source": "wactorz"}  # fmt: skip
        return Request("POST", url, body, {"Idempotency-Key": saying.id})


DIALECTS: Mapping[str, Dialect] = {
    places.DISCORD: Discord(), places.SLACK: Slack(), places.TELEGRAM: Telegram(), places.WEBHOOK: Webhook(),
}  # fmt: skip
"""By name of the service."""


def _with(url: str, **query: str) -> str:
    parts = urlsplit(url)
    kept = [(key, value) for key, value in parse_qsl(parts.query) if key not in query]
    return urlunsplit(parts._replace(query=urlencode([*kept, *query.items()]), fragment=""))


def _below(url: str, path: str) -> str:
    """A path below that of a URL; of its query only the thread counts there."""
    parts = urlsplit(url)
    kept = [(key, value) for key, value in parse_qsl(parts.query) if key == "thread_id"]
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + path, query=urlencode(kept), fragment=""))
