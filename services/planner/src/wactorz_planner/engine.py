"""The engine: what a rule does when something happens; pure, time is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from wactorz_common.contracts.rules import NumericTrigger, RuleDraft
from wactorz_planner import hours
from wactorz_planner.clock import Place
from wactorz_planner.readings import Reading, condition_holds, lingers, trigger_holds

STOPPED = "everything is stopped"
QUIET = "within its quiet time"
OUTSIDE_HOURS = "outside its hours"
UNMET = "its trigger was met, but not its conditions"
"""Why a crossing does not act; kept in English, told in the language of whoever asks."""


@dataclass(frozen=True, slots=True)
class RuleState:
    """What the engine keeps of a rule between events: all of it survives restarts.

    `held` is whether the trigger held when last known, None before the first reading. `pending_since` is when a
    crossing began whose duration is not over. Until `quiet_until` crossings are recorded without acting. The clock
    triggers from `anchor` on; `ticked_at` is the last of its moments that was decided on.
    """

    held: bool | None = None
    pending_since: float | None = None
    quiet_until: float = 0.0
    anchor: float = 0.0
    ticked_at: float | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything outside the rule that a decision depends on."""

    now: float
    readings: Mapping[str, Reading] = field(default_factory=dict)
    halted: bool = False
    resync: bool = False
    place: Place | None = None


class Verdict(StrEnum):
    """What comes of an event."""

    NOTHING = "nothing"
    FIRE = "fire"
    SUPPRESSED = "suppressed"
    UNMET = "unmet"
    HELD_BACK = "held_back"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Decision:
    """The rule's state after an event, what to do, and why it does not act, as a clause."""

    state: RuleState
    verdict: Verdict = Verdict.NOTHING
    why: str = ""


def observe(draft: RuleDraft, state: RuleState, reading: Reading | None, moment: Moment) -> Decision:
    """Take in a reading of the trigger's entity (None: it is gone).

    Only a crossing from not holding to holding counts. The first reading ever is no crossing; a reading after an
    absence is compared with the last one before it. What holds no longer counts as held within the hysteresis.
    """
    holds = trigger_holds(draft.trigger, reading)
    since = _held_since(draft, reading, moment) if holds else moment.now
    return meet(draft, state, holds, moment, since=since, lingering=lingers(draft.trigger, reading))


def meet(
    draft: RuleDraft, state: RuleState, holds: bool | None, moment: Moment, *, since: float | None = None,
    lingering: bool = False,
) -> Decision:  # fmt: skip
    """Take in whether the trigger holds now, and since when; None when that cannot be told."""
    if holds is None:
        interrupted = state.pending_since is not None
        return Decision(replace(state, held=False, pending_since=None) if interrupted else state)
    if not holds:
        return Decision(_let_go(state, lingering=lingering))
    if state.held is None:
        return Decision(replace(state, held=True))
    since = moment.now if since is None else since
    if state.held:
        if state.pending_since is not None and moment.resync and since < moment.now:
            state = replace(state, pending_since=max(state.pending_since, since))
        return due(draft, state, moment)
    if draft.held_seconds:
        return due(draft, replace(state, held=True, pending_since=since), moment)
    return _cross(draft, replace(state, held=True), moment, moment.now)


def strike(draft: RuleDraft, state: RuleState, moment: Moment) -> Decision:
    """Decide on an event that is a crossing by itself, as each message is for a trigger that takes any."""
    return _cross(draft, state, moment, moment.now)


def due(draft: RuleDraft, state: RuleState, moment: Moment) -> Decision:
    """Decide on a crossing whose duration may be over now."""
    due_at = pending_until(draft, state)
    if due_at is None or moment.now < due_at:
        return Decision(state)
    return _cross(draft, replace(state, pending_since=None), moment, moment.now)


def tick(draft: RuleDraft, state: RuleState, scheduled_at: float, moment: Moment) -> Decision:
    """Decide on a moment at which the clock triggers; the quiet time counts from that moment, however late it is."""
    return _cross(draft, replace(state, ticked_at=scheduled_at), moment, scheduled_at)


def pending_until(draft: RuleDraft, state: RuleState) -> float | None:
    """When a pending crossing becomes due, in epoch seconds."""
    return None if state.pending_since is None else state.pending_since + draft.held_seconds


def _let_go(state: RuleState, *, lingering: bool) -> RuleState:
    """The trigger holds no longer; a duration that was not over never counted, so no hysteresis guards it."""
    held = state.held is True and state.pending_since is None and lingering
    if state.held is held and state.pending_since is None:
        return state
    return replace(state, held=held, pending_since=None)


def _cross(draft: RuleDraft, state: RuleState, moment: Moment, at: float) -> Decision:
    if moment.halted:
        return Decision(state, Verdict.SUPPRESSED, STOPPED)
    if _quiet(draft, state, at):
        return Decision(state, Verdict.SUPPRESSED, QUIET)
    if not _open(draft, moment):
        return Decision(state, Verdict.UNMET, OUTSIDE_HOURS)
    if not all(condition_holds(condition, moment.readings) for condition in draft.conditions):
        return Decision(state, Verdict.UNMET, UNMET)
    return Decision(replace(state, quiet_until=at + draft.cooldown_seconds), Verdict.FIRE)


def _open(draft: RuleDraft, moment: Moment) -> bool:
    """Whether the rule may act at this time of day; not before the time zone of the house is known."""
    return draft.hours is None or (
        moment.place is not None and hours.within(draft.hours, moment.now, moment.place.zone)
    )


def _quiet(draft: RuleDraft, state: RuleState, at: float) -> bool:
    """Within the cool-down; one that is longer than it can be comes from a clock that was set back."""
    return 0 < state.quiet_until - at <= draft.cooldown_seconds


def _held_since(draft: RuleDraft, reading: Reading | None, moment: Moment) -> float:
    """Since when the trigger holds: of a resynchronized state its own time is known, of a number only the newest."""
    changed_at = reading.changed_at if reading else None
    if not moment.resync or changed_at is None or isinstance(draft.trigger, NumericTrigger):
        return moment.now
    return min(changed_at, moment.now)
