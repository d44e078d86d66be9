import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wactorz_common.contracts.tasks import TaskReply, TaskState
from wactorz_common.task_rules import (
    InboxRow,
    Verdict,
    end_of_unanswered,
    ending,
    fingerprint,
    next_delay,
    verdict_for,
)


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(0, 2), (1, 2), (2, 4), (3, 8), (4, 16), (5, 30), (6, 30), (10_000, 30)]
)
def test_the_delay_doubles_from_two_seconds_to_thirty(attempt, seconds):
    assert next_delay(attempt, 0.0) == seconds
    assert seconds < next_delay(attempt, 0.999) < seconds * 1.2


def row(state, digest=b"h"):
    return InboxRow("t", "a", "s", b"", digest, 0.0, 100.0, "r", None, "", 1, state, None)


@pytest.mark.parametrize(
    ("known", "digest", "now", "verdict"),
    [
        (None, b"h", 100.0, Verdict.NEW),
        (None, b"h", 100.1, Verdict.EXPIRED),
        (row("intent"), b"h", 50.0, Verdict.RUNNING),
        (row("intent"), b"h", 500.0, Verdict.RUNNING),
        (row("intent"), b"x", 50.0, Verdict.CONFLICT),
        (row("done"), b"h", 500.0, Verdict.ENDED),
        (row("failed"), b"h", 50.0, Verdict.ENDED),
        (row("expired"), b"h", 500.0, Verdict.ENDED),
        (row("unknown"), b"x", 500.0, Verdict.CONFLICT),
    ],
)
def test_the_verdict_on_a_task_that_came_in(known, digest, now, verdict):
    assert verdict_for(known, digest=digest, deadline_at=100.0, now=now) is verdict


@pytest.mark.parametrize(
    ("sent", "now", "state"),
    [(True, 9.9, None), (False, 9.9, None), (True, 10.0, TaskState.UNKNOWN), (False, 10.0, TaskState.EXPIRED)],
)
def test_the_end_of_a_task_that_nobody_answered(sent, now, state):
    assert end_of_unanswered(ever_sent=sent, ends_at=10.0, now=now) is state


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        ({}, "done"),
        ({"_state": "unknown"}, "unknown"),
        ({"error": "no"}, "failed"),
        ({"error": "late", "_state": "expired"}, "expired"),
        ({"error": "odd", "_state": "done"}, "done"),
    ],
)
def test_the_state_that_a_reply_reports(reply, state):
    assert ending(TaskReply.accept(reply)) == state


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), json_values, max_size=8), st.randoms())
def test_the_fingerprint_ignores_spelling_and_what_one_sending_adds(content, chance):
    keys = list(content)
    chance.shuffle(keys)
    again = {"_deadline_at": 7.5, "_trace_id": "x", **{key: content[key] for key in keys}, "_reply_topic": "r/2"}
    plain = {key: value for key, value in content.items() if key not in ("_deadline_at", "_trace_id", "_reply_topic")}
    assert fingerprint(json.dumps(again, indent=1).encode()) == fingerprint(json.dumps(plain).encode())


@given(st.binary(), st.binary())
def test_the_fingerprint_tells_bodies_apart_that_are_not_json(one, other):
    one, other = b"\x00" + one, b"\x00" + other
    assert (fingerprint(one) == fingerprint(other)) == (one == other)


@pytest.mark.parametrize("body", [b"", b"[" * 100_000, b"\xff\xfe", b'{"a": 1', b"NaN", b"1" * 10_000])
def test_the_fingerprint_stands_every_body(body):
    assert len(fingerprint(body)) == 32


def test_the_fingerprint_sees_each_value():
    assert fingerprint(b'{"a": 1}') != fingerprint(b'{"a": 2}')
    assert fingerprint(b'{"a": 1}') != fingerprint(b'{"a": "1"}')
    assert fingerprint(b'{"_sender": "a"}') != fingerprint(b'{"_sender": "b"}')
