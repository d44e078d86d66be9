"""The form of a guest: few open values, all else fixed."""

from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies

from wactorz_docker_proxy import template
from wactorz_docker_proxy.refusal import Refused
from wactorz_docker_proxy.settings import ProxySettings, Role

SETTINGS = ProxySettings(role=Role.CREATE, project="home", images="wactorz-dynamic-agent:1, wactorz-dynamic-agent:2")
MOUNT = {"Type": "volume", "Source": "home-guest-1", "Target": "/var/lib/wactorz"}


def body(**more: Any) -> dict[str, Any]:
    return {"Image": "wactorz-dynamic-agent:1", "HostConfig": {"Mounts": [MOUNT]}, **more}


def host(**more: Any) -> dict[str, Any]:
    return body(HostConfig={"Mounts": [MOUNT], **more})


def test_the_engine_gets_the_whole_profile() -> None:
    guest = template.guest(SETTINGS, body(Labels={"wactorz.agent": "kitchen-watch"}, Env=["TZ=Europe/Berlin"]))
    assert guest.volume == "home-guest-1"
    assert guest.body["Labels"] == {
        "wactorz.agent": "kitchen-watch", "wactorz.project": "home", "wactorz.kind": "guest"
    }  # fmt: skip
    assert guest.body["Env"] == ["TZ=Europe/Berlin"]
    assert (guest.body["OpenStdin"], guest.body["StdinOnce"], guest.body["Tty"]) == (True, False, False)
    profile = guest.body["HostConfig"]
    assert profile["Memory"] == profile["MemorySwap"] == 256 * 1024 * 1024
    assert profile["NetworkMode"] == "home_guests"
    assert profile["ReadonlyRootfs"] is True
    assert profile["CapDrop"] == ["ALL"]
    assert profile["PidsLimit"] == 64
    assert not {"Binds", "Devices", "CapAdd", "PidMode", "VolumesFrom", "ExtraHosts"} & set(profile)
    assert not {"Cmd", "Entrypoint", "ExposedPorts", "Volumes"} & set(guest.body)


def test_limits_may_be_asked_for_within_bounds() -> None:
    profile = template.guest(SETTINGS, host(Memory=512 * 1024 * 1024, NanoCpus=1_000_000_000)).body["HostConfig"]
    assert (profile["Memory"], profile["MemorySwap"], profile["NanoCpus"]) == (1 << 29, 1 << 29, 1_000_000_000)


@pytest.mark.parametrize(
    "given",
    [
        None, [], "x", {}, body(Image="python:3"), body(Image=["wactorz-dynamic-agent:1"]), body(Cmd=["sh"]),
        body(Entrypoint=["sh"]), body(User="0"), body(Tty=True), body(Volumes={"/": {}}), body(NetworkingConfig={}),
        body(Env=["LD_PRELOAD=/x"]), body(Env=["TZ=a b"]), body(Env=["TZ=UTC", "TZ=UTC", "TZ=UTC", "TZ=UTC"]),
        body(Env="TZ=UTC"), body(Labels={"com.docker.compose.project": "home"}), body(Labels={"wactorz.supervised": "true"}),
        body(Labels={"wactorz.kind": "service"}), body(Labels={"wactorz.project": "house"}), body(Labels={"wactorz.agent": 1}),
        body(Labels={"wactorz.agent": "a\nb"}), body(Labels={"wactorz.agent": "x" * 300}),
        host(Privileged=True), host(Privileged=False), host(Binds=[]), host(CapAdd=["SYS_ADMIN"]), host(NetworkMode="host"),
        host(PidMode="host"), host(Devices=[]), host(SecurityOpt=[]), host(Runtime="x"), host(RestartPolicy={"Name": "no"}),
        host(Memory=0), host(Memory=-1), host(Memory=1 << 31), host(Memory=True), host(Memory="512m"), host(Memory=1e8),
        host(NanoCpus=0), host(NanoCpus=2_000_000_000),
        body(HostConfig={}), body(HostConfig={"Mounts": []}), body(HostConfig={"Mounts": [MOUNT, MOUNT]}),
        body(HostConfig={"Mounts": [{**MOUNT, "Type": "bind", "Source": "/"}]}),
        body(HostConfig={"Mounts": [{**MOUNT, "Source": "/etc"}]}), body(HostConfig={"Mounts": [{**MOUNT, "Target": "/usr"}]}),
        body(HostConfig={"Mounts": [{**MOUNT, "Source": "house-guest-1"}]}),
        body(HostConfig={"Mounts": [{**MOUNT, "VolumeOptions": {"DriverConfig": {"Name": "local"}}}]}),
    ],
)  # fmt: skip
def test_anything_else_in_the_body_is_refused(given: Any) -> None:
    with pytest.raises(Refused):
        template.guest(SETTINGS, given)


