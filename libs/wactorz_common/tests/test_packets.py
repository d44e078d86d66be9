"""Our packets are byte for byte those of the client library."""

import gmqtt
import pytest
from gmqtt.mqtt.package import PublishPacket
from hypothesis import given
from hypothesis import strategies as st

from wactorz_common.packets import publish_packet

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)
PROPERTIES = st.fixed_dictionaries(
    {},
    optional={
        "message_expiry_interval": st.integers(0, 2**32 - 1),
        "response_topic": TEXT,
        "correlation_data": st.binary(max_size=64),
        "user_property": st.tuples(TEXT, TEXT),
    },
)


class Protocol:
    proto_ver = 5

    def __init__(self, packet_id):
        self.id_generator = self
        self._packet_id = packet_id

    def next_id(self):
        return self._packet_id


@given(TEXT, st.binary(max_size=300), st.integers(0, 1), st.integers(1, 65_535), PROPERTIES, st.booleans())
def test_packets_are_those_of_the_client(topic, payload, qos, packet_id, properties, retain):
    message = gmqtt.Message(topic, payload, qos=qos, retain=retain, **properties)
    _, expected = PublishPacket.build_package(message, Protocol(packet_id))
    assert publish_packet(topic, payload, qos, packet_id, properties, retain=retain) == bytes(expected)


@pytest.mark.parametrize("size", [0, 1, 100, 127, 128, 16_383, 16_384, 1_048_000])
def test_lengths_of_every_width(size):
    message = gmqtt.Message("a/b", b"x" * size, qos=1)
    _, expected = PublishPacket.build_package(message, Protocol(7))
    assert publish_packet("a/b", b"x" * size, 1, 7, {}) == bytes(expected)


def test_an_unknown_property_is_refused():
    with pytest.raises(ValueError, match="topic_alias"):
        publish_packet("a", b"", 0, 0, {"topic_alias": 3})
