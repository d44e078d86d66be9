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
PROXIES = ("docker-watch", "docker-create")
OURS = sorted({*AGENTS, *PROXIES, "node", "prepare", "dynamic-agent"})
FOREIGN = {"mosquitto", "nginx", "home-assistant", "fuseki"}
KEPT_BY_DOCKER = {"gateway", "monitor", "node", "demo-home", *PROXIES, "mosquitto", "nginx", "home-assistant", "fuseki"}


def test_every_service_has_its_container() -> None:
    assert set(SERVICES) == {*OURS, *FOREIGN}
    assert set(image_parts.services()) == {*OURS, "docker-proxy"} - set(PROXIES)


@pytest.mark.parametrize("name", sorted({*AGENTS, "node"}))
def test_an_agent_runs_its_own_image_on_its_own_volume(name: str) -> None:
    service = SERVICES[name]
    assert service["image"].startswith(f"wactorz-{name}:")
    page = {"NODE": "node:20-slim"} if name == "gateway" else {}
    assert service["build"]["args"] == {"SERVICE": name, **page}
    assert f"{name}:/var/lib/wactorz" in service["volumes"]
    assert "ports" not in service


@pytest.mark.parametrize("name", OURS)
def test_a_container_of_ours_has_little_to_spend_and_nothing_to_write_on(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["init"]
    assert service["mem_limit"] == "256m"
    assert 0 < service["cpus"] <= 1
    assert 0 < service["pids_limit"] <= 100
    assert set(service.get("cap_add", ())) <= ({"CHOWN", "DAC_OVERRIDE"} if name == "prepare" else set())


def test_each_container_has_one_restarter() -> None:
    by_docker = {name for name, service in SERVICES.items() if service.get("restart") == "unless-stopped"}
    by_monitor = {name for name, service in SERVICES.items() if "wactorz.supervised" in service.get("labels", {})}
    assert by_docker - {"dynamic-agent"} == KEPT_BY_DOCKER
    assert by_monitor == set(AGENTS) - KEPT_BY_DOCKER
    for name in by_monitor:
        assert SERVICES[name]["restart"] == "no"
        assert SERVICES[name]["labels"]["wactorz.supervised"] == "true"
        assert SERVICES[name]["labels"]["wactorz.order"].isdecimal()
    assert SERVICES["dynamic-agent"]["scale"] == 0


def test_only_the_proxies_see_the_engine() -> None:
    with_socket = {name for name, service in SERVICES.items() if "docker.sock" in str(service.get("volumes"))}
    assert with_socket == set(PROXIES)
    for network, client, proxy in (("watch", "monitor", "docker-watch"), ("create", "node", "docker-create")):
        members = {name for name, service in SERVICES.items() if network in service.get("networks", ())}
        assert members == {client, proxy}
        assert SERVICES[proxy]["networks"] == [network]
        assert COMPOSE["networks"][network]["internal"]


def test_spawned_agents_meet_nobody_but_the_broker() -> None:
    members = {name for name, service in SERVICES.items() if "guests" in service.get("networks", ())}
    assert members == {"mosquitto", "dynamic-agent"}
    assert COMPOSE["networks"]["guests"]["internal"]
    outer = {name for name, service in SERVICES.items() if "guests-out" in service.get("networks", ())}
    assert outer == {"mosquitto"}, "those with a way out meet nobody else either"
    assert not (COMPOSE["networks"]["guests-out"] or {}).get("internal")


@pytest.mark.parametrize("name", sorted({*stack.OWNED, "node"}))
def test_every_service_has_a_broker_account_of_its_own(name: str) -> None:
    service = SERVICES[name]
    assert service["environment"]["MQTT_USERNAME"] == name
    assert service["environment"]["MQTT_PASSWORD_FILE"] == f"/var/lib/wactorz/secrets/{installation.PASSWORD}"
    assert name in ROLES["accounts"]
    assert f"{name}:/made/{name}" in SERVICES["prepare"]["volumes"]


def test_only_prepare_sees_more_than_its_own_volume() -> None:
    state = set(COMPOSE["volumes"]) - {"home"}
    for name, service in SERVICES.items():
        mounted = {volume.partition(":")[0] for volume in service.get("volumes", ())} & state
        if name not in ("prepare", "mosquitto", "fuseki"):
            assert mounted <= {name}, name


def test_the_signing_key_stays_with_the_monitor() -> None:
    names = {name for name, service in SERVICES.items() if "SIGNING_KEY" in str(service.get("environment"))}
    assert names == {"monitor"}
    assert {name for name, service in SERVICES.items() if "DYNSEC" in str(service.get("environment"))} == {"monitor"}


def test_nobody_gets_into_the_broker_without_an_account() -> None:
    settings = (ROOT / "infra/mosquitto/compose.conf").read_text().splitlines()
    assert "allow_anonymous false" in settings
    assert not [line for line in settings if line.startswith(("password_file", "acl_file"))]


@pytest.mark.parametrize("name", sorted(stack.OWNED))
def test_secrets_and_settings_go_to_their_owner_only(name: str) -> None:
    """As in native mode: home and model settings, and the API token."""
    owned = stack.OWNED[name]
    given = set(SERVICES[name]["environment"])
    assert ("HA_TOKEN_FILE" in given) == ("HA_TOKEN_FILE" in owned)
    models = {f"{provider}_API_KEY_FILE" for provider in ("ANTHROPIC", "OPENAI", "NIM", "GEMINI")}
    assert models & given == (models if name == "llm" else set())
    assert ("WACTORZ_API_TOKEN_FILE" in given) == (name == stack.GATEWAY)
    wanted = {"home_token": "HA_TOKEN_FILE"} | {variable.removesuffix("_FILE").lower(): variable for variable in models}
    wanted |= {"api_token": "WACTORZ_API_TOKEN_FILE", "persons": "WACTORZ_HTTP_PERSONS_FILE"}
    wanted |= {"fuseki_password": "FUSEKI_PASSWORD_FILE"}
    assert {wanted[secret] for secret in SERVICES[name].get("secrets", [])} == given & set(wanted.values())


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("llm", "LLM_FALLBACK LLM_MODEL_FAST LLM_MODEL_SMART LLM_TIMEOUT_S NIM_URL GEMINI_BASE_URL WACTORZ_LLM_PRICES"),
        ("main", "WACTORZ_MAIN_FACTS_TURNS WACTORZ_MAIN_FACTS_QUIET_SECONDS WACTORZ_MAIN_KEEP_DAYS"),
        ("notifier", "WACTORZ_NOTIFIER_QUIET_HOURS WACTORZ_NOTIFIER_PER_MINUTE"),
        ("planner", "WACTORZ_PLANNER_PLAN_ASK WACTORZ_PLANNER_PLAN_CACHE_HOURS WACTORZ_PLANNER_PLAN_KEEP_WORKERS"),
    ],
)
def test_what_people_like_to_set_reaches_its_service(name: str, settings: str) -> None:
    documented = (ROOT / "services" / name / "README.md").read_text()
    assert [one for one in settings.split() if f"`{one}`" not in documented] == []
    assert set(settings.split()) <= set(SERVICES[name]["environment"])


