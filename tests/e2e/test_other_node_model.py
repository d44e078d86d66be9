"""The model from another machine: an agent there asks it through the bus, and no key ever leaves the llm service."""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from wactorz_testing.anthropic_replies import Answer
from wactorz_testing.system import System, eventually, started

from .test_model_path import Model

pytestmark = pytest.mark.e2e

KEY = f"sk-ant-attic-{secrets.token_hex(16)}"
NODE = "attic"
POET = """
async def setup(agent):
    agent.state["lines"] = 0

async def handle_task(agent, payload):
    said = await agent.llm.chat("One line about " + payload["text"], system="You are a poet.")
    agent.state["lines"] += 1
    return {"text": said, "node": agent.node, "lines": agent.state["lines"]}
"""
MUTE = """
async def handle_task(agent, payload):
    return {"text": "no model" if agent.llm is None else await agent.llm.chat("hello")}
"""


@pytest.fixture(scope="module")
def model() -> Iterator[Model]:
    running = Model()
    running.server.key = KEY
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def system(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The whole system, and the runner of another machine on its broker."""
    folder: Path = tmp_path_factory.mktemp("wactorz")
    key = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": model.server.url}
    with started(folder / "state", **key) as running, another_machine(running, folder / NODE):
        yield running


@contextmanager
def another_machine(system: System, folder: Path) -> Iterator[None]:
    """A node runner with a state folder and an environment of its own: it has the broker's address and no key."""
    folder.mkdir()
    listening = re.search(
        r"^listener (\d+)", (system.state_dir / "broker" / "mosquitto.conf").read_text(), re.MULTILINE
    )
    assert listening is not None
    secret = system.state_dir / "secrets"
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ},
        "WACTORZ_NODE": NODE, "WACTORZ_STATE_DIR": str(folder / "state"), "MQTT_HOST": "127.0.0.1",
        "MQTT_PORT": listening[1], "MQTT_USERNAME": "wactorz", "MQTT_PASSWORD_FILE": str(secret / "mqtt_password"),
        "WACTORZ_NODE_TRUSTED_KEYS_FILE": str(secret / "spawn-key.pub"), "WACTORZ_HEARTBEAT_SECONDS": "1",
    }  # fmt: skip
    with (folder / "node.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "wactorz_edge.guest_node"], env=environment, stdout=log, stderr=log
        )
    try:
        eventually(lambda: NODE in {node["node"] for node in system.get("/api/nodes") if node["online"]}, 30, NODE)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    for path in folder.rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), f"{path} holds the model's key"


def spawn(system: System, **spec: Any) -> dict[str, Any]:
    answer = httpx.post(f"{system.url}/api/agents", json=spec, timeout=90)
    assert answer.status_code in (200, 201, 202), answer.text
    result: dict[str, Any] = answer.json()
    return result


def test_an_agent_on_another_node_asks_the_model_and_its_cost_is_booked_on_it(system: System, model: Model) -> None:
    made = spawn(system, name="poet", code=POET, description="Writes", node=NODE, grants={"model": True})
    assert (made["status"], made["node"]) == ("running", NODE)
    model.answer(*(_line(number) for number in (1, 2)))
    first = eventually(lambda: _said(system, "@poet rain"), 30, "the poet")
    assert first["reply"] == "Line 1 about rain"
    assert system.say("@poet snow")["reply"] == "Line 2 about snow"
    asked = [body for body in model.server.requests if "You are a poet" in json.dumps(body.get("system", ""))]
    assert len(asked) == 2
    assert "poet" in system.run("ask", "/cost").out
    [shown] = [node for node in system.get("/api/nodes") if node["node"] == NODE]
    assert "poet" in json.dumps(shown["agents"])


def _line(number: int) -> Any:
    def answer(body: dict[str, Any]) -> Any:
        about = re.search(r"One line about (\w+)", json.dumps(body["messages"]))
        return Answer(f"Line {number} about {about[1] if about else 'nothing'}")

    return answer


def _said(system: System, text: str) -> dict[str, Any] | None:
    answer = system.say(text)
    return answer if answer["status"] == "done" else None


def test_a_persona_on_another_node_answers(system: System, model: Model) -> None:
    spawn(system, name="butler", type="llm", system_prompt="You are a butler.", description="Serves", node=NODE)
    model.answer(_butler)
    assert eventually(lambda: _said(system, "@butler good evening"), 30, "the butler")["reply"] == "Very good, sir."


def _butler(body: dict[str, Any]) -> Any:
    assert "You are a butler" in json.dumps(body["system"])
    return Answer("Very good, sir.")


def test_without_the_grant_there_is_no_model_there_either(system: System, model: Model) -> None:
    before = model.server.attempts
    spawn(system, name="mute", code=MUTE, description="Says nothing", node=NODE)
    assert eventually(lambda: _said(system, "@mute hello"), 30, "the mute")["reply"] == "no model"
    assert model.server.attempts == before
