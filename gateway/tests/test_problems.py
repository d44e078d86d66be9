"""Errors as sentences for a person."""

import pytest

from wactorz_common.contracts.notices import NoticeResult
from wactorz_common.tasks import TaskEnd, TaskState
from wactorz_gateway.problems import field_problem, unfinished

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


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ({"loc": ("path", "rule_id"), "type": "string_pattern_mismatch", "msg": "String should match pattern '^x$'",
          "ctx": {"pattern": r"^[0-9a-fA-F]{1,32}$"}}, "rule_id: an id of this kind has up to 32 digits"),
        ({"loc": ("body", "label"), "type": "string_pattern_mismatch", "msg": "String should match pattern '^x$'",
          "ctx": {"pattern": "^x$"}}, "label: it is not in the form that is needed here"),
        ({"loc": ("query", "limit"), "type": "int_parsing", "msg": "Input should be a valid integer"},
         "limit: Input should be a valid integer"),
        ({"loc": ("body", "x" * 900), "type": "extra_forbidden", "msg": "Extra inputs are not permitted"}, "x" * 100),
        ({"loc": ("body",), "type": "missing", "msg": "Field required"}, "the body: Field required"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_told_without_patterns_and_without_what_was_sent(first, said):
    told = field_problem(first)
    assert told.startswith(said)
    assert "pattern" not in told
    assert len(told) < 250
