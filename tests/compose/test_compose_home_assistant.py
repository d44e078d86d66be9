"""The containers with a real Home Assistant on this machine in place of the demo home."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.compose.conftest import Stack
from wactorz_testing.home_assistant import RealHomeAssistant
from wactorz_testing.system import eventually

pytestmark = [pytest.mark.docker, pytest.mark.home_assistant, pytest.mark.timeout(900)]

RULE = "when the kitchen temperature goes above 28 degrees, turn on the air conditioner"
LIGHT, AIR_CONDITIONER = "light.kitchen_light", "climate.kitchen_air_conditioner"


@pytest.fixture(scope="module")
def home(request: pytest.FixtureRequest) -> Iterator[RealHomeAssistant]:
    """A real Home Assistant that listens where containers reach it."""
    before = os.environ.get("HA_BIND")
    os.environ["HA_BIND"] = before or "0.0.0.0"
    try:
        yield request.getfixturevalue("real_home_assistant")
    finally:
        if before is None:
            del os.environ["HA_BIND"]


@pytest.fixture(scope="module")
def house(stack: Stack, home: RealHomeAssistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The house as its owner sees it, past Wactorz, which is moved in for a while."""
    token: Path = tmp_path_factory.mktemp("home") / "token"
    token.write_text(home.token)
    token.chmod(0o444)  # user 10001 reads it
    url = f"http://host.docker.internal:{urlsplit(home.url).port}"
    stack.compose("up", "--wait", "--no-build", HA_URL=url, HA_TOKEN_FILE=str(token))
    headers = {"Authorization": f"Bearer {home.token}"}
    with httpx.Client(base_url=home.url, headers=headers, timeout=10, trust_env=False) as client:
        yield client
    stack.start()


def state(house: httpx.Client, entity_id: str) -> str:
    return str(house.get(f"/api/states/{entity_id}").raise_for_status().json()["state"])


def warm(house: httpx.Client, degrees: float) -> None:
    body = {"entity_id": "input_number.kitchen_temperature_value", "value": degrees}
    house.post("/api/services/input_number/set_value", json=body).raise_for_status()
    eventually(lambda: float(state(house, "sensor.kitchen_temperature")) == degrees, 10, "the sensor")


def test_a_sentence_moves_a_real_lamp(stack: Stack, house: httpx.Client) -> None:
    for word in ("off", "on", "off"):
        said = eventually(lambda word=word: stack.say(f"turn {word} the kitchen light"), 30, "an answer")
        assert said["status"] == "done", said
        eventually(lambda word=word: state(house, LIGHT) == word, 10, "the lamp")


def test_a_rule_fires_on_a_real_sensor(stack: Stack, house: httpx.Client) -> None:
    warm(house, 21)
    made = stack.say(RULE)
    assert made["status"] == "done", made
    warm(house, 29)
    eventually(lambda: state(house, AIR_CONDITIONER) != "off", 10, "the air conditioner")
    for rule in stack.get("/api/rules"):
        stack.say(f"/rules delete {rule['rule_id']}")
