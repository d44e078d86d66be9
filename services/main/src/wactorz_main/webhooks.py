"""Places for notices, and secrets that a person typed: handed to the vault, spoken of by reference only."""

import re
from dataclasses import dataclass

from wactorz_common.contracts import Nothing
from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.notices import (
    LIST_TARGETS,
    NOTIFY,
    REMOVE_TARGET,
    SET_TARGET,
    STORE_SECRET,
    Notice,
    SealedSecret,
    SetTarget,
    StoreSecret,
    Target,
    TargetName,
)
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.secrecy import PLACES, REFERENCE
from wactorz_main import allowed, texts
from wactorz_main.errand import Errand
from wactorz_main.german import phrase

_SECONDS = 15.0
_NOTIFY_SECONDS = 60.0
_SERVICE = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}$")
_NOTE = 120
_SAYS_NOTHING = frozenset(
    """
    a alarm als an and api as at auf aus benutze bitte bot channel code das dass dein dem den der des die dies diese
    dieser discord ein eine for from für geheim hallo heißt her here hey hi hier hook i im ist it key kennwort keep
    lautet link mein meine meinem meinen merk merke my name neue neuen neues new nimm note notice notices notification
    notifications notiz now of on one our para pass passwort password passphrase pin please post put remember save
    schlüssel set slack speicher speichere store telegram that the this to token trag und uns unser unsere url use via
    und verwende von vom web webhook webhooks wi-fi wifi with wlan zu zum zur dir is are be at home house haus router
    account konto send sende schicke messages nachrichten webhook-url
    """.split()  # noqa: SIM905  # a list this long is read as words
)
_STATES = re.compile(
    rf"(?:\b(?:is|ist|lautet|heißt|are)\b|[:=])(?: now| jetzt)?\s*[\"'„“]?{REFERENCE.pattern}\W*$", re.IGNORECASE
)
_WORD = re.compile(r"[\w'-]+")
_VIA = re.compile(rf"\s*\(?{REFERENCE.pattern}\)?")


@dataclass(frozen=True)
class Kept:
    """What became of the secrets of a message: what to say, the text to go on with, and whether there is any."""

    said: str
    text: str
    goes_on: bool
    failed: bool = False


