"""Asks a broker one question: would it take this login? Two packets over a plain socket (MQTT 5)."""

import contextlib
import socket

_CONNACK = 0x20
_REASONS = {
    0x81: "cannot read our greeting",
    0x84: "does not speak MQTT 5",
    0x85: "refuses the client identifier",
    0x86: "refuses the user name or password",
    0x87: "refuses the user name or password",
    0x88: "is unavailable",
    0x89: "is busy",
    0x8A: "has banned this client",
}


def check_login(host: str, port: int, username: str, password: str, seconds: float = 5.0) -> str:
    """Try to log in; why the broker cannot be used, as the end of a sentence, or nothing when it can."""
    try:
        with socket.create_connection((host, port), timeout=seconds) as connection:
            connection.settimeout(seconds)
            connection.sendall(_connect_packet(username, password))
            answer = connection.recv(64)
            with contextlib.suppress(OSError):
                connection.sendall(b"\xe0\x00")
    except TimeoutError:
        return f"gives no answer within {seconds:g} s"
    except OSError as error:
        return f"cannot be reached: {error.strerror or error}"
    if len(answer) < 4 or answer[0] != _CONNACK:  # noqa: PLR2004  # shortest acknowledgement
        return "does not answer like an MQTT broker"
    return "" if answer[3] == 0 else _REASONS.get(answer[3], f"refuses the connection (reason {answer[3]})")


def greeting() -> bytes:
    """An anonymous greeting; any broker that serves answers it, if only to refuse."""
    return _connect_packet("", "")


def is_answer(data: bytes) -> bool:
    """Whether these bytes are a broker's answer to a greeting."""
    return data[:1] == bytes([_CONNACK])


def _text(value: str) -> bytes:
    data = value.encode()
    return len(data).to_bytes(2, "big") + data


def _connect_packet(username: str, password: str) -> bytes:
    flags = 0x02 | (0x80 if username else 0) | (0x40 if password else 0)
    body = _text("MQTT") + bytes([5, flags]) + (10).to_bytes(2, "big") + b"\0"
    body += _text("wactorz-probe")
    body += (_text(username) if username else b"") + (_text(password) if password else b"")
    return b"\x10" + _length(len(body)) + body


def _length(value: int) -> bytes:
    data = bytearray()
    while True:
        value, digit = divmod(value, 128)
        data.append(digit | (0x80 if value else 0))
        if not value:
            return bytes(data)
