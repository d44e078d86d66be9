"""The one end of a task."""

import pytest

from wactorz_common.contracts.home import CallOutcome, ServiceCall
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import Expired, Refused
from wactorz_home_assistant_actuator.ends import Ended, conclude, not_done, too_late

CALL = ServiceCall(domain="light", service="turn_on", entity_id=("light.a",))
DONE, FAILED, UNKNOWN = TaskState.DONE, TaskState.FAILED, TaskState.UNKNOWN


def make_end(own: TaskState | None, *, waits: bool = False) -> Ended:
    state = FAILED if waits else own or FAILED
    return Ended(CallOutcome(call=CALL, state=state, detail="x"), own is not None, own, CALL if waits else None)


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ([make_end(DONE)], DONE),
        ([make_end(DONE), make_end(FAILED)], FAILED),
        ([make_end(DONE), make_end(UNKNOWN), make_end(FAILED)], UNKNOWN),
        ([make_end(None, waits=True)], DONE),
        ([make_end(DONE, waits=True)], DONE),
        ([make_end(None, waits=True), make_end(FAILED)], FAILED),
        ([make_end(None, waits=True), make_end(UNKNOWN)], UNKNOWN),
    ],
)
def test_the_worst_that_is_known_counts_and_waiting_is_no_failure(ends: list[Ended], expected: TaskState):
    state, result = conclude(ends, "a1" if any(end.waits for end in ends) else "")
    assert state is expected
    assert result.text == "x"
    assert [one.approval_id for one in result.outcomes] == ["a1" if end.waits else "" for end in ends]


def test_nothing_done_is_an_error():
    with pytest.raises(Refused, match="no"):
        conclude([not_done(CALL, "no")])
    with pytest.raises(Expired, match="Its time had passed"):
        conclude([too_late(CALL, recovered=False)])
    assert conclude([too_late(CALL, recovered=True)])[0] is UNKNOWN


def test_what_nobody_can_be_asked_about_is_given_up():
    waiting = make_end(None, waits=True).given_up("Too many questions.")
    assert (waiting.own, waiting.waits, waiting.outcome.detail) == (FAILED, None, "Too many questions.")
    part = make_end(DONE, waits=True).given_up("Too many questions.")
    assert (part.own, part.outcome.state, part.outcome.detail) == (FAILED, FAILED, "x Too many questions.")
    with pytest.raises(Refused, match="Too many"):
        conclude([waiting])
