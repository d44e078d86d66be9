"""The log of what browsers may see."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wactorz_gateway.live.events import LARGEST, EventLog, payload_text
from wactorz_gateway.live.packets import PacketReader
from wactorz_gateway.live.wire import text_frame


def filled(count, **limits):
    log = EventLog(**limits)
    for number in range(count):
        log.add(f"custom/{number}", b"{}", 1.0)
    return log


def numbers(log, place):
    return [event.number for event in log.after(place)]


def test_an_event_carries_id_topic_payload_and_time():
    log = EventLog()
    event = log.add('custom/"a"', b'{"x": [1, "\xc3\xa4"]}', 12.34567)
    told = {"id": f"{log.boot}-1", "topic": 'custom/"a"', "payload": {"x": [1, "ä"]}, "timestamp": 12.346}
    assert json.loads(event.document) == told
    assert json.loads(event.frame) == {"type": "event", **told}
    assert event.encoded("sse").decode() == f"id: {log.boot}-1\r\ndata: {event.document}\r\n\r\n"
    assert event.encoded("text") == text_frame(event.frame)
    (sent,) = PacketReader().feed(event.encoded("mqtt4")[2:])
    assert sent.body == b'\x00\x0acustom/"a"{"x": [1, "\xc3\xa4"]}'


@pytest.mark.parametrize(
    ("data", "shown"),
    [(b"21.5 C", "21.5 C"), (b"", ""), (b"\xff\x00", None), (b'{"a":\n 1}', {"a": 1}), (b"NaN", "NaN"), (b"true", True),
     (b"[" * 5_000, "[" * 5_000), (b'{"a": "\\u2028"}', {"a": "\u2028"}), ('"\u2028"'.encode(), "\u2028"),
     (b"1" * (LARGEST + 1), None)],
)  # fmt: skip
def test_payloads_of_all_kinds_become_one_line_of_json(data, shown):
    text = payload_text(data)
    assert json.loads(text) == shown
    assert len(text.splitlines()) == 1


@given(st.binary(max_size=60))
def test_any_payload_is_one_line_of_json(data):
    text = payload_text(data)
    json.loads(text, parse_constant=pytest.fail)
    assert "\n" not in text
    assert "\r" not in text


def test_the_log_is_bounded_in_number_and_bytes():
    log = filled(50, max_events=20)
    assert (len(log), log.first, log.last) == (20, 31, 50)
    small = filled(50, max_bytes=4_200)
    assert len(small) == 10
    assert small.bytes <= 4_200


def test_nothing_is_missing_after_a_known_id():
    log = filled(30, max_events=20)
    assert log.resume(f"{log.boot}-15") == (15, False)
    assert numbers(log, 15) == list(range(16, 31))
    assert log.resume(f"{log.boot}-10") == (10, False)
    assert log.resume(log.last_id) == (30, False)
    assert log.resume("") == (30, False)


@pytest.mark.parametrize("last_id", ["{boot}-9", "{boot}-31", "beef-20", "x", "-", "{boot}-", "{boot}-²", "{boot}-" + "9" * 30, "{boot}--1"])  # fmt: skip
def test_a_gap_is_told_and_what_there_is_is_given(last_id):
    log = filled(30, max_events=20)
    place, gap = log.resume(last_id.format(boot=log.boot))
    assert gap
    assert numbers(log, place) == list(range(11, 31))


def test_who_resumes_from_before_an_interruption_is_told():
    log = filled(5, max_events=6)
    before = log.last_id
    log.interrupted()
    assert log.resume(before) == (5, True)
    assert log.resume(log.last_id) == (6, False)
    for number in range(4):
        log.add(f"custom/{number}", b"1", 1.0)
    assert numbers(log, 3) == [4, 5, 7, 8, 9, 10]
    log.add("custom/x", b"1", 1.0)
    log.add("custom/x", b"1", 1.0)
    assert numbers(log, 0) == [7, 8, 9, 10, 11, 12]
    assert log.resume(f"{log.boot}-7", since=8) == (7, True)
