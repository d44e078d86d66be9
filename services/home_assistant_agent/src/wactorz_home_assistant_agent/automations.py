"""How an automation is changed: checked, shown, allowed, backed up, written once, read back."""

import contextlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from wactorz_common import logs
from wactorz_common.approvals import ApprovalBook, in_each_language
from wactorz_common.contracts.automations import Automation, AutomationResult
from wactorz_common.contracts.home import House
from wactorz_common.contracts.policy import EntityPolicy
from wactorz_common.errors import Expired, Refused, TransportError, Unknown
from wactorz_common.handlers import Task
from wactorz_common.language import ENGLISH
from wactorz_common.risk import Risk
from wactorz_home_assistant import CallUncertain
from wactorz_home_assistant_agent import wording
from wactorz_home_assistant_agent.backups import Backups, Change, as_wish
from wactorz_home_assistant_agent.client import HomeAssistantAutomations, Present
from wactorz_home_assistant_agent.configs import (
    Config,
    difference,
    entities_in,
    held_back,
    normal,
    risk_of,
    same,
    services_in,
)
from wactorz_home_assistant_agent.explain import Words
from wactorz_home_assistant_agent.german import phrase

_READ_BACK_SECONDS = 5.0
_WRITES = ("create", "change")
_SWITCHES = ("enable", "disable")
_STOPPED = "Everything is stopped, so no automation is changed; say /go first. Disabling one is possible."

_log = logs.get(__name__)


@dataclass(frozen=True)
class Asked:
    """How a change was asked for."""

    session: str = ""
    person: str = ""
    dry_run: bool = False
    confirmed: bool = False
    """A person has said yes to exactly this change."""
    approved: bool = False
    """An authenticated person has approved exactly this change."""
    needs_yes: bool = False
    """Somebody else than the grammar wrote it, so a person must see it first."""


Noted = Callable[[Change, str, Task], None]
"""Told of every change that was written, for the audit log; the same again after a crash."""

Laid = Callable[[Task], Awaitable[tuple[EntityPolicy, ...] | None]]
"""What people have laid down for entities; None when it cannot be known."""


async def nothing_laid(_task: Task) -> tuple[EntityPolicy, ...]:
    """Nobody has laid anything down."""
    return ()


