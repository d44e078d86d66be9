"""What a person is told about automations."""

import time
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from wactorz_common.contracts.automations import Automation, AutomationResult
from wactorz_common.contracts.home import House
from wactorz_home_assistant_agent.backups import Change
from wactorz_home_assistant_agent.client import Present
from wactorz_home_assistant_agent.explain import Words

_DONE = {
    "create": "I made the automation {} in Home Assistant.", "change": "I changed the automation {}.",
    "delete": "I deleted the automation {}.", "enable": "The automation {} is enabled.",
    "disable": "The automation {} is disabled.",
}  # fmt: skip
_UNDONE = {
    "create": "The automation {} is back.", "change": "The automation {} is as it was before.",
    "delete": "The automation {} is gone again.", "enable": "The automation {} is enabled again.",
    "disable": "The automation {} is disabled again.",
}  # fmt: skip
_WOULD = {
    "create": "I would make the automation {} in Home Assistant.", "change": "I would change the automation {}.",
    "delete": "I would delete the automation {}.", "enable": "I would enable the automation {}.",
    "disable": "I would disable the automation {}.",
}  # fmt: skip
_LISTED = 50
_MINUTE, _DAY = 60, 86_400
_TODAY, _YESTERDAY = 0, 1


def done(change: Change, present: Present | None, words: Words) -> str:
    """What was done, and how to take it back."""
    name = quoted(present.name if present is not None else change.name)
    said = (_UNDONE if change.undoes else _DONE)[change.verb].format(name)
    written = change.after if change.verb in ("create", "change") else None
    told = words.summary(written) if written is not None else ""
    summary = f" {told}" if told and not _is_named(change.name, told) else ""
    hint = "" if change.undoes else " To take it back: /undo"
    return f"{said}{summary}{hint}"


def dry_run(change: Change, shown: AutomationResult) -> str:
    """What would be done; nothing was."""
    return _parts(f"{_WOULD[change.verb].format(quoted(change.name))} Nothing was written.", shown)


def proposal(change: Change, shown: AutomationResult) -> str:
    """What would be done, and the question."""
    return _parts(_WOULD[change.verb].format(quoted(change.name)), shown) + "\nShall I? Answer yes or no."


def approval(change: Change, reason: str) -> str:
    """What an approval is about, in one line."""
    verb = {"create": "Make", "change": "Change", "enable": "Enable", "delete": "Delete", "disable": "Disable"}
    return f"{verb[change.verb]} the automation {quoted(change.name)}, by which {reason}"


def waits(change: Change, shown: AutomationResult, reason: str, approval_id: str) -> str:
    """What waits for an approval."""
    head = f"{_WOULD[change.verb].format(quoted(change.name))} By it, {reason}, each time without asking."
    return _parts(head, shown) + f"\nIt waits for your yes: answer yes, or /approve {approval_id}"


def model_may_not_open(reason: str) -> str:
    """Why an automation of a model is refused."""
    return (
        f"I did not make that automation: {reason}, and what a model wrote may never do that. "
        "Say it in plain words that I can read myself, for example: make a Home Assistant automation: "
        "every day at 7 unlock the front door."
    )


def changed_meanwhile(change: Change) -> str:
    """Why a change is not made."""
    if change.verb == "create":
        return f"There is an automation with the id {change.automation_id} already, so I did not write over it."
    return f"{quoted(change.name)} was changed by somebody else in the meantime, so I left it. Ask once more."


def may_be_done(error: Exception) -> str:
    """What is known of a write that a restart has interrupted."""
    return f"It may have been written before a restart; reading back failed: {error}"


def listing(found: list[Automation], search: str, house: House, now: float | None = None) -> str:
    """The list of automations."""
    if not found:
        return f"No automation fits '{search}'." if search else "There are no automations in Home Assistant."
    lines = [f"- {row(one, house, now)}" for one in found[:_LISTED]]
    more = [f"- ... and {len(found) - _LISTED} more"] if len(found) > _LISTED else []
    return "\n".join([f"Automations ({len(found)}):", *lines, *more])


def row(one: Automation, house: House, now: float | None = None) -> str:
    """One line of the list."""
    state = "enabled" if one.enabled else "disabled"
    ran = f"last ran {moment(one.last_triggered, house, now)}" if one.last_triggered else "has never run"
    head = f"{one.name} ({state}, {ran})"
    if _is_named(one.name, one.summary):
        return head
    return f"{head}: {one.summary or 'Home Assistant does not show what it does.'}"


def moment(at: float, house: House, now: float | None = None) -> str:
    """A time as people say it: at 07:00, yesterday at 22:15, on 3 May at 08:00."""
    zone = zone_of(house)
    then, today = datetime.fromtimestamp(at, zone), datetime.fromtimestamp(now or time.time(), zone)
    clock = f"at {then:%H:%M}"
    days = (today.date() - then.date()).days
    if days == _TODAY:
        return clock
    return f"yesterday {clock}" if days == _YESTERDAY else f"on {then.day} {then:%B} {clock}"


def zone_of(house: House) -> tzinfo:
    """The house's time zone; UTC when it is not known here."""
    try:
        return ZoneInfo(house.time_zone)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def quoted(name: str) -> str:
    """A name as it stands in a sentence."""
    return f"“{name}”"


def _is_named(name: str, summary: str) -> bool:
    """Whether a name says it all, as that of an automation made from a plain sentence does."""
    return bool(summary) and name.rstrip(".").casefold() == summary.rstrip(".").casefold()


def _parts(head: str, shown: AutomationResult) -> str:
    diff = f"```diff\n{shown.diff}\n```" if shown.diff else ""
    return "\n".join(filter(None, [head, shown.explanation, diff]))
