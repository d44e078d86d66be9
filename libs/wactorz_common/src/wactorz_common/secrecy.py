"""Secrets in what people type: found, and replaced by references before anything is published, kept or logged."""

import re
import secrets as randomness
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

from wactorz_common.contracts.chat import ChatMessage
from wactorz_common.contracts.notices import SealedSecret, VaultKey
from wactorz_common.errors import Refused
from wactorz_common.german import phrase
from wactorz_common.language import grouped

T = TypeVar("T")

PLACES = frozenset({"discord", "slack", "telegram", "webhook"})
"""Kinds that name a place where notices can go."""

REFERENCE = re.compile(r"\bsecret:[a-z0-9-]{1,60}\b")
"""What stands in a text in place of a secret."""

NO_VAULT = (
    "I cannot take a secret now: the vault, which alone may keep it, does not answer yet. Nothing was kept and nothing "
    "was passed on. Please say it again in a moment."
)

_TOO_MANY = "That is more than {most} secrets at once. Nothing was kept; please say them one after the other."
_TOO_LONG = "That secret is longer than {most} characters. Nothing was kept."
_MOST, _LONGEST, _REMEMBERED = 10, 5_000, 500
_REST = r"[^\s<>\"'`|\\^{}]+"
_VALUE = r"(?:\"[^\"\n]{3,200}\"|'[^'\n]{3,200}'|„[^“”\"\n]{3,200}[“”\"]|“[^”\n]{3,200}”|`[^`\n]{3,200}`|\S{3,200})"
_END = ".,;:!?)]}>…"
_PHRASE_END = ".,;:)]}>"
_OPENING = "\"'`„“”"

_BEGIN = r"(?:h(?:tt|xx)ps?(?::|%3a)(?:\\?/|%2f){2}|(?<![\w.-]))"
_PORT, _SLASH, _ALL = r"\.?(?::\d{1,5})?", r"(?:\\?/|%2f)", r"[^\s<>\"'`|^{}]+"
_SENDERS = (
    "gotifys?|pover|pbul|ifttt|rockets?|matrixs?|mmosts?|msteams|workflows|twilio|sendgrid|mailgun|ntfys|synology|"
    "opsgenie|pagerduty|spush|prowl|wxteams|guilded|hassios?|signals?|line|join|boxcar|lunasea"
)

