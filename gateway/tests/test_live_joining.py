"""What a browser's packets become on their way to the broker."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wactorz_gateway.live.joining import (
    NOT_AUTHORIZED,
    allowed,
    goodbye,
    onward_connect,
    read_connect,
    read_subscribe,
    read_unsubscribe,
    refuse_login,
    refuse_subscribe,
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
def test_a_login_is_replaced_and_nothing_else_goes_on(level):
    asked = read_connect(connect(level, keep_alive=600, properties=b"\x11\xff\xff\xff\xff\x21\x00\x05\x17\x00"))
    assert (asked.username, asked.password, asked.client_id) == ("ann", b"pw", "id")
    onward = read_connect(one_of(onward_connect(asked, "browser-1", "reader", "secret")))
    assert (onward.username, onward.password, onward.client_id) == ("reader", b"secret", "browser-1")
    assert (onward.level, onward.keep_alive) == (level, 60)
    assert onward.properties == ({0x21: b"\x00\x05", 0x17: b"\x00"} if level == 5 else {})


@pytest.mark.parametrize("level", [4, 5])
def test_a_will_and_a_session_do_not_go_on(level):
    will = (b"\x00" if level == 5 else b"") + WILL
    asked = read_connect(connect(level, flags=0xC4, rest=blob(b"id") + will + blob(b"ann") + blob(b"pw")))
    onward = one_of(onward_connect(asked, "b", "reader", "secret")).body
    assert b"gone" not in onward
    assert Cursor(onward[7:]).number(1) == 0xC2


def test_a_broker_without_accounts_needs_no_login():
    onward = read_connect(one_of(onward_connect(read_connect(connect(keep_alive=0)), "b", "", "")))
    assert (onward.username, onward.password, onward.keep_alive) == ("", b"", 60)


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


def test_extended_authentication_is_refused():
    asked = read_connect(connect(properties=b"\x15" + blob(b"SCRAM")))
    with pytest.raises(Malformed):
        onward_connect(asked, "b", "u", "p")


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
def test_subscriptions_go_on_with_quality_of_service_0(level):
    asked = read_subscribe(subscribe("a/+", "b/#", level=level), level)
    assert asked.filters == ("a/+", "b/#")
    assert read_subscribe(one_of(asked.onward), level).onward == asked.onward
    assert asked.onward.endswith(blob(b"b/#") + b"\x00")


def test_options_and_the_identifier_of_version_5_are_kept():
    asked = read_subscribe(subscribe("a", options=0b101110, properties=b"\x0b\x05"), 5)
    assert asked.onward.endswith(b"\x02\x0b\x05" + blob(b"a") + bytes((0b101100,)))


@pytest.mark.parametrize(
    ("wrong", "level"),
    [(Packet(8, 0, subscribe("a").body), 5), (subscribe(), 5), (subscribe("a", options=3), 5),
     (subscribe("a", options=0x42), 5), (subscribe("a", level=4, options=4), 4), (subscribe("a", packet_id=b"\0\0"), 5),
     (subscribe("a", properties=b"\xff"), 5), (Packet(8, 2, b"\x00\x07\x00\x00\x09a"), 5)],
)  # fmt: skip
def test_wrong_subscriptions_are_malformed(wrong, level):
    with pytest.raises(Malformed):
        read_subscribe(wrong, level)


def test_filters_lie_within_those_of_the_ticket_or_do_not():
    assert allowed(("custom/a", "custom/+/b"), ("custom/#",))
    for wrong in ("#", "+/a", "custom", "$SYS/#", "$share/g/custom/a", "custom/#/a", ""):
        assert not allowed(("custom/a", wrong), ("custom/+", "custom/+/#")), wrong


def test_refusals_are_what_each_version_knows():
    assert refuse_login(4) == b"\x20\x02\x00\x04"
    assert refuse_login(5) == b"\x20\x03\x00\x86\x00"
    asked = read_subscribe(subscribe("a", "b"), 5)
    assert refuse_subscribe(asked, 5) == b"\x90\x05\x00\x07\x00\x87\x87"
    assert refuse_subscribe(asked, 4) == b"\x90\x04\x00\x07\x80\x80"
    assert goodbye(5, NOT_AUTHORIZED) == b"\xe0\x01\x87"
    assert goodbye(4, NOT_AUTHORIZED) == b""


@pytest.mark.parametrize("level", [4, 5])
def test_unsubscriptions_are_read(level):
    head = b"\x00\x01" + (b"\x00" if level == 5 else b"")
    assert read_unsubscribe(Packet(10, 2, head + blob(b"a") + blob(b"b")), level) == ("a", "b")
    for wrong in (Packet(10, 2, head), Packet(10, 0, head + blob(b"a")), Packet(10, 2, head + b"\x00")):
        with pytest.raises(Malformed):
            read_unsubscribe(wrong, level)
