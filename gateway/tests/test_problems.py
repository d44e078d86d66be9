"""Errors as sentences for a person."""

import pytest

from wactorz_common.contracts.notices import NoticeResult
from wactorz_common.tasks import TaskEnd, TaskState
from wactorz_gateway.problems import unfinished

TOLD = NoticeResult(status="failed", text="discord refused it: the webhook is gone.")


@pytest.mark.parametrize(
    ("end", "status", "words"),
    [
        (TaskEnd("t", TaskState.FAILED, {}, "No such place", TOLD), 409, "No such place"),
        (TaskEnd("t", TaskState.FAILED, {}, None, TOLD), 409, "discord refused it: the webhook is gone."),
        (TaskEnd("t", TaskState.FAILED, {}, None), 409, "notifier could not do that"),
        (TaskEnd("t", TaskState.EXPIRED, {}, None), 503, "notifier did not get to it in time"),
        (TaskEnd("t", TaskState.UNKNOWN, {}, None), 504, "not certain whether it was done"),
    ],
)
def test_an_end_without_success_is_told_in_the_words_of_who_did_it(end, status, words):
    told = unfinished(end, "notifier", failed=409)
    assert told.status_code == status
    assert words in told.detail