class Webhooks:
    """What one message wants of places for notices, and its secrets."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand

    async def command(self, arguments: tuple[str, ...]) -> ChatAnswer:
        """`/webhook`, `/webhook [SERVICE] URL`, `/webhook remove NAME`, `/webhook test NAME`."""
        sealed = {one.reference: one for one in self._errand.request.secrets}
        match arguments:
            case ():
                return ChatAnswer(text=targets_text((await self._errand.ask(LIST_TARGETS, Nothing())).targets))
            case (("remove" | "delete" | "forget"), _, *_):
                return await self._remove(" ".join(arguments[1:]))
            case ("test", *_):
                return await self._send(" ".join(arguments[1:]), self._errand.say("test_notice"))
            case (*service, reference) if reference in sealed and len(service) <= 1:
                return await self._set("".join(service).casefold(), sealed[reference])
            case _:
                known = REFERENCE.fullmatch(arguments[-1])
                return self._errand.failed(self._errand.say("secret_unsealed" if known else "webhook_usage"))

    async def notify(self, rest: str) -> ChatAnswer:
        """`/notify TEXT`, `/notify PLACE: TEXT`."""
        place, colon, text = rest.partition(":")
        target = place.strip() if colon and " " not in place.strip() and not text.startswith("//") else ""
        text = (text if target else rest).strip()
        if not text:
            return self._errand.failed(self._errand.say("notify_usage"))
        return await self._send(target, text[:4_000])

    async def keep(self) -> Kept | None:
        """Have the secrets of the message kept; None when there are none."""
        errand, said, failed, text = self._errand, list[str](), False, self._errand.text
        places = any(sealed.kind in PLACES for sealed in errand.request.secrets)
        refusal = errand.refusal(allowed.PLACES if places else allowed.SECRETS) if errand.request.secrets else ""
        if refusal:
            return Kept(refusal, text, goes_on=False, failed=True)
        for sealed in errand.request.secrets:
            state, told = await (self._keep_place(sealed) if sealed.kind in PLACES else self._keep_secret(sealed))
            said.append(told)
            failed = failed or state is not TaskState.DONE
            if sealed.kind in PLACES and sealed.kind != "webhook":
                text = text.replace(sealed.reference, sealed.kind)
        if not errand.request.secrets:
            return None
        return Kept(texts.lines(said), text, says_more(text), failed)

    async def _keep_place(self, sealed: SealedSecret) -> tuple[TaskState, str]:
        service = "" if sealed.kind == "webhook" else sealed.kind
        end = await self._errand.submit(
            SET_TARGET, SetTarget(service=service, secret=sealed), f"target/{sealed.reference}", seconds=_SECONDS
        )
        if end.result is None:
            return end.state, self._not_kept(sealed, end.error)
        return end.state, self._errand.say("webhook_stored", name=end.result.name, reference=sealed.reference)

    async def _keep_secret(self, sealed: SealedSecret) -> tuple[TaskState, str]:
        wish = StoreSecret(secret=sealed, note=note_of(self._errand.text))
        end = await self._errand.submit(STORE_SECRET, wish, f"secret/{sealed.reference}", seconds=_SECONDS)
        if end.result is None:
            return end.state, self._not_kept(sealed, end.error)
        return end.state, self._errand.say("secret_stored", reference=sealed.reference)

    def _not_kept(self, sealed: SealedSecret, error: str | None) -> str:
        why = texts.sentence(error) if error else ""
        return f"{self._errand.say('secret_not_stored', reference=sealed.reference)} {why}".strip()

    async def _set(self, service: str, sealed: SealedSecret) -> ChatAnswer:
        if service and not _SERVICE.match(service):
            return self._errand.failed(self._errand.say("webhook_usage"))
        known = sealed.kind if sealed.kind in PLACES and sealed.kind != "webhook" else ""
        name = "" if service in ("", known) else service
        wish = SetTarget(name=name, service=known or service, secret=sealed)
        end = await self._errand.submit(SET_TARGET, wish, "target", seconds=_SECONDS)
        if end.result is None:
            return ChatAnswer(text=self._not_kept(sealed, end.error), status=end.state.value)
        text = self._errand.say("webhook_stored", name=end.result.name, reference=sealed.reference)
        return ChatAnswer(text=text)

    async def _remove(self, name: str) -> ChatAnswer:
        end = await self._errand.submit(REMOVE_TARGET, TargetName(name=name[:64]), "remove", seconds=_SECONDS)
        if end.result is None:
            return self._errand.answer(end.state, end.error)
        return ChatAnswer(text=self._errand.say("forgotten", name=name[:64]))

    async def _send(self, target: str, text: str) -> ChatAnswer:
        notice = Notice(text=text, target=target[:64], person=self._errand.person)
        end = await self._errand.submit(NOTIFY, notice, "notify", seconds=_NOTIFY_SECONDS)
        if end.result is None:
            return self._errand.answer(end.state, end.error)
        failed = end.result.status == "failed"
        return ChatAnswer(text=end.result.text, status=(TaskState.FAILED if failed else TaskState.DONE).value)


def targets_text(targets: tuple[Target, ...]) -> str:
    """One line per place; never with its address."""
    if not targets:
        return phrase(
            "Notices go to the page only. Store a place with /webhook discord URL (slack, telegram, or any address of "
            "Apprise), or paste the URL into a sentence."
        )
    lines = [
        f"- {one.name}{f' ({one.service})' if one.service != one.name else ''}{f', {one.hint}' if one.hint else ''}"
        f"{phrase(', the usual one') if one.usual else ''}{f'. {texts.sentence(one.problem)}' if one.problem else ''}"
        for one in targets
    ]
    return "\n".join(
        [
            phrase("Notices can go to:"),
            *lines,
            phrase("Try one with /webhook test NAME; /webhook remove NAME forgets it."),
        ]
    )


def says_more(text: str) -> bool:
    """Whether a message says anything besides its secrets. Pure."""
    if _STATES.search(text.strip()):
        return False
    left = _VIA.sub(" ", text).casefold()
    return bool([word for word in _WORD.findall(left) if word.strip("'-") and word not in _SAYS_NOTHING])


def note_of(text: str) -> str:
    """What a secret is for, in the person's words. Pure."""
    return " ".join(text.split())[:_NOTE]
