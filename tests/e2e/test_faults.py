"""What goes wrong around Wactorz becomes one clear sentence to the person, with what to do, and a true exit code."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from wactorz_testing.broker import free_port
from wactorz_testing.system import Answer, System, eventually, started

pytestmark = pytest.mark.e2e

CLOSED = "http://127.0.0.1:9"
CALL_LOG = "calls.jsonl"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("faults")


@contextlib.contextmanager
def somebody_on_1883(folder: Path) -> Iterator[None]:
    """A system Mosquitto, as a distribution starts it; another program that is there already serves as well."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", 1883))
        except OSError:
            yield
            return
    program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    assert program is not None
    config = folder / "system-mosquitto.conf"
    config.write_text("listener 1883 127.0.0.1\nallow_anonymous true\n")
    with (folder / "system-mosquitto.log").open("wb") as log:
        broker = subprocess.Popen([program, "-c", str(config)], stdout=log, stderr=log)
    eventually(_listens_on_1883, 5, "the system broker")
    try:
        yield
    finally:
        broker.terminate()
        broker.wait(10)


def _listens_on_1883() -> bool:
    with socket.create_connection(("127.0.0.1", 1883), 1):
        return True


@pytest.fixture(scope="module")
def system(folder: Path) -> Iterator[System]:
    """The whole system, beside a system broker on the usual port; every service call is written down."""
    calls = str(folder / CALL_LOG)
    with somebody_on_1883(folder), started(folder / "state", WACTORZ_DEMO_HOME_CALL_LOG=calls) as running:
        yield running


def expect_sentence(answer: Answer, *words: str) -> None:
    """The command failed with one sentence on the error stream that holds the words."""
    assert answer.code != 0, answer
    lines = answer.err.strip().splitlines()
    assert len(lines) == 1, answer.err
    assert all(word in lines[0] for word in words), lines[0]
    assert "Traceback" not in answer.out + answer.err


def expect_refused(answer: Answer, *words: str) -> None:
    """The answer says clearly that it was not done, and holds the words."""
    assert answer.code == 1, answer
    assert all(word in answer.out for word in words), answer.out
    assert "failed" in answer.out.splitlines()[-1]
    assert "Traceback" not in answer.out + answer.err


def no_traceback_in_logs(system: System, *but: str) -> None:
    logs = [path for path in (system.state_dir / "logs").glob("*.log") if path.stem not in but]
    assert [path.name for path in logs if "Traceback" in path.read_text()] == []


# -- what a person says -----------------------------------------------------------------------------------------------


def test_a_system_broker_on_the_usual_port_changes_nothing(system: System) -> None:
    assert system.run("ask", "turn on the office light").code == 0
    assert json.loads((system.state_dir / "node.json").read_text())["ports"]["broker"] != 1883


def test_an_unknown_device_brings_the_nearest_names(system: System) -> None:
    expect_refused(system.run("ask", "turn on the kichen lihgt"), "nothing was done", "Kitchen light")


def test_an_ambiguous_name_is_asked_back_and_moves_nothing(system: System) -> None:
    before = [device["state"] for device in system.get("/api/home")["entities"] if device["domain"] == "light"]
    answer = system.run("ask", "turn on the light")
    assert "Which one" in answer.out
    assert "Kitchen light" in answer.out
    assert before == [device["state"] for device in system.get("/api/home")["entities"] if device["domain"] == "light"]


def test_a_message_without_words(system: System) -> None:
    expect_sentence(system.run("ask", ""), "Nothing was said")
    expect_sentence(system.run("ask", "  \t "), "Nothing was said")
    response = httpx.post(f"{system.url}/api/chat", json={"message": " "}, timeout=10)
    assert (response.status_code, "empty" in response.json()["detail"]) == (400, True)


def test_a_message_of_ten_thousand_characters(system: System) -> None:
    expect_refused(system.run("ask", "turn on the light " * 556), "10,00", "8,000")
    response = httpx.post(f"{system.url}/api/chat", json={"message": "x" * 100_000}, timeout=10)
    assert response.status_code == 422


@pytest.mark.parametrize(
    "text", ["\x1b]0;pwned\x07", "\x1b[31mturn\x07 on \x01\x02 the moon", "\u202eneherd\u202c", "\ud83d"]
)
def test_control_characters_are_not_played_back(system: System, text: str) -> None:
    said = json.dumps({"message": text})
    headers = {"content-type": "application/json"}
    response = httpx.post(f"{system.url}/api/chat", content=said.encode(), headers=headers, timeout=30)
    assert response.status_code in (200, 400, 422)
    if "\ud83d" not in text:
        answer = system.run("ask", text)
        assert answer.code == 1
        assert not any(ord(letter) < 32 and letter not in "\n\t" for letter in answer.out + answer.err)
    assert system.run("ask", "turn on the office light").code == 0


