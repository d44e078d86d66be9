"""What a browser with a ticket may ask."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wactorz_gateway.live.checkpoint import BROKEN, NORMAL, VIOLATION, Checkpoint, Verdict, allowed
from wactorz_gateway.live.packets import PINGREQ, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, Packet, PacketReader, blob
from wactorz_gateway.live.visible import MAX_FILTERS

CUSTOM = ("custom/#",)
GRANTED, REFUSED, TOO_MANY = b"\x90\x04\x00\x01\x00\x00", b"\x90\x04\x00\x01\x00\x87", b"\x90\x04\x00\x01\x00\x97"


def subscribe(*filters, properties=b"\x00"):
    return Packet(SUBSCRIBE, 2, b"\x00\x01" + properties + b"".join(blob(one.encode()) + b"\x01" for one in filters))


def unsubscribe(*filters):
    return Packet(UNSUBSCRIBE, 2, b"\x00\x01\x00" + b"".join(blob(one.encode()) for one in filters))


def test_allowed_subscriptions_are_granted():
    point = Checkpoint(5, CUSTOM)
    verdict = point.judge(subscribe("custom/a", "custom/b/#"))
    assert verdict == Verdict(b"\x90\x05\x00\x01\x00\x00\x00", ("custom/a", "custom/b/#"))
    assert point.subscribed == {"custom/a", "custom/b/#"}
    assert point.judge(unsubscribe("custom/a")) == Verdict(b"\xb0\x04\x00\x01\x00\x00")
    assert point.subscribed == {"custom/b/#"}


def test_others_are_refused():
    point = Checkpoint(5, CUSTOM)
    assert point.judge(subscribe("custom/a", "home/#")) == Verdict(b"\x90\x05\x00\x01\x00\x87\x87")
    assert point.judge(subscribe("custom/a", properties=b"\x02\x0b\x05")).back[-1] == 0xA1
    assert not point.subscribed


def test_there_is_a_limit_of_subscriptions():
    point = Checkpoint(5, CUSTOM)
    for number in range(MAX_FILTERS):
        assert point.judge(subscribe(f"custom/{number}")).back == GRANTED
    assert point.judge(subscribe("custom/more")) == Verdict(TOO_MANY)
    assert point.judge(subscribe("custom/1")).back == GRANTED
    point.judge(unsubscribe("custom/1"))
    assert point.judge(subscribe("custom/more")).back == GRANTED
    assert point.judge(subscribe("home/x")).back == REFUSED


def test_a_packet_with_thousands_of_filters_is_refused_at_once_also_when_they_are_the_same():
    point = Checkpoint(5, CUSTOM)
    verdict = point.judge(subscribe(*["custom/a"] * 4_000))
    assert (verdict.back[-1], verdict.keeping, point.subscribed) == (0x97, (), set())


@pytest.mark.parametrize("level", [4, 5])
def test_publishing_ends_the_connection(level):
    verdict = Checkpoint(level, CUSTOM).judge(Packet(PUBLISH, 0, blob(b"custom/a") + b"\x00{}"))
    assert verdict.code == VIOLATION
    assert "only reads" in verdict.over
    assert verdict.back == (b"\xe0\x01\x87" if level == 5 else b"")


def test_pings_are_answered_and_a_goodbye_ends_it():
    point = Checkpoint(5, CUSTOM)
    assert point.judge(Packet(PINGREQ, 0, b"")) == Verdict(b"\xd0\x00")
    assert point.judge(Packet(14, 0, b"\x04")).code == NORMAL


@pytest.mark.parametrize(
    "given_packet",
    [Packet(1, 0, b""), Packet(15, 0, b""), Packet(4, 0, b"\x00\x01"), Packet(0, 0, b""), Packet(PINGREQ, 0, b"x"),
     Packet(SUBSCRIBE, 2, b"")],
)  # fmt: skip
def test_anything_else_is_broken(given_packet):
    verdict = Checkpoint(5, CUSTOM).judge(given_packet)
    assert verdict.over
    assert verdict.code == BROKEN


@given(st.binary(max_size=200), st.sampled_from([4, 5]))
def test_whatever_comes_nothing_outside_of_the_ticket_is_subscribed_to(body, level):
    point = Checkpoint(level, CUSTOM)
    for kind in range(16):
        for flags in (0, 2, 3):
            verdict = point.judge(Packet(kind, flags, body))
            PacketReader().feed(verdict.back)
    assert allowed(tuple(point.subscribed), CUSTOM)


def test_filters_lie_within_those_of_the_ticket_or_do_not():
    assert allowed(("custom/a", "custom/+/b"), ("custom/#",))
    for wrong in ("#", "+/a", "custom", "$SYS/#", "$share/g/custom/a", "custom/#/a", ""):
        assert not allowed(("custom/a", wrong), ("custom/+", "custom/+/#")), wrong
