"""How calls end, and the one end of a task that is made of them."""

from dataclasses import dataclass, field, replace
from typing import Any

from wactorz_common.contracts.home import ActuationResult, CallOutcome, ServiceCall
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import Expired, Refused
from wactorz_home_assistant_actuator.german import phrase
from wactorz_home_assistant_actuator.proofs import Effect

HALTED = "Everything is stopped, so nothing was sent; say /go to let devices act again."

Proofs = tuple[tuple[str, Effect], ...]
"""What each entity has to show."""


@dataclass(frozen=True)
class Ended:
    """How a call ended: whether a device may have felt it, what waits for a yes, what was seen before and after.

    `own` is the end of what was to be done at once; None when all of the call waits. `late` may still prove it.
    """

    outcome: CallOutcome
    acted: bool = False
    own: TaskState | None = None
    waits: ServiceCall | None = None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    late: Proofs = ()

    def given_up(self, reason: str) -> "Ended":
        """The same when nobody can be asked about what waits."""
        detail = f"{self.outcome.detail} {reason}" if self.acted else reason
        outcome = self.outcome.model_copy(update={"detail": detail, "state": TaskState.FAILED})
        own = self.own if self.own is TaskState.UNKNOWN else TaskState.FAILED
        return replace(self, outcome=outcome, own=own, waits=None)


def conclude(ends: list[Ended], approval_id: str = "") -> tuple[TaskState, ActuationResult]:
    """The one end of the task; raises Refused or Expired when no device can have felt anything and nothing waits."""
    outcomes = tuple(_with_approval(end, approval_id) for end in ends)
    text = " ".join(dict.fromkeys(outcome.detail for outcome in outcomes if outcome.detail))
    if not approval_id and not any(end.acted or end.own is TaskState.DONE for end in ends):
        raise Expired(text) if {end.own for end in ends} == {TaskState.EXPIRED} else Refused(text)
    result = ActuationResult(outcomes=outcomes, text=text, approval_id=approval_id)
    states = {end.own for end in ends if end.own is not None}
    if TaskState.UNKNOWN in states:
        return TaskState.UNKNOWN, result
    return (TaskState.DONE if states <= {TaskState.DONE} else TaskState.FAILED), result


def _with_approval(end: Ended, approval_id: str) -> CallOutcome:
    return end.outcome.model_copy(update={"approval_id": approval_id}) if end.waits is not None else end.outcome


def not_done(call: ServiceCall, detail: str) -> Ended:
    """The end of a call that was not sent."""
    return Ended(CallOutcome(call=call, state=TaskState.FAILED, detail=detail), own=TaskState.FAILED)


def too_late(call: ServiceCall, *, recovered: bool) -> Ended:
    """The end of a call whose time is over."""
    if recovered:
        detail = phrase(
            "It may have been done before a restart, but it does not show; it is too late to send it again."
        )
        state = TaskState.UNKNOWN
    else:
        detail, state = phrase("Its time had passed, so it was not sent."), TaskState.EXPIRED
    return Ended(CallOutcome(call=call, state=state, detail=detail), acted=recovered, own=state)