def test_a_null_character_is_harmless(system: System) -> None:
    assert system.say("turn on the \x00 office light")["status"] in ("done", "failed")
    assert system.say("turn on the office light")["status"] == "done"


def test_a_hundred_asks_at_once_are_all_answered(system: System, folder: Path) -> None:
    levels = {light: range(1, 21) for light in ("kitchen", "bedroom", "hallway", "office", "living room")}
    wishes = [(light, level) for level in range(1, 21) for light in levels]

    def ask(wish: tuple[str, int]) -> dict[str, object]:
        light, level = wish
        name = "living room lamp" if light == "living room" else f"{light} light"
        body = {"message": f"set the {name} to {level} %", "session": f"{light}-{level}"}
        while True:
            response = httpx.post(f"{system.url}/api/chat", json=body, timeout=150)
            if response.status_code != 429:
                return dict(response.raise_for_status().json())
            time.sleep(0.2)

    before = len((folder / CALL_LOG).read_text().splitlines())
    began = time.monotonic()
    with ThreadPoolExecutor(100) as people:
        answers = list(people.map(ask, wishes))
    print(f"100 asks at once: {time.monotonic() - began:.1f} s")
    assert [answer for answer in answers if answer["status"] != "done"] == []
    assert len({answer["id"] for answer in answers}) == 100
    assert len((folder / CALL_LOG).read_text().splitlines()) - before == 100


# -- commands ---------------------------------------------------------------------------------------------------------


def test_a_second_up_says_that_it_runs(system: System) -> None:
    before = system.pids()
    expect_sentence(system.up(), "already runs", "wactorz down")
    assert system.pids() == before


def test_a_taken_port_is_named(system: System, folder: Path) -> None:
    other = System(folder / "other", port=system.port)
    expect_sentence(other.up(), str(system.port), "WACTORZ_HTTP_PORT")
    assert other.down().code == 0


def test_nothing_runs(tmp_path: Path) -> None:
    idle = System(tmp_path / "state")
    stopped = idle.down()
    assert stopped.code == 0
    assert "Nothing runs here" in stopped.out
    for command in (("ask", "turn on the kitchen light"), ("status",), ("home",), ("logs",), ("chat",)):
        expect_sentence(idle.run(*command), idle.url, "wactorz up")
    assert not (tmp_path / "state" / "run" / "processes.json").exists()


def test_words_that_no_command_knows(tmp_path: Path) -> None:
    idle = System(tmp_path / "state")
    expect_sentence(idle.run("dance"), "wactorz --help")
    expect_sentence(idle.run("up", "--fast"), "wactorz --help")


def test_a_broker_that_is_not_there(tmp_path: Path) -> None:
    expect_sentence(
        System(tmp_path, extra={"WACTORZ_MQTT_URL": "mqtt://127.0.0.1:9"}).up(), "127.0.0.1:9", "unset WACTORZ_MQTT_URL"
    )


def test_a_broker_that_refuses_the_password(system: System, tmp_path: Path) -> None:
    port = json.loads((system.state_dir / "node.json").read_text())["ports"]["broker"]
    wrong = secrets.token_hex(8)
    answer = System(tmp_path, extra={"WACTORZ_MQTT_URL": f"mqtt://wactorz:{wrong}@127.0.0.1:{port}"}).up()
    expect_sentence(answer, "password", "WACTORZ_MQTT_URL")
    assert wrong not in answer.err


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"HA_URL": "nonsense"}, ("HA_URL", "http://")),
        ({"WACTORZ_LOG_LEVEL": "LOUD"}, ("WACTORZ_LOG_LEVEL", "DEBUG")),
        ({"WACTORZ_HTTP_PORT": "eighty"}, ("WACTORZ_HTTP_PORT", "integer")),
        ({"WACTORZ_HTTP_BIND": "0.0.0.0"}, ("WACTORZ_HTTP_BIND", "WACTORZ_API_TOKEN")),
        ({"LLM_PROVIDER": "oracle"}, ("LLM_PROVIDER", "anthropic")),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named_at_the_start(tmp_path: Path, setting: dict[str, str], words: tuple[str, ...]) -> None:
    wrong = System(tmp_path / "state", extra=setting)
    expect_sentence(wrong.up(), *words)
    assert "Nothing runs here" in wrong.down().out


