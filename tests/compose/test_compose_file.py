"""The compose file says what the native stack says; no engine is needed to see that."""

import json
import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from wactorz_edge import stack
from wactorz_prepare import installation

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import image_parts  # noqa: E402

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
ROLES = json.loads((ROOT / "infra/mosquitto/roles.json").read_text())
AGENTS = sorted({*stack.OWNED, stack.DEMO_HOME})


def test_every_service_has_its_container() -> None:
    assert {*AGENTS, "prepare"} <= set(image_parts.services())
    assert set(SERVICES) == {*AGENTS, "mosquitto", "nginx", "prepare"}


@pytest.mark.parametrize("name", sorted(stack.OWNED))
def test_every_service_has_a_broker_account_of_its_own(name: str) -> None:
    service = SERVICES[name]
    assert service["environment"]["MQTT_USERNAME"] == name
    assert service["environment"]["MQTT_PASSWORD_FILE"] == f"/var/lib/wactorz/secrets/{installation.PASSWORD}"
    assert name in ROLES["accounts"]
    assert f"{name}:/made/{name}" in SERVICES["prepare"]["volumes"]


def test_only_prepare_sees_more_than_its_own_volume() -> None:
    state = set(COMPOSE["volumes"]) - {"home"}
    for name, service in SERVICES.items():
        mounted = {volume.partition(":")[0] for volume in service["volumes"]} & state
        if name not in ("prepare", "mosquitto"):
            assert mounted <= {name}, name


def test_nobody_gets_into_the_broker_without_an_account() -> None:
    settings = (ROOT / "infra/mosquitto/compose.conf").read_text().splitlines()
    assert "allow_anonymous false" in settings
    assert not [line for line in settings if line.startswith(("password_file", "acl_file"))]


@pytest.mark.parametrize("name", AGENTS)
def test_an_agent_runs_its_own_image_on_its_own_volume(name: str) -> None:
    service = SERVICES[name]
    assert service["image"].startswith(f"wactorz-{name}:")
    assert service["build"]["args"] == {"SERVICE": name}
    assert f"{name}:/var/lib/wactorz" in service["volumes"]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "ports" not in service


@pytest.mark.parametrize("name", sorted(stack.OWNED))
def test_secrets_and_settings_go_to_their_owner_only(name: str) -> None:
    """As in native mode: home and model settings, and the API token."""
    owned = stack.OWNED[name]
    given = set(SERVICES[name]["environment"])
    assert ("HA_TOKEN_FILE" in given) == ("HA_TOKEN_FILE" in owned)
    assert ("ANTHROPIC_API_KEY_FILE" in given) == (name == "llm")
    assert ("WACTORZ_API_TOKEN_FILE" in given) == (name == stack.GATEWAY)
    wanted = {"home_token": "HA_TOKEN_FILE", "anthropic_api_key": "ANTHROPIC_API_KEY_FILE"}
    wanted["api_token"] = "WACTORZ_API_TOKEN_FILE"
    assert {wanted[secret] for secret in SERVICES[name].get("secrets", [])} == given & set(wanted.values())


def test_no_secret_is_a_plain_variable() -> None:
    names = {variable for service in SERVICES.values() for variable in service.get("environment", {})}
    assert not [name for name in names if re.search(r"(TOKEN|PASSWORD|KEY)$", name)]


def test_what_is_not_to_call_out_cannot() -> None:
    outside = {name for name, service in SERVICES.items() if "outside" in service.get("networks", [])}
    homes = {name for name in AGENTS if "HA_TOKEN_FILE" in SERVICES[name]["environment"]}
    assert outside == {"nginx", "llm", *homes}
    assert COMPOSE["networks"]["inside"]["internal"]


@pytest.mark.parametrize("name", ["common", *AGENTS])
def test_images_have_the_versions_that_were_tested(name: str) -> None:
    pinned = pins(ROOT / "requirements" / f"{name}.txt")
    assert pinned
    assert pinned <= pins(ROOT / "requirements" / "dev.txt"), "run `./just pins`"
    declared = tomllib.loads(
        (image_parts.services().get(name, ROOT / "libs/wactorz_common") / "pyproject.toml").read_text()
    )
    direct = {re.match(r"[\w-]+", need)[0] for need in declared["project"]["dependencies"]}  # type: ignore[index]
    assert {need for need in direct if not need.startswith("wactorz-")} <= {pin.split("==")[0] for pin in pinned}


def test_the_builder_is_pinned_too() -> None:
    assert pins(ROOT / "requirements/build.txt") <= pins(ROOT / "requirements/dev.txt")


def test_parts_of_an_image() -> None:
    assert image_parts.parts("main") == ["wactorz-main", "wactorz-common", "wactorz-understanding"]
    assert image_parts.parts("demo-home") == ["wactorz-demo-home"]


def pins(path: Path) -> set[str]:
    return set(re.findall(r"^([\w.-]+==[\w.+-]+)", path.read_text(), re.MULTILINE))
