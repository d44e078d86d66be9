"""The same sentences through a real Home Assistant; its sensors are moved through their helpers."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from wactorz_testing.home_assistant import RealHomeAssistant
from wactorz_testing.system import System, eventually, started

pytestmark = [pytest.mark.e2e, pytest.mark.home_assistant]

RULE = "when the kitchen temperature goes above 28 degrees, turn on the air conditioner"
TEMPERATURE = "input_number.kitchen_temperature_value"
AIR_CONDITIONER = "climate.kitchen_air_conditioner"
HELPERS = (
    TEMPERATURE, "input_number.kitchen_light_level", "input_boolean.kitchen_light_on", "input_boolean.front_door_locked",
    "input_boolean.air_conditioner_on",
)  # fmt: skip


@dataclass(frozen=True)
class House:
    """The real Home Assistant as its owner sees it, past Wactorz."""

    http: httpx.Client

    def call(self, domain: str, service: str, entity_id: str, **data: Any) -> None:
        body = {"entity_id": entity_id, **data}
        self.http.post(f"/api/services/{domain}/{service}", json=body).raise_for_status()

    def state(self, entity_id: str) -> str:
        return str(self.http.get(f"/api/states/{entity_id}").raise_for_status().json()["state"])

    def warm(self, degrees: float) -> None:
        self.call("input_number", "set_value", TEMPERATURE, value=degrees)
        eventually(lambda: float(self.state("sensor.kitchen_temperature")) == degrees, 5, "the sensor")

    def put(self, helper: str, value: str) -> None:
        if helper.startswith("input_number."):
            self.call("input_number", "set_value", helper, value=float(value))
        else:
            self.call("input_boolean", f"turn_{value}", helper)


@pytest.fixture(scope="module")
def house(real_home_assistant: RealHomeAssistant) -> Iterator[House]:
    """The house, put back as it was."""
    headers = {"Authorization": f"Bearer {real_home_assistant.token}"}
    with httpx.Client(base_url=real_home_assistant.url, headers=headers, timeout=10, trust_env=False) as http:
        found = House(http)
        before = {helper: found.state(helper) for helper in HELPERS}
        yield found
        for helper, value in before.items():
            found.put(helper, value)


@pytest.fixture(scope="module")
def system(
    house: House, real_home_assistant: RealHomeAssistant, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    """The whole system on that house."""
    folder: Path = tmp_path_factory.mktemp("wactorz")
    with started(folder / "state", HA_URL=real_home_assistant.url, HA_TOKEN=real_home_assistant.token) as running:
        yield running


def test_no_simulated_house_runs_beside_the_real_one(system: System, real_home_assistant: RealHomeAssistant) -> None:
    assert "demo-home" not in system.pids()
    report = system.get("/api/home")
    assert report["demo"] is False
    shown = {entity["entity_id"]: entity["area"] for entity in report["entities"]}
    assert shown["light.kitchen_light"] == "Kitchen"
    assert real_home_assistant.token not in system.run("home").out


def test_a_sentence_moves_a_real_device(system: System, house: House) -> None:
    house.put("input_boolean.kitchen_light_on", "off")
    eventually(lambda: house.state("light.kitchen_light") == "off", 5)
    answer = system.run("ask", "turn on the kitchen light")
    assert answer.code == 0, answer.out + answer.err
    assert "kitchen light" in answer.out.lower()
    assert "rules" in answer.out
    assert house.state("light.kitchen_light") == "on"
    assert "on" in system.say("is the kitchen light on?")["reply"]


def test_a_real_sensor_makes_the_rule_fire_once_per_cool_down(system: System, house: House) -> None:
    house.warm(21)
    house.put("input_boolean.air_conditioner_on", "off")
    made = system.say(RULE + ", at most every 12 seconds")
    assert (made["status"], made["source"]) == ("done", "rules"), made
    house.warm(29)
    began = time.monotonic()
    eventually(lambda: house.state(AIR_CONDITIONER) != "off", 5, "the air conditioner")
    print(f"air conditioner on {time.monotonic() - began:.2f} s after the sensor moved")
    rule = eventually(lambda: next(r for r in system.get("/api/rules") if r["firings"] == 1), 5, "the firing")
    assert system.say("turn off the air conditioner")["status"] == "done"
    house.warm(21)
    house.warm(30)
    eventually(lambda: system.get("/api/rules")[0]["suppressed"] == 1, 5, "the suppressed crossing")
    assert house.state(AIR_CONDITIONER) == "off"
    house.warm(21)
    time.sleep(12)
    house.warm(29)
    eventually(lambda: house.state(AIR_CONDITIONER) != "off", 5, "the air conditioner")
    eventually(lambda: system.get("/api/rules")[0]["firings"] == 2, 5, "the second firing")
    assert rule["rule_id"] in system.run("ask", "/rules").out
    assert system.say(f"/rules delete {rule['rule_id']}")["status"] == "done"
    assert system.get("/api/rules") == []
    assert system.say("turn off the air conditioner")["status"] == "done"
    house.warm(21)
    house.warm(29)
    time.sleep(1)
    assert house.state(AIR_CONDITIONER) == "off"


def test_unlocking_waits_and_locking_is_done(system: System, house: House) -> None:
    house.put("input_boolean.front_door_locked", "on")
    eventually(lambda: house.state("lock.front_door") == "locked", 5)
    answer = system.run("ask", "unlock the front door")
    assert answer.code == 3
    assert "waits for your yes" in answer.out
    assert house.state("lock.front_door") == "locked"
    house.put("input_boolean.front_door_locked", "off")
    eventually(lambda: house.state("lock.front_door") == "unlocked", 5)
    answer = system.run("ask", "lock the front door")
    assert answer.code == 0, answer.out
    assert house.state("lock.front_door") == "locked"


def test_sensors_of_a_real_house_cannot_be_set(system: System, house: House) -> None:
    before = house.state("sensor.kitchen_temperature")
    answer = system.run("home", "set", "sensor.kitchen_temperature", "35")
    assert answer.code == 1
    assert "Only the demo home's sensors can be moved" in answer.err
    assert house.state("sensor.kitchen_temperature") == before


def test_the_token_stays_with_its_owners(system: System, real_home_assistant: RealHomeAssistant) -> None:
    token = real_home_assistant.token.encode()
    files = [path for path in system.state_dir.rglob("*") if path.is_file() and "secrets" not in path.parts]
    assert [str(path) for path in files if token in path.read_bytes()] == []
    shown = {name for name, pid in system.pids().items() if token in _given(pid)}
    assert shown <= {"runner", *(name for name in system.pids() if name.startswith("home-assistant-"))}


def _given(pid: int) -> bytes:
    """What a process was started with."""
    return Path(f"/proc/{pid}/environ").read_bytes() + Path(f"/proc/{pid}/cmdline").read_bytes()