def test_a_state_folder_that_cannot_be_used(tmp_path: Path) -> None:
    expect_sentence(System(Path("/proc/wactorz")).up(), "/proc/wactorz", "WACTORZ_STATE_DIR")
    (tmp_path / "file").write_text("in the way")
    expect_sentence(System(tmp_path / "file" / "state").up(), "WACTORZ_STATE_DIR")
    if os.getuid():
        locked = tmp_path / "locked"
        locked.mkdir(mode=0o000)
        expect_sentence(System(locked).up(), "WACTORZ_STATE_DIR")


def test_state_that_cannot_be_read_is_put_aside(tmp_path: Path) -> None:
    broken = tmp_path / "state" / "state" / "planner" / "state.db"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"this is no database " * 400)
    with started(tmp_path / "state") as system:
        assert system.say("turn on the kitchen light")["status"] == "done"
        assert system.get("/api/rules") == []
        kept = [
            path for path in broken.parent.iterdir() if path.is_file() and b"this is no database" in path.read_bytes()
        ]
        assert len(kept) == 1
        assert kept[0] != broken
        assert kept[0].name in system.run("logs", "planner").out


# -- the home -----------------------------------------------------------------------------------------------------------


def test_a_home_that_was_never_there(tmp_path: Path) -> None:
    with started(tmp_path / "state", HA_URL=CLOSED, HA_TOKEN="nobody-asks-for-it") as system:
        expect_refused(system.run("ask", "turn on the kitchen light"), CLOSED, "cannot be reached", "HA_URL")
        expect_refused(system.run("ask", "when the kitchen temperature goes above 28 degrees, turn on the fan"), CLOSED)
        expect_sentence(system.run("home"), CLOSED, "HA_URL")
        assert system.run("ask", "/help").code == 0
        assert system.run("status").code == 0
        no_traceback_in_logs(system)


def test_a_home_that_refuses_the_token(system: System, tmp_path: Path) -> None:
    home = f"http://127.0.0.1:{json.loads((system.state_dir / 'node.json').read_text())['ports']['demo-home']}"
    token = secrets.token_hex(16)
    with started(tmp_path / "state", HA_URL=home, HA_TOKEN=token) as other:
        expect_refused(other.run("ask", "turn on the kitchen light"), "refuses the token", "HA_TOKEN")
        expect_sentence(other.run("home"), "refuses the token", "HA_TOKEN")
        no_traceback_in_logs(other)
        logs = "".join(path.read_text() for path in (tmp_path / "state" / "logs").iterdir())
        assert token not in logs
        assert "home assistant away" in logs


def test_a_home_that_is_killed_comes_back(system: System) -> None:
    system.kill("demo-home")
    answers = [system.say(f"set the kitchen light to {level} %") for level in (31, 32, 33)]
    assert {answer["status"] for answer in answers} <= {"done", "failed", "unknown"}
    assert all(answer["reply"] for answer in answers)
    last = eventually(lambda: _done(system, "set the kitchen light to 34 %"), 15, "the home")
    assert last["source"] == "rules"
    assert round(system.state_of("light.kitchen_light")["attributes"]["brightness"] / 2.55) == 34


def _done(system: System, text: str) -> dict[str, object] | None:
    answer = system.say(text)
    return answer if answer["status"] == "done" else None


def test_a_home_that_hangs_is_not_taken_for_obedient(system: System) -> None:
    pid = system.kill("demo-home", signal.SIGSTOP)
    try:
        answer = system.say("turn on the fan")
    finally:
        with contextlib.suppress(ProcessLookupError):  # the runner restarts what hangs
            os.kill(pid, signal.SIGCONT)
    print(f"a frozen home: {answer['status']}, {answer['reply']}")
    assert answer["status"] != "done" or system.state_of("switch.fan")["state"] == "on"
    assert "fan" in answer["reply"].lower() or "Home Assistant" in answer["reply"]
    eventually(lambda: _done(system, "turn on the fan"), 30, "the home")
    assert system.state_of("switch.fan")["state"] == "on"


def test_nothing_of_all_this_left_a_traceback(system: System) -> None:
    no_traceback_in_logs(system)
    health = httpx.get(f"{system.url}/api/health", timeout=10)
    assert health.status_code == 200


def test_a_port_that_nobody_listens_on_is_a_sentence(system: System, tmp_path: Path) -> None:
    wrong = System(tmp_path, port=free_port())
    expect_sentence(wrong.run("ask", "hello"), wrong.url)
    stranger = System(tmp_path, extra={"WACTORZ_URL": "ftp://nowhere"})
    expect_sentence(stranger.run("status"), "WACTORZ_URL", "http://")