class AutomationWriter:
    """The only writer of automations; each task writes at most once."""

    def __init__(
        self, home: HomeAssistantAutomations, backups: Backups, approvals: ApprovalBook,
        halted: Callable[[], bool] = lambda: False, noted: Noted = lambda _change, _verdict, _task: None,
        policies: Laid = nothing_laid,
    ) -> None:  # fmt: skip
        self._home, self._backups, self._approvals = home, backups, approvals
        self._halted, self._noted, self._policies = halted, noted, policies

    def refuse_while_halted(self, verb: str = "") -> None:
        """Refused after /stop all, but for what stops something itself."""
        if verb != "disable" and self._halted():
            raise Refused(phrase(_STOPPED))

    # -- before -------------------------------------------------------------------------------------------------

    async def perform(self, change: Change, asked: Asked, house: House, task: Task) -> AutomationResult:
        """Carry a change out, or say what it waits for; Refused when it cannot be done."""
        change = change.model_copy(update={"person": asked.person or change.person})
        if not asked.dry_run:
            self.refuse_while_halted(change.verb)
        if change.verb == "enable":
            change = await self._as_it_is(change, asked)
        if change.verb in _WRITES and not change.undoes:
            await self.check(change.after or {}, house)
        shown = self._shown(change, house)
        if asked.dry_run:
            return shown.model_copy(update={"status": "dry_run", "text": wording.dry_run(change, shown)})
        if change.before is not None and same(change.before, change.after):
            return shown.model_copy(
                update={"status": "unchanged", "text": phrase("{name} is that way already.", name=change.name)}
            )
        verdict = risk_of(change.after, house) if change.after is not None and change.verb != "disable" else None
        if verdict is not None and change.after is not None:
            await self._respect_policies(change.after, house, task, opens=verdict.risk is Risk.OPENING)
        if verdict is not None and verdict.risk is Risk.OPENING and not asked.approved:
            if change.source != "rules":
                raise Refused(wording.model_may_not_open(verdict.reason))
            return await self._ask_for_approval(change, shown, verdict.reason, asked, house)
        risky = asked.needs_yes or change.source != "rules" or (change.verb == "delete" and not change.undoes)
        if risky and not asked.confirmed and not asked.approved:
            token = secrets.token_hex(8)
            await self._backups.propose(token, asked.session, change)
            return shown.model_copy(
                update={"status": "needs_confirmation", "confirm": token, "text": wording.proposal(change, shown)}
            )
        return await self.write(change, house, task)

    async def _as_it_is(self, change: Change, asked: Asked) -> Change:
        """What is enabled is what the automation does now; Refused when that is not what a person said yes to."""
        present = next((one for one in self._home.shown() if one.entity_id == change.entity_id), None)
        config = await self._home.config_of(present) if present is not None else None
        if config is None:
            raise Refused(
                phrase("Home Assistant does not show what {name} does, so I did not enable it.", name=change.name)
            )
        if (asked.approved or asked.confirmed) and not same(config, change.after):
            raise Refused(wording.changed_meanwhile(change))
        return change.model_copy(update={"after": config})

    async def _respect_policies(self, config: Config, house: House, task: Task, *, opens: bool) -> None:
        """Refused for what Home Assistant could not keep to: it asks nobody, and for no PIN."""
        laid = await self._policies(task)
        if laid is None and opens:
            raise Refused(phrase("I could not look at what is laid down for these devices, so I left it. Try again."))
        problem = held_back(config, house, laid or ())
        if problem:
            raise Refused(
                phrase(
                    "{problem}, to which Home Assistant would not keep. Make it a rule of Wactorz instead.",
                    problem=problem,
                )
            )

    async def resumed(self, task: Task, house: House) -> AutomationResult | None:
        """What a task that was begun before has become; it is finished first if need be. None for a new one."""
        begun = await self._backups.begun(task.id)
        if begun is None:
            return None
        change, result = begun
        if result is not None:
            self._noted(change, change.verb, task)
        return result or await self.write(change, house, task, resumed=True)

    async def undo(self, asked: Asked, house: House, task: Task) -> AutomationResult:
        """Take the last change back that has not been taken back yet."""
        last = await self._backups.newest()
        if last is None:
            raise Refused(phrase("There is no change of an automation that could be taken back."))
        number, done = last
        change = done.reversed(number)
        now = await self._stored(change)
        if change.verb not in _SWITCHES and not same(now, change.before):
            raise Refused(
                phrase(
                    "{name} was changed by somebody else since, so I left it as it is. `show automation {name}` shows "
                    "it.",
                    name=done.name,
                )
            )
        return await self.perform(change, asked, house, task)

    async def check(self, config: Config, house: House) -> None:
        """Refused when the house lacks what it names, or Home Assistant has something against it."""
        known = {entity.entity_id for entity in house.entities}
        missing = [one for one in entities_in(config) if one not in known]
        if missing:
            raise Refused(
                phrase(
                    "There is no {missing} in the house, so I did not make the automation.",
                    missing=phrase(" and no ").join(missing),
                )
            )
        services = await self._home.services()
        unknown = [one for one in services_in(config) if "{" not in one and one not in services]
        if unknown:
            raise Refused(
                phrase(
                    "Home Assistant has no action {unknown}, so I did not make the automation.",
                    unknown=phrase(" and no ").join(unknown),
                )
            )
        problems = await self._home.problems_of(normal(config))
        if problems:
            raise Refused(
                phrase("Home Assistant does not accept that automation: {problems}", problems="; ".join(problems))
            )

    def _shown(self, change: Change, house: House) -> AutomationResult:
        diff = difference(change.before, change.after) if change.verb not in _SWITCHES else ""
        return AutomationResult(
            status="done", text="", diff=diff,
            explanation=Words(house).explain(change.after) if change.after is not None else "",
            source="cloud" if change.source == "cloud" else "local" if change.source == "local" else "rules",
            cost_usd=change.cost_usd or None,
        )  # fmt: skip

    async def _ask_for_approval(
        self, change: Change, shown: AutomationResult, reason: str, asked: Asked, house: House
    ) -> AutomationResult:
        summary = in_each_language(lambda: wording.approval(change, _why(change, house)))
        explanations = in_each_language(lambda: self._shown(change, house).explanation)
        detail: dict[str, Any] = {
            "diff": shown.diff, "explanation": explanations[ENGLISH], "reason": reason, "explanations": explanations,
        }  # fmt: skip
        approval, _ = await self._approvals.open(
            as_wish(change), summary, kind="automation", detail=detail, requested_by=asked.person
        )
        text = wording.waits(change, shown, reason, approval.id)
        return shown.model_copy(update={"status": "needs_approval", "approval_id": approval.id, "text": text})

    # -- the write ----------------------------------------------------------------------------------------------

    async def write(self, change: Change, house: House, task: Task, *, resumed: bool = False) -> AutomationResult:
        """Back up, write, read back; Unknown when it cannot be known what became of it."""
        try:
            now = await self._stored(change)
        except TransportError as error:
            raise (Unknown(wording.may_be_done(error)) if resumed else Refused(str(error))) from error
        done_already = resumed and self._is_so(change, now)
        if not done_already and not self._fits(change, now):
            raise (
                Refused(wording.changed_meanwhile(change))
                if not resumed
                else Unknown(
                    phrase(
                        "{name} was changed by somebody else while I worked on it; look at it with /automations.",
                        name=change.name,
                    )
                )
            )
        if not done_already and change.verb != "disable" and self._halted():
            await self._backups.drop(task.id)
            raise Refused(phrase(_STOPPED))
        if not done_already and task.remaining <= 0:
            await self._backups.drop(task.id)
            raise Expired(phrase("Its time had passed, so nothing was written."))
        await self._backups.begin(task.id, change)
        if not done_already:
            await self._send(change, task)
        self._noted(change, change.verb, task)
        present = await self._read_back(change)
        result = self._shown(change, house).model_copy(update={
            "text": wording.done(change, present, Words(house)), "automation": self.told(present, change.after, house),
        })  # fmt: skip
        await self._backups.end(task.id, change, result)
        _log.info("automation written", verb=change.verb, automation_id=change.automation_id, task_id=task.id)
        return result

    async def _send(self, change: Change, task: Task) -> None:
        try:
            if change.verb in _SWITCHES:
                await self._home.switch(change.entity_id, on=change.verb == "enable")
            elif change.after is None:
                await self._home.delete(change.automation_id)
            else:
                await self._home.save(change.automation_id, change.after)
        except Refused:
            await self._backups.drop(task.id)
            raise
        except CallUncertain as error:  # reading back tells
            _log.warning("automation may not have been written", task_id=task.id, reason=str(error))
        except TransportError as error:
            await self._backups.drop(task.id)
            raise Refused(str(error)) from error

    async def _read_back(self, change: Change) -> Present | None:
        """What Home Assistant has now; Unknown when that is not what was written."""
        if change.verb in _SWITCHES:
            found = next((one for one in self._home.shown() if one.entity_id == change.entity_id), None)
            if found is None or found.enabled is not (change.verb == "enable"):
                raise Unknown(
                    phrase(
                        "I sent it, but {name} does not show as enabled."
                        if change.verb == "enable"
                        else "I sent it, but {name} does not show as disabled.",
                        name=change.name,
                    )
                )
            return found
        there = change.after is not None
        try:
            stored = await self._home.stored(change.automation_id)
        except TransportError as error:
            raise Unknown(phrase("I sent it, but could not read it back: {error}", error=error)) from error
        present = await self._home.wait_gone_or_there(change.automation_id, _READ_BACK_SECONDS, there=there)
        if (stored is not None) is not there or (there and not _covers(stored, change.after)):
            raise Unknown(phrase("I sent it, but Home Assistant does not show {name} as I wrote it.", name=change.name))
        if there and present is None:
            raise Unknown(
                phrase(
                    "Home Assistant keeps {name}, but does not run it: check its log for the reason.", name=change.name
                )
            )
        if present is not None and change.verb == "create" and change.undoes and present.enabled is not change.enabled:
            with contextlib.suppress(TransportError, Refused):  # it is back, which is what matters; its switch shows
                await self._home.switch(present.entity_id, on=change.enabled)
            present = self._home.by_id(change.automation_id) or present
        return present

    async def _stored(self, change: Change) -> Config | None:
        if change.verb in _SWITCHES:
            return None
        return await self._home.stored(change.automation_id)

    def _fits(self, change: Change, now: Config | None) -> bool:
        """Whether what is there is what the change was made for."""
        return change.verb in _SWITCHES or same(now, change.before)

    def _is_so(self, change: Change, now: Config | None) -> bool:
        """Whether the change shows already."""
        if change.verb in _SWITCHES:
            return any(
                one.entity_id == change.entity_id and one.enabled is (change.verb == "enable")
                for one in self._home.shown()
            )
        return same(now, change.after) if change.after is None or now is None else _covers(now, change.after)

    def told(self, present: Present | None, config: Config | None, house: House) -> Automation | None:
        """The automation as others are told of it."""
        if present is None:
            return None
        return Automation(
            automation_id=present.automation_id, entity_id=present.entity_id, name=present.name,
            enabled=present.enabled, last_triggered=present.last_triggered, editable=present.editable,
            summary=Words(house).summary(config) if config is not None else "",
        )  # fmt: skip


def _why(change: Change, house: House) -> str:
    """What it opens, in the language of the work at hand."""
    return risk_of(change.after, house).reason if change.after is not None else ""


def _covers(stored: Config | None, wanted: Config | None) -> bool:
    """Whether Home Assistant keeps what was written; it may add keys of its own."""
    if stored is None or wanted is None:
        return stored is wanted
    kept, asked = normal(stored), normal(wanted)
    return same({key: kept.get(key) for key in asked}, asked)