_DISCORD = (
    rf"{_BEGIN}(?:[\w-]+\.)*discord(?:app)?\.com{_PORT}{_SLASH}+api{_SLASH}(?:v\d+{_SLASH})?"
    rf"webhooks{_SLASH}(?:\s*\n\s*)?(?:\d+{_SLASH}(?:\s*\n\s*)?)?{_ALL}"
)
_HOOK = (
    r"https?://[^\s<>\"'/]+/(?:[\w.-]+/){0,5}(?:web-?)?hooks?(?:-test)?/"
    rf"(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{{12,}}(?:{_REST})?"
)
_URLS: tuple[tuple[str, str], ...] = (
    ("discord", _DISCORD),
    ("slack", rf"{_BEGIN}hooks\.slack(?:-gov)?\.com{_PORT}{_SLASH}{_ALL}"),
    ("slack", r"https?://[^\s/<>\"']+/services/T\w*/B\w*/[\w-]{8,}"),
    ("telegram", rf"{_BEGIN}api\.telegram\.org{_PORT}{_SLASH}(?:file{_SLASH})?bot{_ALL}"),
    ("discord", rf"\bdiscord://(?=[^\s/]+/\S){_REST}"),
    ("slack", rf"\bslack://(?=[^\s/]+/\S){_REST}"),
    ("telegram", rf"\btgram://{_REST}"),
    ("webhook", rf"https?://[\w.-]+\.webhook\.office\.com/webhookb2/{_REST}"),
    ("webhook", rf"https?://outlook\.office(?:365)?\.com/webhook/{_REST}"),
    ("webhook", rf"https?://chat\.googleapis\.com/v1/spaces/{_REST}"),
    ("webhook", rf"https?://maker\.ifttt\.com/{_REST}"),
    ("webhook", rf"https?://hooks\.zapier\.com/{_REST}"),
    ("webhook", rf"https?://hook\.[\w.]{{0,20}}make\.com/{_REST}"),
    ("webhook", _HOOK),
    ("webhook", rf"\b(?:{_SENDERS})://(?:[^\s/]*[^\s/.]{{6,}}|[^\s/]+/{_REST})(?:{_REST})?"),
    ("webhook", rf"https?://[^\s/<>\"']+/api/webhook/{_REST}"),
    ("webhook", rf"https?://[^\s/<>\"']+/(?:[^\s<>\"']*/)?webhooks/\d+/{_REST}"),
    ("password", rf"\b[a-z][a-z0-9+.-]{{1,20}}://[^\s/:@<>\"']{{1,100}}:[^\s/@<>\"']{{1,200}}@{_REST}"),
)
_TOKENS: tuple[str, ...] = (
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]{1,4500}?-----END [A-Z ]*PRIVATE KEY-----",
    r"\bsk-(?:ant-|proj-|or-|svcacct-)?[\w-]{16,}",
    r"\b(?:sk|rk|pk|whsec)_(?:live|test)_\w{10,}",
    r"\bgh[opusr]_[A-Za-z0-9]{20,}", r"\bgithub_pat_\w{20,}", r"\bglpat-[\w-]{16,}",
    r"\bAIza[\w-]{30,}", r"\bya29\.[\w-]{20,}", r"\bxox[abeoprs]-[\w-]{10,}", r"\bxapp-[\w-]{10,}",
    r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{4,}",
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b", r"\bnvapi-[\w-]{20,}", r"\bhf_[A-Za-z0-9]{20,}", r"\bgsk_[A-Za-z0-9]{20,}",
    r"\bSG\.[\w-]{16,}\.[\w-]{16,}", r"\b\d{8,10}:[A-Za-z0-9_-]{35}\b", r"\bdop_v1_[0-9a-f]{40,}",
    r"\b[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}",
)  # fmt: skip
_QUERY = re.compile(
    r"[?&](?:access_token|auth|api_?key|apikey|key|pass(?:word)?|secret|sig(?:nature)?|token)=(?P<value>[^\s&#<>\"']{6,})",
    re.IGNORECASE,
)
_BEARER = re.compile(r"\b(?:bearer|basic)\s+(?P<value>[\w.~+/=-]{16,})", re.IGNORECASE)
_OF = r"(?:\s+(?:for|of|to|at|on|from|für|von|vom|zum|zur|zu|des|der|im|in|am)\s+(?:[\w.'\u2019-]+\s+){1,4}?|\s+)?"
_SAYS = r"(?:\s*[:=]\s*|\s*(?:is|was|ist|lautet|heißt|war|are|will be)(?:\s+(?:now|jetzt|nun))?(?:\s*:)?\s+)"
_PHRASE = (
    r"(?:[\w-]{0,30}pass(?:word|wort|phrase|code|wd)|[\w-]{0,30}kennwort|pwd|pw|[\w-]{0,30}netzwerkschlüssel|"
    r"wlan-?schlüssel)"
)
_KEY_NAME = (
    r"(?:(?:[\w-]{1,20}[ _-])?(?:access|api|auth|bearer|bot|refresh|long-lived|zugangs|zugriffs)?[ _-]?"
    r"(?:token|apikey)|"
    r"api[ _-]?(?:key|schlüssel)|(?:client|app|shared)[ _-]secret|secret[ _-]?key|access[ _-]?key|"
    r"(?:zugangs|zugriffs)schlüssel)"
)
_LOCKED = r"(?:alarm\w*|door|gate|safe|garage\w*|lock|(?:haus)?tür\w*|tor|tresor|schloss\w*)"
_PIN_WORD = (
    r"(?:pin|pin-?code|(?:alarm|door|gate|safe|tür|tor|tresor)-?\s?code|geheimzahl|"
    rf"code(?=\s+(?:for|of|to|on|at|für|von|vom|zur|zum|der|des|am|an)\s+(?:[\w'-]+\s+){{0,3}}?{_LOCKED}\b))"
)
_LOOSE = (
    r"(?:pass|log-?in|credentials?|creds|zugangsdaten|secret(?!:\w)|geheimnis|wpa[23]?|psk|"
    r"(?:wi-?fi|wlan|network|netzwerk|router)[ -]?(?:key|schlüssel|code)|contraseña|пароль|mot de passe|hasło)"
)
_HOOK_SAID = re.compile(
    rf"\bweb-?hook(?:[- ](?:url|adresse|address|link))?{_OF}{_SAYS}[<\"'`]?(?P<value>https?://{_REST})", re.IGNORECASE
)
_SAID = re.compile(rf"\b(?P<word>{_PHRASE}){_OF}(?P<says>{_SAYS})(?P<value>{_VALUE})", re.IGNORECASE)
_SET = re.compile(
    rf"\b(?P<word>{_PHRASE})\b{_OF}(?P<says>(?:\s*(?:to|auf|in|zu)\s+))(?P<value>{_VALUE})", re.IGNORECASE
)
_BESIDE = re.compile(rf"\b(?P<word>{_PHRASE})(?:['\u2019]s)?\s+(?P<value>{_VALUE})", re.IGNORECASE)
_AS = re.compile(
    rf"\b(?:use|take|nimm|benutze?|verwende)\s+(?P<value>{_VALUE})\s+(?:as|als)\s+"
    rf"(?:[\w'\u2019-]+\s+){{0,3}}?{_PHRASE}\b",
    re.IGNORECASE,
)
_KEY_SAID = re.compile(
    rf"\b(?P<word>{_KEY_NAME}){_OF}(?:{_SAYS}|\s+)(?P<value>{_VALUE})", re.IGNORECASE
)  # fmt: skip
_LOOSE_SAID = re.compile(rf"\b(?P<word>{_LOOSE}){_OF}{_SAYS}(?:[\w.@-]+\s*[/,|]\s*)?(?P<value>{_VALUE})", re.IGNORECASE)
_PIN_SAID = re.compile(rf"\b(?P<word>{_PIN_WORD}){_OF}{_SAYS}(?P<value>\d{{4,15}})\b", re.IGNORECASE)
_TYPED_URL = re.compile(
    r"^\s*(?:@\S+\s+)?/webhook\b.*?(?P<value>\b[a-z][a-z0-9+.-]{1,30}://\S+)", re.IGNORECASE | re.DOTALL
)
_NAMED_URL = re.compile(
    r"\bweb-?hook(?:[- ]?(?:url|address|adresse))?\b[\s:=]{1,3}(?:(?:is|ist|lautet)\s+)?"
    r"(?P<value>https?://[^\s/]+/[^\s<>\"']{12,})", re.IGNORECASE
)  # fmt: skip
_WORDS = """
    a abgelaufen about again already also always an and anders any as asked auch available bad bekannt below better
    broken can cannot case changed compromised correct da das default dass dem den der die different disabled ein eine
    empty enabled enough erforderlich expired falsch false fehlt fine forgotten from geändert gefragt geheim geleakt
    given good going gone gültig hard here hidden hier hinterlegt how ignored immer important in incorrect invalid it
    kaputt known korrekt kurz lang leaked leer locked long lost mandatory mein meine missing my needed needs never new
    nicht nie nirgends noch nötig not nothing now nowhere ok okay old on only optional or please private protected
    required reset richtig right safe same schlecht schwach secret secure sehr set shared short sicher simple so
    somewhere still stored stolen strong supposed that the there this to too true typed unbekannt und unknown unsafe
    unsicher used valid vergessen verloren very visible was weak weg what when where which why wie working written
    wrong your zu zurückgesetzt abgefragt ändern change changing enter entered eingeben eingegeben saved gespeichert
    manager verwalten reset? field feld policy richtlinie prompt login of for für if wenn with mit without ohne is ist
    at by bei verlangt gebraucht wanted requested accepted abgelehnt rejected being been werden wird were will would
    """
