"""What a person is told about automations."""

import time
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from wactorz_common.contracts.automations import Automation, AutomationResult
from wactorz_common.contracts.home import House
from wactorz_common.language import language
from wactorz_home_assistant_agent import why_texts
from wactorz_home_assistant_agent.backups import Change
from wactorz_home_assistant_agent.client import Present
from wactorz_home_assistant_agent.explain import Words
from wactorz_home_assistant_agent.german import phrase

_DONE = {
    "create": "I made the automation {name} in Home Assistant.",
    "change": "I changed the automation {name}.",
    "delete": "I deleted the automation {name}.", "enable": "The automation {name} is enabled.",
    "disable": "The automation {name} is disabled.",
}  # fmt: skip
_UNDONE = {
    "create": "The automation {name} is back.", "change": "The automation {name} is as it was before.",
    "delete": "The automation {name} is gone again.", "enable": "The automation {name} is enabled again.",
    "disable": "The automation {name} is disabled again.",
}  # fmt: skip
_WOULD = {
    "create": "I would make the automation {name} in Home Assistant.",
    "change": "I would change the automation {name}.",
    "delete": "I would delete the automation {name}.", "enable": "I would enable the automation {name}.",
    "disable": "I would disable the automation {name}.",
}  # fmt: skip
_APPROVED = {
    "create": "Make the automation {name}, by which {reason}",
    "change": "Change the automation {name}, by which {reason}",
    "enable": "Enable the automation {name}, by which {reason}",
    "delete": "Delete the automation {name}, by which {reason}",
    "disable": "Disable the automation {name}, by which {reason}",
}
_LISTED = 50
_MINUTE, _DAY = 60, 86_400
_TODAY, _YESTERDAY = 0, 1


def done(change: Change, present: Present | None, words: Words) -> str:
    """What was done, and how to take it back."""
    name = quoted(present.name if present is not None else change.name)
    said = phrase((_UNDONE if change.undoes else _DONE)[change.verb], name=name)
    written = change.after if change.verb in ("create", "change") else None
    told = words.summary(written) if written is not None else ""
    summary = f" {told}" if told and not _is_named(change.name, told) else ""
    hint = "" if change.undoes else phrase(" To take it back: /undo")
    return f"{said}{summary}{hint}"


def dry_run(change: Change, shown: AutomationResult) -> str:
    """What would be done; nothing was."""
    return _parts(f"{_would(change)} {phrase('Nothing was written.')}", shown)


def proposal(change: Change, shown: AutomationResult) -> str:
    """What would be done, and the question."""
    return f"{_parts(_would(change), shown)}\n{phrase('Shall I? Answer yes or no.')}"


def approval(change: Change, reason: str) -> str:
    """What an approval is about, in one line."""
    return phrase(_APPROVED[change.verb], name=quoted(change.name), reason=reason)


def waits(change: Change, shown: AutomationResult, reason: str, approval_id: str) -> str:
    """What waits for an approval."""
    head = phrase("{would} By it, {reason}, each time without asking.", would=_would(change), reason=reason)
    wait = phrase("It waits for your yes: answer yes, or /approve {id}", id=approval_id)
    return f"{_parts(head, shown)}\n{wait}"


def model_may_not_open(reason: str) -> str:
    """Why an automation of a model is refused."""
    return phrase(
        "I did not make that automation: {reason}, and what a model wrote may never do that. Say it in "
        "plain words that I can read myself, for example: make a Home Assistant automation: every day at 7 "
        "unlock the front door.",
        reason=reason,
    )


def changed_meanwhile(change: Change) -> str:
    """Why a change is not made."""
    if change.verb == "create":
        return phrase(
            "There is an automation with the id {automation_id} already, so I did not write over it.",
            automation_id=change.automation_id,
        )
    return phrase(
        "{quoted} was changed by somebody else in the meantime, so I left it. Ask once more.",
        quoted=quoted(change.name),
    )


def may_be_done(error: Exception) -> str:
    """What is known of a write that a restart has interrupted."""
    return phrase("It may have been written before a restart; reading back failed: {error}", error=error)


def listing(found: list[Automation], search: str, house: House, now: float | None = None) -> str:
    """The list of automations."""
    if not found:
        return (
            phrase("No automation fits '{search}'.", search=search)
            if search
            else phrase("There are no automations in Home Assistant.")
        )
    lines = [f"- {row(one, house, now)}" for one in found[:_LISTED]]
    more = [phrase("- ... and {found} more", found=len(found) - _LISTED)] if len(found) > _LISTED else []
    return "\n".join([phrase("Automations ({found}):", found=len(found)), *lines, *more])


def row(one: Automation, house: House, now: float | None = None) -> str:
    """One line of the list."""
    state = phrase("enabled") if one.enabled else phrase("disabled")
    ran = (
        phrase("last ran {moment}", moment=moment(one.last_triggered, house, now))
        if one.last_triggered
        else phrase("has never run")
    )
    head = f"{one.name} ({state}, {ran})"
    if _is_named(one.name, one.summary):
        return head
    return f"{head}: {one.summary or phrase('Home Assistant does not show what it does.')}"


def moment(at: float, house: House, now: float | None = None) -> str:
    """A time as people say it: at 07:00, yesterday at 22:15, on 3 May at 08:00."""
    zone = zone_of(house)
    then, today = datetime.fromtimestamp(at, zone), datetime.fromtimestamp(now or time.time(), zone)
    clock = phrase("at {clock}", clock=f"{then:%H:%M}")
    days = (today.date() - then.date()).days
    if days == _TODAY:
        return clock
    if days == _YESTERDAY:
        return phrase("yesterday {clock}", clock=clock)
    month = why_texts.month(language(), then.month, f"{then:%B}")
    return phrase("on {day} {month} {clock}", day=then.day, month=month, clock=clock)


def zone_of(house: House) -> tzinfo:
    """The house's time zone; UTC when it is not known here."""
    try:
        return ZoneInfo(house.time_zone)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def quoted(name: str) -> str:
    """A name as it stands in a sentence."""
    return phrase("“{name}”", name=name)


def _would(change: Change) -> str:
    return phrase(_WOULD[change.verb], name=quoted(change.name))


def _is_named(name: str, summary: str) -> bool:
    """Whether a name says it all, as that of an automation made from a plain sentence does."""
    return bool(summary) and name.rstrip(".").casefold() == summary.rstrip(".").casefold()


def _parts(head: str, shown: AutomationResult) -> str:
    diff = f"```diff\n{shown.diff}\n```" if shown.diff else ""
    return "\n".join(filter(None, [head, shown.explanation, diff]))
