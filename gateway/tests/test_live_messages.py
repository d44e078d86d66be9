"""What the MQTT packets of browsers ask for, and the answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wactorz_gateway.live.messages import (
    BAD_LOGIN,
    NOT_AUTHORIZED,
    TOO_LARGE,
    UNAVAILABLE,
    connack,
    goodbye,
    published,
    read_connect,
    read_subscribe,
    read_unsubscribe,
    suback,
    unsuback,
)
from wactorz_gateway.live.packets import Cursor, Malformed, Packet, PacketReader, blob, varint

WILL = blob(b"agents/x/status") + blob(b"gone")


def connect(level=5, flags=0xC2, keep_alive=10, properties=b"", name=b"MQTT", rest=None):
    head = blob(name) + bytes((level, flags)) + keep_alive.to_bytes(2, "big")
    head += varint(len(properties)) + properties if level == 5 else b""
    return Packet(1, 0, head + (blob(b"id") + blob(b"ann") + blob(b"pw") if rest is None else rest))


def one_of(data):
    (found,) = PacketReader().feed(data)
    return found


@pytest.mark.parametrize("level", [4, 5])
def test_a_connect_is_read(level):
    asked = read_connect(connect(level, properties=b"\x11\xff\xff\xff\xff\x27\x00\x00\x10\x00"))
    assert (asked.level, asked.keep_alive) == (level, 10)
    assert (asked.username, asked.password, asked.client_id) == ("ann", b"pw", "id")
    assert asked.largest == (4_096 if level == 5 else 0)
    assert not asked.special


@pytest.mark.parametrize("level", [4, 5])
def test_a_will_and_another_way_to_log_in_are_seen(level):
    will = (b"\x00" if level == 5 else b"") + WILL
    rest = blob(b"id") + will + blob(b"ann") + blob(b"pw")
    assert read_connect(connect(level, flags=0xC6, rest=rest)).special
    assert read_connect(connect(properties=b"\x15" + blob(b"SCRAM"))).special


@pytest.mark.parametrize(
    "wrong",
    [connect(level=3), connect(name=b"MQIsdp"), connect(flags=0xC3), connect(flags=0xDA), connect(flags=0xE2),
     connect(level=4, flags=0x42, rest=blob(b"id") + blob(b"pw")), connect(rest=blob(b"id")), connect(rest=b""),
     connect(rest=blob(b"id") + blob(b"a") + blob(b"b") + b"x"), Packet(1, 1, connect().body), Packet(3, 0, b""),
     Packet(1, 0, b"")],
)  # fmt: skip
def test_what_is_no_connect_is_malformed(wrong):
    with pytest.raises(Malformed):
        read_connect(wrong)


@given(st.integers(0, 15), st.integers(0, 15), st.binary(max_size=80), st.sampled_from([4, 5]))
def test_any_packet_is_read_or_malformed(kind, flags, body, level):
    given_packet = Packet(kind, flags, body)
    for read in (read_connect, lambda one: read_subscribe(one, level), lambda one: read_unsubscribe(one, level)):
        try:
            read(given_packet)
        except Malformed:
            continue


def subscribe(*filters, level=5, options=2, packet_id=b"\x00\x07", properties=b""):
    head = packet_id + (varint(len(properties)) + properties if level == 5 else b"")
    return Packet(8, 2, head + b"".join(blob(one.encode()) + bytes((options,)) for one in filters))


@pytest.mark.parametrize("level", [4, 5])
def test_subscriptions_are_read(level):
    asked = read_subscribe(subscribe("a/+", "b/#", level=level), level)
    assert (asked.packet_id, asked.filters, asked.keeping, asked.numbered) == (
        b"\x00\x07", ("a/+", "b/#"), ("a/+", "b/#"), False,
    )  # fmt: skip


def test_options_and_the_identifier_of_version_5_are_seen():
    assert read_subscribe(subscribe("a", options=0b101110), 5).keeping == ()
    assert read_subscribe(subscribe("a", options=0b011110), 5).keeping == ("a",)
    assert read_subscribe(subscribe("a", properties=b"\x0b\x05"), 5).numbered


@pytest.mark.parametrize(
    ("wrong", "level"),
    [(Packet(8, 0, subscribe("a").body), 5), (subscribe(), 5), (subscribe("a", options=3), 5),
     (subscribe("a", options=0x42), 5), (subscribe("a", level=4, options=4), 4), (subscribe("a", packet_id=b"\0\0"), 5),
     (subscribe("a", options=0b110000), 5), (subscribe("a", properties=b"\xff"), 5),
     (Packet(8, 2, b"\x00\x07\x00\x00\x09a"), 5)],
)  # fmt: skip
def test_wrong_subscriptions_are_malformed(wrong, level):
    with pytest.raises(Malformed):
        read_subscribe(wrong, level)


@pytest.mark.parametrize("level", [4, 5])
def test_unsubscriptions_are_read(level):
    head = b"\x00\x01" + (b"\x00" if level == 5 else b"")
    assert read_unsubscribe(Packet(10, 2, head + blob(b"a") + blob(b"b")), level) == (b"\x00\x01", ("a", "b"))
    for wrong in (Packet(10, 2, head), Packet(10, 0, head + blob(b"a")), Packet(10, 2, head + b"\x00")):
        with pytest.raises(Malformed):
            read_unsubscribe(wrong, level)


def test_answers_are_what_each_version_knows():
    old, new = read_connect(connect(4)), read_connect(connect(rest=blob(b"") + blob(b"ann") + blob(b"pw")))
    assert connack(old) == b"\x20\x02\x00\x00"
    assert [connack(old, one)[3] for one in (BAD_LOGIN, NOT_AUTHORIZED, UNAVAILABLE, TOO_LARGE)] == [4, 5, 3, 5]
    assert connack(new, BAD_LOGIN) == b"\x20\x03\x00\x86\x00"
    told = Cursor(one_of(connack(new, assigned="b-1")).body[2:]).properties()
    assert told == {0x24: b"\0", 0x29: b"\0", 0x2A: b"\0", 0x27: b"\0\1\0\0", 0x12: blob(b"b-1")}
    assert suback(b"\x00\x07", 2, 5, NOT_AUTHORIZED) == b"\x90\x05\x00\x07\x00\x87\x87"
    assert suback(b"\x00\x07", 2, 4, NOT_AUTHORIZED) == b"\x90\x04\x00\x07\x80\x80"
    assert suback(b"\x00\x07", 1, 4) == b"\x90\x03\x00\x07\x00"
    assert unsuback(b"\x00\x07", 2, 5) == b"\xb0\x05\x00\x07\x00\x00\x00"
    assert unsuback(b"\x00\x07", 2, 4) == b"\xb0\x02\x00\x07"
    assert goodbye(5, NOT_AUTHORIZED) == b"\xe0\x01\x87"
    assert goodbye(4, NOT_AUTHORIZED) == b""


@pytest.mark.parametrize(("level", "gap"), [(4, b""), (5, b"\x00")])
def test_messages_are_published_at_quality_of_service_0(level, gap):
    found = one_of(published("a/b", b"{}", level, retained=True))
    assert (found.kind, found.flags, found.body) == (3, 1, blob(b"a/b") + gap + b"{}")
    assert one_of(published("a/b", b"", level)).flags == 0
