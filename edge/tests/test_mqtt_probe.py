"""Asking a broker whether it would take a login."""

import socket
import threading

import pytest

from wactorz_edge.mqtt_probe import check_login, greeting, is_answer


@pytest.fixture
def answering():
    """A server that gives one prepared answer and keeps what it was sent."""
    servers, received = [], []

    def serve(answer):
        listener = socket.create_server(("127.0.0.1", 0))
        servers.append(listener)

        def talk():
            connection, _ = listener.accept()
            with connection:
                received.append(connection.recv(1000))
                connection.sendall(answer)

        threading.Thread(target=talk, daemon=True).start()
        return listener.getsockname()[1], received

    yield serve
    for server in servers:
        server.close()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"\x20\x03\x00\x00\x00", ""),
        (b"\x20\x03\x00\x86\x00", "refuses the user name or password"),
        (b"\x20\x03\x00\x87\x00", "refuses the user name or password"),
        (b"\x20\x02\x00\x84", "does not speak MQTT 5"),
        (b"\x20\x03\x00\x99\x00", "refuses the connection (reason 153)"),
        (b"HTTP/1.1 400 Bad Request\r\n", "does not answer like an MQTT broker"),
        (b"", "does not answer like an MQTT broker"),
    ],
)
def test_the_answer_becomes_words(answering, answer, words):
    port, _ = answering(answer)
    assert check_login("127.0.0.1", port, "user", "pass") == words


def test_user_and_password_are_sent_as_mqtt_5_says(answering):
    port, received = answering(b"\x20\x03\x00\x00\x00")
    check_login("127.0.0.1", port, "user", "päss")
    packet = received[0]
    assert packet[0] == 0x10
    assert packet[1] == len(packet) - 2
    assert packet[2:9] == b"\x00\x04MQTT\x05"
    assert packet[9] == 0xC2
    assert packet.endswith(b"\x00\x04user\x00\x05p\xc3\xa4ss")


def test_a_long_password_needs_a_longer_length(answering):
    port, received = answering(b"\x20\x03\x00\x00\x00")
    assert check_login("127.0.0.1", port, "u", "x" * 300) == ""
    packet = received[0]
    assert (packet[1] & 0x7F) + packet[2] * 128 == len(packet) - 3


def test_nobody_there_and_nobody_answering():
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        assert check_login("127.0.0.1", port, "", "", 0.1) == "gives no answer within 0.1 s"
    assert "cannot be reached" in check_login("127.0.0.1", port, "", "")


def test_a_greeting_and_its_answer():
    assert greeting()[0] == 0x10
    assert is_answer(b"\x20\x03\x00\x87\x00")
    assert not is_answer(b"")
    assert not is_answer(b"HTTP")
