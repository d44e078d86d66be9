"""Bounds of a connection, as decisions."""

import pytest

from wactorz_gateway.httpline import MAX_HEAD, Crowd, Line, Phase, head_fault

PLAIN = [(b"host", b"localhost"), (b"accept", b"*/*")]


def line(phase, *, small=True):
    made = Line(idle=20.0, since=0.0, small=small)
    made.enter(phase, 100.0)
    return made


def test_a_head_has_its_time_whatever_drips():
    head = line(Phase.HEAD)
    for moment in range(101, 119):
        head.feed(1, float(moment))
    assert head.ends_at == 120.0


def test_a_large_body_may_take_long_while_bytes_come():
    upload = line(Phase.BODY, small=False)
    assert upload.ends_at == 120.0
    for moment in range(110, 1_000, 10):
        upload.feed(1_000, float(moment))
        upload.deliver(1_000)
        assert upload.ends_at == moment + 20.0
    assert upload.fault is None


def test_a_small_body_may_not_drip():
    body = line(Phase.BODY)
    body.feed(1, 115.0)
    assert body.ends_at == 135.0
    body.feed(1, 155.0)
    assert body.ends_at == 160.0


def test_an_answer_may_take_any_time_and_the_next_request_may_not():
    assert line(Phase.SERVED).ends_at == float("inf")
    assert line(Phase.WAITING).ends_at == 120.0
    assert line(Phase.LEAVING).ends_at == 105.0


def test_chunks_of_a_byte_are_fine_and_endless_extensions_are_not():
    body = line(Phase.BODY, small=False)
    for _ in range(100_000):
        body.feed(6, 101.0)
        body.deliver(1)
    assert body.fault is None
    body.enter(Phase.BODY, 101.0)
    body.feed(MAX_HEAD, 101.0)
    assert body.fault is None
    body.feed(1, 101.0)
    assert body.fault.status == 400


def test_a_head_counts_from_its_first_byte():
    head = line(Phase.WAITING)
    head.feed(MAX_HEAD, 101.0)
    head.enter(Phase.HEAD, 101.0)
    assert head.fault is None
    head.feed(1, 102.0)
    assert head.fault.status == 431


def test_plain_headers_are_served():
    assert head_fault("1.1", PLAIN) is None
    assert head_fault("1.0", PLAIN) is None
    assert head_fault("1.1", [*PLAIN, (b"transfer-encoding", b"Chunked"), (b"cookie", b"a"), (b"cookie", b"b")]) is None


@pytest.mark.parametrize(
    ("version", "more", "status"),
    [
        ("2.0", [], 505),
        ("0.9", [], 505),
        ("1.1", [(b"host", b"evil.example")], 400),
        ("1.1", [(b"x-api-key", b"a"), (b"x-api-key", b"b")], 400),
        ("1.1", [(b"transfer-encoding", b"identity"), (b"transfer-encoding", b"chunked")], 400),
        ("1.1", [(b"transfer-encoding", b"gzip, chunked")], 501),
        ("1.0", [(b"transfer-encoding", b"chunked")], 501),
    ],
)
def test_what_two_readers_could_read_in_two_ways_is_refused(version, more, status):
    assert head_fault(version, [*PLAIN, *more]).status == status


def test_one_address_has_so_many_connections():
    crowd = Crowd(most=100, per_address=2)
    assert [crowd.enter("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert crowd.enter("192.0.2.2")
    crowd.leave("192.0.2.1")
    assert crowd.enter("192.0.2.1")
    assert [crowd.enter(f"2001:db8::{number}") for number in range(3)] == [True, True, False]  # one household
    assert all(crowd.enter("127.0.0.1") for _ in range(32))
    assert not crowd.enter("127.0.0.1")


def test_all_together_have_so_many_too():
    crowd = Crowd(most=3, per_address=None)
    assert [crowd.enter("192.0.2.1") for _ in range(4)] == [True, True, True, False]
    crowd.leave("192.0.2.1")
    assert crowd.enter("192.0.2.3")