_NOT_SAID = frozenset(_WORDS.split())
_LOOKS_KEPT = re.compile(r"^(?:secret:|[*•x.…_-]+$|<.*>$|\{.*\}$|\[.*\]$|\$\w+$|\$\{.*\}$)", re.IGNORECASE)
_SHORTEST = 3
_SHORTEST_TOKEN = 8
_SHORTEST_BESIDE = 5


class Span(NamedTuple):
    """Where a secret stands in a text, and what it is."""

    start: int
    end: int
    kind: str


def find(text: str) -> tuple[Span, ...]:
    """Every secret in a text, in order and without overlap: webhook addresses, tokens, passwords. Pure."""
    taken: list[Span] = []
    for span in _candidates(text):
        if not any(span.start < other.end and other.start < span.end for other in taken):
            taken.append(span)
    return tuple(sorted(taken))


def cover(text: str) -> str:
    """The text with the kind of each secret in its place."""
    return _replaced(text, ((span, f"[{span.kind}]") for span in find(text)))


def take_out(text: str, key: VaultKey) -> tuple[str, tuple[SealedSecret, ...]]:
    """The text with a reference for each secret, and the secrets sealed for the vault.

    Raises Refused when there are too many, or one is too long.
    """
    from wactorz_common.sealing import seal  # noqa: PLC0415  # slow to import, and rarely needed

    references: dict[str, tuple[str, str]] = {}
    parts: list[tuple[Span, str]] = []
    for span in find(text):
        secret = text[span.start : span.end]
        if len(secret) > _LONGEST:
            raise Refused(phrase(_TOO_LONG, most=grouped(_LONGEST)))
        reference, _ = references.setdefault(secret, (f"secret:{span.kind}-{randomness.token_hex(4)}", span.kind))
        parts.append((span, reference))
    if len(references) > _MOST:
        raise Refused(phrase(_TOO_MANY, most=_MOST))
    sealed = tuple(seal(reference, kind, secret, key) for secret, (reference, kind) in references.items())
    return _replaced(text, parts), sealed


