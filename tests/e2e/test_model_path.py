"""What the grammar cannot read goes to a model, through Anthropic's own SDK and wire format, and stays harmless."""

import asyncio
import json
import os
import re
import secrets
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import httpx
import pytest
from websockets.sync.client import connect

from wactorz_testing.anthropic_replies import Answer, Dropped, Failure, Reply, call, overloaded, rate_limited
from wactorz_testing.anthropic_server import AnthropicServer
from wactorz_testing.broker import free_port
from wactorz_testing.system import System, eventually, started

pytestmark = pytest.mark.e2e

CANARY = f"sk-ant-canary-{secrets.token_hex(16)}"
TOO_DARK = "it's too dark to cook"
STUFFY = "whenever it gets stuffy in the kitchen, switch on the air conditioner"


class Model:
    """The stand-in for Anthropic, in a thread of its own; `stop` takes it off the network."""

    def __init__(self) -> None:
        self.server = AnthropicServer(key=CANARY, port=free_port())
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def start(self) -> None:
        asyncio.run_coroutine_threadsafe(self.server.__aenter__(), self._loop).result(10)

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self.server.__aexit__(), self._loop).result(10)

    def answer(self, *replies: Reply) -> None:
        """What the next requests get."""
        self.server.script(replies)


@pytest.fixture(scope="module")
def model() -> Iterator[Model]:
    running = Model()
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def system(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The whole system with the demo home and the canary key."""
    folder: Path = tmp_path_factory.mktemp("wactorz")
    key = {"ANTHROPIC_API_KEY": CANARY, "ANTHROPIC_BASE_URL": model.server.url, "LLM_MAX_RETRIES": "1"}
    with started(folder / "state", **key) as running:
        yield running


def warm(system: System, degrees: float) -> None:
    answer = system.run("home", "set", "sensor.kitchen_temperature", str(degrees))
    assert answer.code == 0, answer.err


def rounds(*calls: dict[str, Any]) -> Answer:
    """An answer of the model that wants service calls."""
    return call("call_services", {"calls": list(calls)})


# -- what it does ---------------------------------------------------------------------------------------------------


def test_a_vague_sentence_becomes_the_same_actuation(system: System) -> None:
    answer = system.run("ask", TOO_DARK)
    assert answer.code == 0, answer.out + answer.err
    assert "local" in answer.out, "the stand-in runs on this machine"
    assert system.state_of("light.kitchen_light")["state"] == "on"
    costs = system.run("ask", "/cost").out
    tokens = re.search(r"([\d,]+) tokens in, ([\d,]+) tokens out, \$([\d.]+)", costs)
    assert tokens is not None, costs
    assert int(tokens[1].replace(",", "")) > 100
    assert float(tokens[3]) > 0
    assert "anthropic" in costs
    assert "main" in costs


def test_what_the_grammar_reads_does_not_ask_the_model(system: System, model: Model) -> None:
    before = model.server.attempts
    answer = system.say("turn off the kitchen light")
    assert (answer["status"], answer["source"]) == ("done", "rules")
    assert model.server.attempts == before


def test_a_rule_of_the_model_waits_for_a_yes(system: System) -> None:
    warm(system, 21)
    assert system.say("turn off the air conditioner")["status"] == "done"
    proposed = system.say(STUFFY, session="kitchen")
    assert (proposed["status"], proposed["source"]) == ("waiting", "local"), proposed
    assert "yes" in proposed["reply"]
    rule = system.get("/api/rules")[0]
    assert rule["status"] == "proposed"
    warm(system, 29)
    system.say("yes", session="somewhere else")
    time.sleep(1)
    assert system.state_of("climate.kitchen_air_conditioner")["state"] == "off"
    assert system.get("/api/rules")[0]["status"] == "proposed"
    agreed = system.say("yes", session="kitchen")
    assert agreed["status"] == "done", agreed
    assert system.get("/api/rules")[0]["status"] == "active"
    warm(system, 21)
    warm(system, 29)
    eventually(lambda: system.state_of("climate.kitchen_air_conditioner")["state"] != "off", 5, "the air conditioner")
    eventually(lambda: system.get("/api/rules")[0]["firings"] == 1, 5, "the firing")
    assert system.say(f"/rules delete {rule['rule_id']}")["status"] == "done"
    assert system.say("turn off the air conditioner")["status"] == "done"


def test_a_no_forgets_the_proposal(system: System) -> None:
    assert "yes" in system.say(STUFFY, session="hall")["reply"]
    assert system.say("no", session="hall")["status"] == "done"
    assert system.get("/api/rules") == []


# -- what it may not do ---------------------------------------------------------------------------------------------


def test_the_model_cannot_open_the_house(system: System, model: Model) -> None:
    unlock = {"domain": "lock", "service": "unlock", "entity_id": ["lock.front_door"]}
    model.answer(rounds(unlock), Answer("The front door is now unlocked."))
    answer = system.say("my aunt stands outside and has no key with her")
    assert answer["status"] == "failed", answer
    assert "now unlocked" not in answer["reply"]
    garage = {"domain": "cover", "service": "open_cover", "entity_id": ["cover.garage_door"]}
    disarm = {"domain": "alarm_control_panel", "service": "alarm_disarm", "entity_id": ["alarm_control_panel.home"]}
    model.answer(rounds(garage, disarm), Answer("Done."))
    assert system.say("make way for the car, would you")["status"] == "failed"
    for entity_id, state in (("lock.front_door", "locked"), ("cover.garage_door", "closed")):
        assert system.state_of(entity_id)["state"] == state


def test_the_model_cannot_make_a_rule_that_opens_the_house(system: System, model: Model) -> None:
    draft = {
        "trigger": {"kind": "state", "entity_id": "binary_sensor.hallway_motion", "to": "on"},
        "actions": [{"domain": "lock", "service": "unlock", "entity_id": ["lock.front_door"]}],
    }
    model.answer(call("create_rule", {"request": "let in whoever comes"}), call("rule", draft), Answer("No."))
    answer = system.say("let in whoever turns up at the entrance from now on")
    assert "did not make that rule" in answer["reply"] or answer["status"] == "failed", answer
    assert system.get("/api/rules") == []


def test_a_claim_that_nothing_stands_behind_is_put_right(system: System, model: Model) -> None:
    model.answer(Answer("I have turned off the heating for you."))
    assert "nothing was moved" in system.say("it would be nice to save some energy")["reply"]


def test_what_a_model_invents_is_not_called(system: System, model: Model) -> None:
    invented = {"domain": "light", "service": "turn_on", "entity_id": ["light.moon"]}
    model.answer(rounds(invented), Answer("There is no such light."))
    answer = system.say("let the moon shine over us tonight")
    assert "There is no such light." in answer["reply"]
    results = json.dumps(model.server.requests[-1]["messages"])
    assert "there is no light.moon" in results


# -- how it is heard ------------------------------------------------------------------------------------------------

POEM = "Small lamps in the evening keep watch over the quiet rooms of this house."


def test_an_answer_comes_in_pieces_to_a_reader_of_events(system: System, model: Model) -> None:
    model.answer(Answer(POEM, pause=0.05))
    kinds, text = [], ""
    reply: dict[str, Any] = {}
    body, headers = {"message": "please compose a line about lamps"}, {"accept": "text/event-stream"}
    with httpx.stream("POST", f"{system.url}/api/chat", json=body, headers=headers, timeout=60) as response:
        kind = ""
        for line in response.iter_lines():
            if line.startswith("event:"):
                kind = line[6:].strip()
                kinds.append(kind)
            elif line.startswith("data:"):
                data = json.loads(line[5:])
                text += data["content"] if kind == "piece" else ""
                reply = data if kind == "reply" else reply
    assert kinds[0] == "accepted"
    assert kinds.count("piece") > 1
    assert kinds[-1] == "reply"
    assert text == POEM == reply["reply"]
    assert reply["source"] == "local"


def test_an_answer_comes_in_pieces_to_a_browser(system: System, model: Model) -> None:
    model.answer(Answer(POEM, pause=0.05))
    pieces = []
    ended: dict[str, Any] = {}
    with connect(f"ws://127.0.0.1:{system.port}/ws") as socket:
        socket.send(json.dumps({"type": "chat", "content": "another line about lamps, please"}))
        while not ended:
            frame = json.loads(socket.recv(timeout=30))
            if frame["type"] == "stream_chunk":
                pieces.append(frame["content"])
            elif frame["type"] in ("stream_end", "chat", "error"):
                ended = frame
    assert ended["type"] == "stream_end", ended
    assert len(pieces) > 1
    assert "".join(pieces) == POEM == ended["content"]


# -- when it does not work --------------------------------------------------------------------------------------------


def failing(system: System, sentence: str = TOO_DARK) -> str:
    """Say something that needs the model, which fails; what the person is told."""
    before = system.state_of("light.kitchen_light")["state"]
    answer = system.run("ask", sentence)
    assert answer.code == 1, answer.out
    assert "Traceback" not in answer.out + answer.err
    assert "Nothing was done" in answer.out
    assert system.state_of("light.kitchen_light")["state"] == before
    return answer.out


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (rate_limited(0.1), "rate limit"),
        (overloaded(), "overloaded"),
        (Failure(401, "authentication_error", "invalid x-api-key"), "ANTHROPIC_API_KEY"),
        (Failure(404, "not_found_error", "model: claude-x"), "LLM_MODEL"),
        (Dropped(), "connection"),
    ],
)
def test_a_failing_provider_is_named_with_what_to_do(system: System, model: Model, failure: Reply, words: str) -> None:
    again = isinstance(failure, Dropped) or (isinstance(failure, Failure) and failure.status in (429, 529))
    model.answer(*[failure] * (2 if again else 1))
    assert words in failing(system)
    assert system.say(TOO_DARK)["status"] == "done"
    assert system.say("turn off the kitchen light")["source"] == "rules"


def test_a_provider_that_is_not_there_is_named_and_the_grammar_goes_on(system: System, model: Model) -> None:
    model.stop()
    try:
        assert "ANTHROPIC_BASE_URL" in failing(system)
        answer = system.say("turn on the office light")
        assert (answer["status"], answer["source"]) == ("done", "rules")
    finally:
        model.start()
    assert eventually(lambda: system.say(TOO_DARK)["status"] == "done", 40, "the model being asked again")


# -- where the key goes -----------------------------------------------------------------------------------------------


@contextmanager
def overheard(system: System) -> Iterator[list[bytes]]:
    """Every message on the broker meanwhile, its topic included."""
    heard: list[bytes] = []
    loop, ready = asyncio.new_event_loop(), threading.Event()

    async def listen() -> None:
        port = json.loads((system.state_dir / "node.json").read_text())["ports"]["broker"]
        password = (system.state_dir / "secrets" / "mqtt_password").read_text().strip()
        async with aiomqtt.Client(
            "127.0.0.1", port, identifier="listener", username="wactorz", password=password
        ) as client:
            await client.subscribe("#")
            ready.set()
            async for message in client.messages:
                heard.append(b"%s\n%s" % (str(message.topic).encode(), bytes(message.payload)))  # noqa: PERF401

    task = loop.create_task(listen())
    thread = threading.Thread(target=_run_to_end, args=(loop, task), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield heard
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)


def _run_to_end(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    try:
        loop.run_until_complete(task)
    except asyncio.CancelledError:
        loop.close()


def test_the_key_is_seen_by_the_model_service_alone(system: System, model: Model) -> None:
    key = CANARY.encode()
    with overheard(system) as heard:
        said = [system.say(TOO_DARK)]
        model.answer(Failure(401, "authentication_error", f"invalid x-api-key: {CANARY}"))
        said.append(system.say(TOO_DARK))
        model.answer(Failure(400, "invalid_request_error", f"the key {CANARY} may not do this"))
        said.append(system.say(TOO_DARK))
        said.append(system.say("/cost"))
    assert len(heard) > 10
    assert [message[:80] for message in heard if key in message] == []
    assert CANARY not in json.dumps(said)
    assert CANARY not in json.dumps(model.server.wire)
    assert [path for path in _pages(system) if CANARY in httpx.get(f"{system.url}{path}", timeout=10).text] == []
    assert [str(path) for path in _files(system.state_dir) if key in path.read_bytes()] == []
    assert _processes_that_show(key) <= _owners(system)


def test_a_key_in_a_file_serves_and_is_in_no_environment(model: Model, tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text(f"{CANARY}\n")
    secret.chmod(0o600)
    others = _processes_that_show(CANARY.encode())
    key = {"ANTHROPIC_API_KEY_FILE": str(secret), "ANTHROPIC_BASE_URL": model.server.url}
    with started(tmp_path / "state", **key) as system:
        answer = system.say(TOO_DARK)
        assert (answer["status"], answer["source"]) == ("done", "local"), answer
        assert _processes_that_show(CANARY.encode()) <= others
        assert [path for path in _files(system.state_dir) if CANARY.encode() in path.read_bytes()] == []
    missing = System(tmp_path / "other", extra={"ANTHROPIC_API_KEY_FILE": str(tmp_path / "nowhere")}).up()
    assert missing.code != 0
    assert "ANTHROPIC_API_KEY_FILE" in missing.err
    assert "Traceback" not in missing.err


def _pages(system: System) -> list[str]:
    actors = [f"/api/actors/{actor['name']}" for actor in system.get("/api/actors")]
    return ["/api/actors", "/api/health", "/api/metrics", "/api/logs?lines=1000", "/api/nodes", "/api/openapi.json",
            "/api/config", *actors]  # fmt: skip


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _processes_that_show(key: bytes) -> set[int]:
    shown = set()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            text = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if key in text:
            shown.add(int(folder.name))
    return shown


def _owners(system: System) -> set[int]:
    """Launcher and runner, which a person gave the key, and the service that it is for."""
    runner = int(json.loads((system.state_dir / "run" / "processes.json").read_text())["runner"]["pid"])
    launcher = int(json.loads((system.state_dir / "run" / "lock").read_text())["pid"])
    return {launcher, runner, system.pids()["llm"]}