@pytest.mark.parametrize("name", ["home-slot-1a", "home-agent-kitchen-watch"])
def test_names_of_guests(name: str) -> None:
    assert template.container_name(SETTINGS, name) == name


@pytest.mark.parametrize(
    "name", ["", "home-monitor-1", "home-agent-", "home-agent-A", "house-agent-a", "/home-agent-a", "home-agent-a\n",
             "home-agent-a_b", "home-agent-" + "a" * 200],
)  # fmt: skip
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(Refused, match="A guest is called home-slot-"):
        template.container_name(SETTINGS, name)


def test_a_volume_lies_on_this_machine() -> None:
    made = template.volume(SETTINGS, {"Name": "home-guest-1", "Labels": {"wactorz.agent": "a"}})
    assert made == {
        "Name": "home-guest-1", "Driver": "local",
        "Labels": {"wactorz.agent": "a", "wactorz.project": "home", "wactorz.kind": "guest"},
    }  # fmt: skip
    for given in (
        {"Name": "home_login"}, {"Name": "home-guest-1", "Driver": "nfs"}, {"Name": 1}, {},
        {"Name": "home-guest-1", "DriverOpts": {"type": "none", "o": "bind", "device": "/"}},
    ):  # fmt: skip
        with pytest.raises(Refused):
            template.volume(SETTINGS, given)


WORDS = strategies.sampled_from(
    ["Image", "HostConfig", "Mounts", "Type", "Source", "Target", "Labels", "Env", "Memory", "NanoCpus", "Privileged",
     "Binds", "User", "Cmd", "CapAdd", "volume", "bind", "/", "home-guest-1", "wactorz-dynamic-agent:1", "host"]
)  # fmt: skip
VALUES = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | WORDS | strategies.text(max_size=5),
    lambda inner: strategies.lists(inner, max_size=2) | strategies.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


@for_all(strategies.dictionaries(WORDS, VALUES, max_size=3), strategies.dictionaries(WORDS, VALUES, max_size=2))
def test_whatever_is_asked_the_profile_is_the_same(top: dict[str, Any], inner: dict[str, Any]) -> None:
    asked = {**body(), **top}
    if isinstance(asked.get("HostConfig"), dict):
        asked["HostConfig"] = {"Mounts": [MOUNT], **asked["HostConfig"], **inner}
    plain = template.guest(SETTINGS, body()).body
    try:
        made = template.guest(SETTINGS, asked).body
    except Refused:
        return
    for key in set(plain) - {"Image", "Labels", "Env", "HostConfig"}:
        assert made[key] == plain[key]
    for key in set(plain["HostConfig"]) - {"Memory", "MemorySwap", "NanoCpus"}:
        assert made["HostConfig"][key] == plain["HostConfig"][key]
    assert set(made) == set(plain)
    assert set(made["HostConfig"]) == set(plain["HostConfig"])
    assert made["HostConfig"]["Memory"] <= 512 * 1024 * 1024


def test_a_guest_with_a_way_out_says_so_and_is_on_that_network_only() -> None:
    inner = template.guest(SETTINGS, body()).body["HostConfig"]
    outer = template.guest(SETTINGS, body(Labels={"wactorz.egress": "true"})).body
    assert (inner["NetworkMode"], outer["HostConfig"]["NetworkMode"]) == ("home_guests", "home_guests-out")
    assert outer["Labels"]["wactorz.egress"] == "true"
    with pytest.raises(Refused, match=r"wactorz\.egress"):
        template.guest(SETTINGS, body(Labels={"wactorz.egress": "host"}))


def test_the_most_memory_is_an_agents_own_with_that_of_its_host_on_top() -> None:
    settings = ProxySettings(role=Role.CREATE, project="home", images="wactorz-dynamic-agent:1", guest_memory_mb=512)
    template.guest(settings, host(Memory=(512 + 128) * 1024 * 1024))
    with pytest.raises(Refused):
        template.guest(settings, host(Memory=(512 + 129) * 1024 * 1024))