def test_no_secret_is_a_plain_variable() -> None:
    names = {variable for service in SERVICES.values() for variable in service.get("environment", {})}
    assert not [name for name in names if re.search(r"(TOKEN|PASSWORD|KEY|SECRET)$", name)]


def test_what_is_not_to_call_out_cannot() -> None:
    outside = {name for name, service in SERVICES.items() if "outside" in service.get("networks", [])}
    homes = {name for name in AGENTS if "HA_TOKEN_FILE" in SERVICES[name]["environment"]}
    assert outside == {"nginx", "llm", "notifier", "home-assistant", *homes}
    assert COMPOSE["networks"]["inside"]["internal"]


@pytest.mark.parametrize("name", ["common", *image_parts.services()])
def test_images_have_the_versions_that_were_tested(name: str) -> None:
    pinned = pins(ROOT / "requirements" / f"{name}.txt")
    assert pinned
    assert pinned <= pins(ROOT / "requirements" / "dev.txt"), "run `./just pins`"
    declared = tomllib.loads(
        (image_parts.services().get(name, ROOT / "libs/wactorz_common") / "pyproject.toml").read_text()
    )
    direct = {re.match(r"[\w-]+", need)[0] for need in declared["project"]["dependencies"]}  # type: ignore[index]
    assert {need for need in direct if not need.startswith("wactorz-")} <= {pin.split("==")[0] for pin in pinned}


@pytest.mark.parametrize("name", ["gateway", "io-agent", "notifier"])
def test_images_of_those_who_seal_or_open_secrets_have_what_that_needs(name: str) -> None:
    assert any(pin.startswith("cryptography==") for pin in pins(ROOT / "requirements" / f"{name}.txt"))


@pytest.mark.parametrize("name", ["build", "sandbox-build"])
def test_the_builders_are_pinned_too(name: str) -> None:
    found = pins(ROOT / f"requirements/{name}.txt")
    assert found
    assert found <= pins(ROOT / "requirements/dev.txt")


def test_the_legacy_builder_manages_the_dockerfile() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert "--mount" not in text
    assert "<<" not in text
    assert not text.startswith("# syntax")


def test_parts_of_an_image() -> None:
    assert image_parts.parts("main") == ["wactorz-main", "wactorz-common", "wactorz-understanding"]
    assert image_parts.parts("demo-home") == ["wactorz-demo-home"]
    assert image_parts.parts("node") == ["wactorz-edge", "wactorz-common"]
    assert image_parts.module("node") == "wactorz_edge.guest_node"
    assert image_parts.module("io-agent") == "wactorz_io_agent"


def pins(path: Path) -> set[str]:
    return set(re.findall(r"^([\w.-]+==[\w.+-]+)", path.read_text(), re.MULTILINE))
