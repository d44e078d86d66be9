"""MQTT packets as browsers send them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wactorz_common.packets import publish_packet
from wactorz_gateway.live.packets import Cursor, Malformed, Packet, PacketReader, blob, packet, varint

PACKETS = st.lists(
    st.builds(Packet, st.integers(1, 15), st.integers(0, 15), st.binary(max_size=300)), min_size=1, max_size=8
)


def bytes_of(packets):
    return b"".join(packet(one.kind, one.flags, one.body) for one in packets)


def cut(data, places):
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges)]


@given(PACKETS, st.lists(st.integers(0, 10_000), max_size=8))
def test_packets_are_found_however_the_bytes_are_cut(packets, places):
    reader, found = PacketReader(), []
    for piece in cut(bytes_of(packets), places):
        found += reader.feed(piece)
    assert found == packets
    assert reader.pending == 0


@given(st.lists(st.binary(max_size=200), max_size=10))
def test_any_bytes_are_packets_or_malformed(pieces):
    reader = PacketReader()
    try:
        for piece in pieces:
            for one in reader.feed(piece):
                assert 0 <= one.kind <= 15
    except Malformed:
        return
    assert reader.pending <= sum(map(len, pieces))


def test_a_packet_that_is_too_large_is_refused_by_its_length():
    with pytest.raises(Malformed, match="64 KiB"):
        PacketReader().feed(b"\x10" + varint(64 * 1024 + 1))
    with pytest.raises(Malformed):
        PacketReader(10**9).feed(b"\x10\xff\xff\xff\xff")
    assert PacketReader().feed(packet(3, 0, b"x" * 65_536))[0].body == b"x" * 65_536


def test_properties_are_read_as_they_came():
    raw = b"\x21\x00\x0a" + b"\x26" + blob(b"a") + blob(b"b") + b"\x27\x00\x01\x00\x00"
    found = Cursor(varint(len(raw)) + raw).properties()
    assert found == {0x21: b"\x00\x0a", 0x26: blob(b"a") + blob(b"b"), 0x27: b"\x00\x01\x00\x00"}


@pytest.mark.parametrize(
    "raw", [b"\x7f\x00", b"\x21\x00", b"\x26\x00\x05a", b"\x11\x00\x00\x00", b"\xff\xff\xff\xff\xff"]
)
def test_wrong_properties_are_malformed(raw):
    with pytest.raises(Malformed):
        Cursor(varint(len(raw)) + raw).properties()


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x05abc", b"\x00\x01\xff", b"\x00\x01\x00"])
def test_wrong_texts_are_malformed(data):
    with pytest.raises(Malformed):
        Cursor(data).text()


def test_publish_packets_of_the_bus_are_understood():
    sent = publish_packet("custom/a", b"{}", 1, 7, {"user_property": ("k", "v")})
    (found,) = PacketReader().feed(sent)
    body = Cursor(found.body)
    assert (found.kind, found.flags, body.text(), body.number(2)) == (3, 2, "custom/a", 7)
    assert body.properties() == {0x26: blob(b"k") + blob(b"v")}
