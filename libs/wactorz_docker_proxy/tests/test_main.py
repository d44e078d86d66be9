"""The process: its start, its health file, its end."""

import asyncio
import os
import signal
import sys

from wactorz_docker_proxy.__main__ import EXIT_CONFIG


async def start(**settings):
    own = {name: value for name, value in os.environ.items() if not name.startswith("WACTORZ_")}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "wactorz_docker_proxy", env={**own, **settings},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def test_a_wrong_setting_ends_it_with_a_sentence():
    for settings in (
        {}, {"WACTORZ_DOCKER_PROXY_ROLE": "root", "WACTORZ_DOCKER_PROXY_PROJECT": "home"},
        {"WACTORZ_DOCKER_PROXY_ROLE": "watch", "WACTORZ_DOCKER_PROXY_PROJECT": "Home!"},
        {"WACTORZ_DOCKER_PROXY_ROLE": "watch", "WACTORZ_DOCKER_PROXY_PROJECT": "home", "WACTORZ_DOCKER_PROXY_LISTEN": "x"},
    ):  # fmt: skip
        process = await start(**settings)
        _, said = await asyncio.wait_for(process.communicate(), 20)
        assert process.returncode == EXIT_CONFIG
        assert b"docker-proxy: a WACTORZ_DOCKER_PROXY_ setting is missing or wrong" in said


async def test_it_is_healthy_while_the_engine_answers_and_ends_when_told(engine, tmp_path):
    health = tmp_path / "health"
    process = await start(
        WACTORZ_DOCKER_PROXY_ROLE="watch", WACTORZ_DOCKER_PROXY_PROJECT="home",
        WACTORZ_DOCKER_PROXY_LISTEN="127.0.0.1:0", WACTORZ_DOCKER_PROXY_SOCKET=str(engine.path),
        WACTORZ_HEALTH_FILE=str(health),
    )  # fmt: skip
    async with asyncio.timeout(20):
        assert b'"listening"' in await process.stdout.readline()
        while not health.exists():
            await asyncio.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    assert float(health.read_text()) > 0
