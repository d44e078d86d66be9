"""How an agent's process begins and ends."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import aiomqtt
import pytest

from wactorz_common.run import EXIT_CONFIG, install_id
from wactorz_testing.broker import TestBroker

pytestmark = pytest.mark.broker

AGENT = """
from wactorz_common.agent import Agent
from wactorz_common.run import run
from wactorz_common.settings import AgentSettings

class Small(Agent[AgentSettings]):
    name = "small"
    description = "Small"

    async def on_start(self):
        {body}

run(Small, AgentSettings)
"""


async def launch(folder: Path, body: str, **env: str) -> asyncio.subprocess.Process:
    script = folder / "small.py"
    script.write_text(AGENT.format(body=body))
    environment = {**os.environ, "WACTORZ_STATE_DIR": str(folder / "state"), **env}
    return await asyncio.create_subprocess_exec(
        sys.executable, str(script), env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )


async def test_a_signal_ends_it_in_order(broker: TestBroker, tmp_path: Path) -> None:
    async with aiomqtt.Client(broker.host, broker.port) as client:
        await client.subscribe("agents/+/status", qos=1)
        process = await launch(tmp_path, "pass", MQTT_PORT=str(broker.port))
        states = []
        async for message in client.messages:
            text = bytes(message.payload).decode()
            states.append(next(s for s in ("running", "stopped", "failed") if f'"{s}"' in text))
            if states[-1] == "running" and len(states) == 1:
                process.send_signal(signal.SIGTERM)
            if states[-1] != "running":
                break
    assert states[-1] == "stopped"
    assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_the_last_will_speaks_for_a_killed_agent(broker: TestBroker, tmp_path: Path) -> None:
    async with aiomqtt.Client(broker.host, broker.port) as client:
        await client.subscribe("agents/+/status", qos=1)
        process = await launch(tmp_path, "pass", MQTT_PORT=str(broker.port))
        async for message in client.messages:
            if b'"running"' in bytes(message.payload):
                process.kill()
            if b'"failed"' in bytes(message.payload):
                break
    assert await asyncio.wait_for(process.wait(), 10) == -signal.SIGKILL


async def test_a_failing_start_ends_the_process(broker: TestBroker, tmp_path: Path) -> None:
    process = await launch(tmp_path, "raise RuntimeError('no hands')", MQTT_PORT=str(broker.port))
    _, err = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    assert b"no hands" in err


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"MQTT_PORT": "many"}, b"MQTT_PORT"),
        ({"WACTORZ_HEARTBEAT_SECONDS": "-1"}, b"WACTORZ_HEARTBEAT_SECONDS"),
        ({"WACTORZ_MQTT_URL": "http://broker"}, b"mqtt://user:password@host"),
        ({"WACTORZ_FAILPOINTS": "nowhere:1"}, b"nowhere"),
        ({"MQTT_PASSWORD_FILE": "/nonexistent"}, b"MQTT_PASSWORD_FILE"),
        ({"WACTORZ_STATE_DIR": "/dev/null/state"}, b"/dev/null"),
    ],
)
async def test_a_wrong_setting_is_one_sentence(tmp_path: Path, env: dict[str, str], says: bytes) -> None:
    process = await launch(tmp_path, "pass", **env)
    _, err = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == EXIT_CONFIG
    assert says in err
    assert err.count(b"\n") == 1, err


def test_the_install_id_is_minted_once(tmp_path: Path) -> None:
    first = install_id(tmp_path / "state")
    assert len(first) == 12
    assert install_id(tmp_path / "state") == first
