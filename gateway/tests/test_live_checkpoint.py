"""What a browser with a ticket may say to the broker."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wactorz_gateway.live.checkpoint import BROKEN, VIOLATION, Checkpoint, Passing
from wactorz_gateway.live.packets import PINGREQ, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, Packet, PacketReader, blob
from wactorz_gateway.live.visible import MAX_FILTERS

CUSTOM = ("custom/#",)


def subscribe(*filters):
    return Packet(SUBSCRIBE, 2, b"\x00\x01\x00" + b"".join(blob(one.encode()) + b"\x00" for one in filters))


def unsubscribe(*filters):
    return Packet(UNSUBSCRIBE, 2, b"\x00\x01\x00" + b"".join(blob(one.encode()) for one in filters))


def test_allowed_subscriptions_go_on():
    point = Checkpoint(5, CUSTOM)
    passing = point.judge(subscribe("custom/a", "custom/b/#"))
    assert passing.onward
    assert not passing.back
    assert not passing.over
    assert point.subscribed == {"custom/a", "custom/b/#"}
    assert point.judge(unsubscribe("custom/a")).onward
    assert point.subscribed == {"custom/b/#"}


def test_others_are_answered_here():
    point = Checkpoint(5, CUSTOM)
    assert point.judge(subscribe("custom/a", "home/#")) == Passing(back=b"\x90\x05\x00\x01\x00\x87\x87")
    assert not point.subscribed


def test_there_is_a_limit_of_subscriptions():
    point = Checkpoint(5, CUSTOM)
    for number in range(MAX_FILTERS):
        assert point.judge(subscribe(f"custom/{number}")).onward
    assert point.judge(subscribe("custom/more")).back
    assert point.judge(subscribe("custom/1")).onward
    point.judge(unsubscribe("custom/1"))
    assert point.judge(subscribe("custom/more")).onward


@pytest.mark.parametrize("level", [4, 5])
def test_publishing_ends_the_connection(level):
    passing = Checkpoint(level, CUSTOM).judge(Packet(PUBLISH, 0, blob(b"custom/a") + b"\x00{}"))
    assert (passing.onward, passing.code) == (b"", VIOLATION)
    assert "only reads" in passing.over
    assert passing.back == (b"\xe0\x01\x87" if level == 5 else b"")


def test_pings_go_on_and_a_goodbye_ends_it():
    point = Checkpoint(5, CUSTOM)
    assert point.judge(Packet(PINGREQ, 0, b"")).onward == b"\xc0\x00"
    passing = point.judge(Packet(14, 0, b"\x04"))
    assert (passing.onward, passing.code) == (b"\xe0\x00", 1000)


@pytest.mark.parametrize("given_packet", [Packet(1, 0, b""), Packet(15, 0, b""), Packet(4, 0, b"\x00\x01"), Packet(0, 0, b""),
                                          Packet(PINGREQ, 0, b"x"), Packet(SUBSCRIBE, 2, b"")])  # fmt: skip
def test_anything_else_is_broken(given_packet):
    passing = Checkpoint(5, CUSTOM).judge(given_packet)
    assert passing.over
    assert passing.code == BROKEN
    assert not passing.onward


@given(st.binary(max_size=200), st.sampled_from([4, 5]))
def test_only_subscriptions_pings_and_goodbyes_ever_reach_the_broker(body, level):
    for kind in range(16):
        for flags in (0, 2, 3):
            passing = Checkpoint(level, CUSTOM).judge(Packet(kind, flags, body))
            for onward in PacketReader().feed(passing.onward):
                assert onward.kind in (SUBSCRIBE, UNSUBSCRIBE, PINGREQ, 14)
