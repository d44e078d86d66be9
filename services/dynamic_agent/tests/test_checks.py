"""Code that cannot run is told so in words; code that can is left alone."""

import pytest

from wactorz_dynamic_agent import checks

GOOD = """
import json, asyncio, re
from datetime import datetime
import jinja2

async def setup(agent):
    agent.subscribe("custom/x", lambda payload: None)

async def process(agent):
    await asyncio.sleep(1)

async def handle_task(agent, payload):
    return json.loads("{}")

async def cleanup(agent):
    pass
"""


def one(code: str, *, has_packages: bool = False) -> str:
    problems = checks.problems_of(code, has_packages=has_packages)
    assert len(problems) == 1, problems
    return problems[0]


def test_good_code_has_no_problems() -> None:
    assert checks.problems_of(GOOD, has_packages=False) == []
    assert checks.problems_of("def handle_task(agent, payload):\n    return 1\n", has_packages=False) == []
    assert checks.problems_of("handle_task = make()\n", has_packages=False) == []


def test_no_code_and_no_function_of_the_contract() -> None:
    assert "there is no code" in one("  \n")
    assert "write at least one of setup, process, handle_task, cleanup" in one("def run(agent):\n    pass\n")


def test_syntax_errors_name_the_line() -> None:
    assert one("async def setup(agent):\n    x = = 1\n").startswith("line 2: syntax error")
    assert "null bytes" in one("async def setup(agent):\n    x = '\0'\n")


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("async def setup():\n    pass\n", "line 1: write 'async def setup(agent)'"),
        ("async def handle_task(agent):\n    pass\n", "line 1: write 'async def handle_task(agent, payload)'"),
        ("async def process(agent, x):\n    pass\n", "line 1: write 'async def process(agent)'"),
        ("async def process(agent, *, x):\n    pass\n", "line 1: write 'async def process(agent)'"),
    ],
)
def test_wrong_parameters(code: str, wanted: str) -> None:
    assert one(code) == wanted


def test_optional_and_further_parameters_do_no_harm() -> None:
    assert checks.problems_of("async def process(agent, x=1):\n    pass\n", has_packages=False) == []
    assert checks.problems_of("async def handle_task(*args):\n    pass\n", has_packages=False) == []


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("import socket", "agent.http"),
        ("import subprocess", "cannot start programs"),
        ("import threading", "agent.run_in_background"),
        ("import ctypes", "Python code only"),
        ("from aiomqtt import Client", "agent.publish"),
        ("import paho.mqtt.client as mqtt", "agent.publish"),
        ("import requests", "agent.http.get"),
        ("from urllib.request import urlopen", "agent.http.get"),
        ("import homeassistant", "home-assistant-actuator"),
        ("import numpy as np", '"install": ["numpy"]'),
        ("from . import other", "nothing beside it"),
    ],
)
def test_forbidden_imports_name_what_to_use_instead(line: str, instead: str) -> None:
    problem = one(f"{line}\nasync def setup(agent):\n    pass\n")
    assert problem.startswith("line 1: ")
    assert instead in problem


def test_packages_open_other_modules_but_not_programs_and_brokers() -> None:
    setup = "async def setup(agent):\n    pass\n"
    assert checks.problems_of(f"import numpy, requests, threading\n{setup}", has_packages=True) == []
    assert "cannot start programs" in one(f"import subprocess\n{setup}", has_packages=True)
    assert "agent.publish" in one(f"import aiomqtt\n{setup}", has_packages=True)


@pytest.mark.parametrize(
    ("call", "instead"),
    [
        ("eval('1')", "json.loads"), ("exec('1')", "the code itself"), ("open('x')", "agent.persist"),
        ("os.system('ls')", "no programs"), ("asyncio.run(x())", "write 'await'"), ("__import__('os')", "write 'import'"),
    ],
)  # fmt: skip
def test_calls_that_are_not_for_agents(call: str, instead: str) -> None:
    problem = one(f"import os, asyncio\nasync def setup(agent):\n    {call}\n")
    assert problem.startswith("line 3: ")
    assert instead in problem


def test_who_looks_around_is_known() -> None:
    assert checks.looks_around("x = agent.agents()")
    assert not checks.looks_around("agents = []")
