"""Tells people things, where they want to be told, and keeps the vault of secrets."""

import time

from wactorz_common.agent import Task, every, handles
from wactorz_common.contracts import Nothing
from wactorz_common.contracts.chat import CHAT, CHAT_OUT, ChatAnswer, ChatReply, ChatRequest
from wactorz_common.contracts.home import House
from wactorz_common.contracts.notices import (
    FORGET_SECRET,
    LIST_SECRETS,
    LIST_TARGETS,
    NOTICES,
    NOTIFY,
    REMOVE_TARGET,
    SET_TARGET,
    STORE_SECRET,
    VAULT_KEY,
    Notice,
    NoticeEvent,
    NoticeResult,
    SecretEntry,
    SecretList,
    SecretRef,
    SetTarget,
    StoreSecret,
    Target,
    TargetList,
    TargetName,
)
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import Expired, Refused
from wactorz_common.house import HouseFollower
from wactorz_common.standing import Right, known
from wactorz_notifier import others, places, talk
from wactorz_notifier.client import Client
from wactorz_notifier.courier import Courier
from wactorz_notifier.deciding import Pace
from wactorz_notifier.desk import Desk, Outside
from wactorz_notifier.german import in_words, phrase
from wactorz_notifier.holding import Holding
from wactorz_notifier.journal import Journal
from wactorz_notifier.settings import NotifierSettings
from wactorz_notifier.texts import evidence, shown, together
from wactorz_notifier.vault import Place, Vault

MAY_CHANGE = frozenset({"main", "gateway"})
"""Who passes on what people want to be stored or forgotten."""

_TRYING = Right("admin", "try places for notices", "Orte für Nachrichten erproben")
_ZONE, _PROBLEMS = "time_zone", "problems"
_LAST_SECONDS = 2.0
"""Of the handler's time, for what has to be written when sending ends."""

_PERSON_SECONDS = 45.0
"""How long a place is tried while a person waits for the answer."""

_ALERT_AGAIN_SECONDS = 3_600.0