class SecretKeeper:
    """Takes secrets out of messages at a door; knows the vault's key once the vault has told it."""

    def __init__(self) -> None:
        self.key: VaultKey | None = None
        self._cleaned: OrderedDict[str, tuple[str, ChatMessage]] = OrderedDict()
        self._sealed: OrderedDict[str, tuple[str, SealedSecret]] = OrderedDict()

    def seal(self, task_id: str, kind: str, secret: str) -> SealedSecret:
        """A secret that is known to be one, the same again under the same id; Refused without a vault."""
        from wactorz_common.sealing import seal  # noqa: PLC0415  # slow to import, and rarely needed

        if self.key is None:
            raise Refused(phrase(NO_VAULT))
        said, sealed = self._sealed.get(task_id, ("", None))
        if sealed is None or said != _digest(secret):
            sealed = seal(f"secret:{kind}-{randomness.token_hex(4)}", kind, secret, self.key)
            _keep(self._sealed, task_id, (_digest(secret), sealed))
        return sealed

    def clean(self, message: ChatMessage) -> ChatMessage:
        """The message without its secrets, the same again when it is said again under the same id.

        Raises Refused when there is a secret and nobody to keep it.
        """
        if not find(message.content):
            return message
        if self.key is None:
            raise Refused(phrase(NO_VAULT))
        said, cleaned = self._cleaned.get(message.id, ("", message))
        digest = _digest(message.content)
        if not message.id or said != digest:
            text, sealed = take_out(message.content, self.key)
            cleaned = message.model_copy(update={"content": text, "secrets": sealed})
            _keep(self._cleaned, message.id, (digest, cleaned))
        return cleaned