class NotifierAgent(HouseFollower[NotifierSettings]):
    """Keeps places and secrets; tells each notice once; holds what is for later."""

    name = "notifier"
    description = "Tells people things, where they want to be told, and keeps the vault of secrets."
    publishes = (VAULT_KEY, NOTICES, CHAT_OUT)

    async def on_start(self) -> None:
        """Open the vault and the journal, and go on with what was held."""
        self.vault = Vault(self.settings.agent_dir(self.name))
        self.problems: dict[str, str] = self.recall(_PROBLEMS, {})
        self._alerted: dict[str, float] = {}
        self._zone: str = self.recall(_ZONE, "UTC")
        self.journal = Journal(self.store)
        await self.journal.open()
        self.client = Client()
        courier = Courier(self.vault, self.journal, self.client, self._show)
        outside = Outside(lambda: self._zone, self.settings.quiet_hours, self._report, self._show)
        pace = Pace(self.settings.per_minute)
        self.desk = Desk(self.vault, self.journal, courier, pace, outside)
        self.holding = Holding(
            self.vault, self.journal, courier, self.desk, pace, outside, self._note, self.spawn_background
        )
        self.spawn_background(self.holding.run(), "held notices")
        await super().on_start()

    async def on_connected(self) -> None:
        """Doors seal for this key."""
        await self.publish(VAULT_KEY, self.vault.key)

    async def on_stop(self) -> None:
        """Let go of connections."""
        await self.client.close()

    async def on_house(self, house: House) -> None:
        """Quiet hours are by the clock of the house."""
        if house.time_zone != self._zone:
            self._zone = house.time_zone
            await self.persist(_ZONE, self._zone)

    # -- notices ------------------------------------------------------------------------------------------------

    @handles(NOTIFY)
    async def notify(self, notice: Notice, task: Task) -> NoticeResult:
        """Tell people something, once."""
        patience = _PERSON_SECONDS if task.sender in MAY_CHANGE else NOTIFY.timeout
        until = time.time() + min(task.remaining, patience) - _LAST_SECONDS
        try:
            ending = await self.desk.tell(task.id, notice, until)
        except (Expired, Refused) as error:
            if isinstance(error, Expired):
                await self._show(notice)
            await self._note(notice, NoticeResult(status="failed", target=notice.target, text=str(error)))
            raise
        if ending.is_new:
            await self._note(notice, ending.result)
        task.outcome = ending.state
        return ending.result

    async def _show(self, notice: Notice) -> None:
        text = shown(together(notice.title, notice.text))
        reply = ChatReply(sender=self.name, to=notice.person or "user", content=text, timestamp=time.time())
        await self.publish(CHAT_OUT, reply)

    async def _note(self, notice: Notice, result: NoticeResult) -> None:
        """Evidence of what became of a notice."""
        event = NoticeEvent(
            status=result.status, target=result.target, text=evidence(notice.text), rule_id=notice.rule_id,
            timestamp=time.time(),
        )  # fmt: skip
        await self.publish(NOTICES, event)

    async def _report(self, place: Place, problem: str) -> None:
        """Keep why a place did not get a notice, and tell people, but not with every notice."""
        if self.problems.get(place.name, "") != problem:
            self.problems = {**self.problems, place.name: problem}
            if not problem:
                del self.problems[place.name]
                self._alerted.pop(place.name, None)
            await self.persist(_PROBLEMS, self.problems)
        now = time.time()
        if problem and now - self._alerted.get(place.name, 0.0) > _ALERT_AGAIN_SECONDS:
            self._alerted[place.name] = now
            await self.alert(
                phrase(
                    "A notice did not arrive on {place}: {problem}. It is shown on the page instead.",
                    place=place.name,
                    problem=in_words(problem),
                )
            )

    @every(3_600)
    async def trim(self) -> None:
        """Forget what no resend can ask for any more."""
        await self.journal.trim(time.time())

    # -- places and secrets -------------------------------------------------------------------------------------

    @handles(SET_TARGET)
    async def set_target(self, request: SetTarget, task: Task) -> Target:
        """Store a place, recognized by its URL."""
        _check(task)
        url = self.vault.open(request.secret).strip()
        found = places.recognize(url, request.service)
        if not found.is_own:
            await others.check(url)
        elif found.service == places.WEBHOOK and request.service not in places.OWN and await others.knows(url):
            found = places.Recognized(found.service, is_own=False)
        name = places.name_of(request.name, found.service)
        place = Place(
            name=name, service=found.service, is_own=found.is_own, hint=places.hint_of(url), url=request.secret,
            stored_at=time.time(),
        )  # fmt: skip
        self.vault.set_place(place)
        await self._report(place, "")
        return next(target for target in self._targets() if target.name == name)

    @handles(LIST_TARGETS)
    async def list_targets(self, _request: Nothing, _task: Task) -> TargetList:
        """All places, without their URLs."""
        return TargetList(targets=self._targets())

    @handles(REMOVE_TARGET)
    async def remove_target(self, request: TargetName, task: Task) -> TargetList:
        """Forget a place; what is held for it is shown on the page."""
        _check(task)
        if not task.recovered or self.vault.place(request.name) is not None:
            await self._report(self.vault.remove_place(request.name), "")
        return TargetList(targets=self._targets())

    def _targets(self) -> tuple[Target, ...]:
        return tuple(self.vault.targets(self.problems))

    @handles(STORE_SECRET)
    async def store_secret(self, request: StoreSecret, task: Task) -> SecretEntry:
        """Keep a secret; nobody can read it back."""
        _check(task)
        return self.vault.store(request.secret, shown(request.note))

    @handles(LIST_SECRETS)
    async def list_secrets(self, _request: Nothing, _task: Task) -> SecretList:
        """All secrets, without the secrets."""
        return SecretList(secrets=self.vault.entries())

    @handles(FORGET_SECRET)
    async def forget_secret(self, request: SecretRef, task: Task) -> SecretList:
        """Drop a secret."""
        _check(task)
        self.vault.forget(request.reference)
        return SecretList(secrets=self.vault.entries())

    # -- people -------------------------------------------------------------------------------------------------

    @handles(CHAT)
    async def chat(self, request: ChatRequest, task: Task) -> ChatAnswer:
        """Answer a person who writes `@notifier ...`."""
        wanted = talk.place_to_try(request.text)
        if wanted is None:
            return ChatAnswer(text=talk.listing(self._targets(), self.settings.quiet_hours))
        refusal = _TRYING.refusal(known(request.person, request.standing), request.language)
        if refusal:
            return ChatAnswer(text=refusal, status=TaskState.FAILED.value)
        until = time.time() + min(task.remaining, _PERSON_SECONDS) - _LAST_SECONDS
        notice = Notice(text=phrase(talk.TEST), target=wanted, severity="critical")
        ending = await self.desk.tell(task.id, notice, until)
        await self._note(notice, ending.result)
        status = TaskState.DONE if ending.state is TaskState.DONE else TaskState.FAILED
        return ChatAnswer(text=ending.result.text, status=status.value)


def _check(task: Task) -> None:
    if task.sender not in MAY_CHANGE:
        raise Refused(
            phrase("Only a person may change where notices go and which secrets are kept: type it in the chat")
        )