def _keep(kept: OrderedDict[str, T], key: str, value: T) -> None:
    kept[key] = value
    while len(kept) > _REMEMBERED:
        kept.popitem(last=False)


def _digest(text: str) -> str:
    import hashlib  # noqa: PLC0415  # only when there is a secret

    return hashlib.sha256(text.encode()).hexdigest()


def _replaced(text: str, parts: Iterable[tuple[Span, str]]) -> str:
    pieces, at = list[str](), 0
    for span, instead in parts:
        pieces += [text[at : span.start], instead]
        at = span.end
    return "".join([*pieces, text[at:]])


def _candidates(text: str) -> Iterator[Span]:
    """Possible secrets; what comes first wins where two overlap."""
    for kind, pattern in _COMPILED:
        for found in pattern.finditer(text):
            yield _trimmed(text, found.start(), found.end(), kind)
    typed = _TYPED_URL.match(text)
    if typed is not None:
        yield _trimmed(text, *typed.span("value"), "webhook")
    for said in _HOOK_SAID.finditer(text):
        yield _trimmed(text, *said.span("value"), "webhook")
    for named in _NAMED_URL.finditer(text):
        yield _trimmed(text, *named.span("value"), "webhook")
    for pattern, kind in ((_QUERY, "token"), (_BEARER, "token"), (_PIN_SAID, "password")):
        for found in pattern.finditer(text):
            if _may_be(found["value"], kind, certain=pattern is not _BEARER):
                yield _trimmed(text, *found.span("value"), kind)
    yield from _in_words(text)


def _in_words(text: str) -> Iterator[Span]:
    for pattern in (_SAID, _SET, _AS, _BESIDE):
        for found in pattern.finditer(text):
            span = _trimmed(text, *found.span("value"), "password")
            value = text[span.start : span.end]
            if pattern is _SAID:
                meant = _may_be(value, "password", certain=found["says"].strip()[:1] in (":", "="))
            else:
                meant = len(value) >= _SHORTEST_BESIDE and _is_odd(value)
            if meant:
                yield span
    for pattern, kind, least in ((_KEY_SAID, "token", _SHORTEST_TOKEN), (_LOOSE_SAID, "password", _SHORTEST_BESIDE)):
        for found in pattern.finditer(text):
            span = _trimmed(text, *found.span("value"), kind)
            value = text[span.start : span.end]
            if len(value) >= least and _is_odd(value) and not _LOOKS_KEPT.match(value):
                yield span


def _trimmed(text: str, start: int, end: int, kind: str) -> Span:
    """Without quotes around it, and without the end of the sentence."""
    if text[start] in _OPENING and end - start > 1:
        closing = next((at for at in range(end - 1, start, -1) if text[at] in _OPENING), end)
        return Span(start + 1, closing, kind)
    ending = (_END if kind != "password" else _PHRASE_END) + _OPENING
    while end > start + 1 and text[end - 1] in ending:
        end -= 1
    return Span(start, end, kind)


def _may_be(value: str, kind: str, *, certain: bool) -> bool:
    """Whether a word can be a secret; `certain` when nothing but one is said at its place."""
    if len(value) < _SHORTEST or _LOOKS_KEPT.match(value):
        return False
    if kind == "password" and not certain:
        return value.casefold().strip(_END) not in _NOT_SAID
    return certain or _is_odd(value)


def _is_odd(value: str) -> bool:
    """Whether this is no word of a language: digits or signs among letters, or capitals inside."""
    if _LOOKS_KEPT.match(value) or value.casefold() in _NOT_SAID or "://" in value:
        return False
    plain = value.strip(_END + _OPENING)
    has_letters, has_digits = any(c.isalpha() for c in plain), any(c.isdigit() for c in plain)
    has_signs = any(not c.isalnum() and c not in "-'/\u2019" for c in plain)
    return has_letters and (has_digits or has_signs or not (plain[1:].islower() or plain.isupper()))


_COMPILED = tuple(
    [(kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _URLS]
    + [("token", re.compile(pattern)) for pattern in _TOKENS]
)
