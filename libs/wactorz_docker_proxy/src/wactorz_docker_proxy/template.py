"""The one form that a guest can have: a few values are taken from the request, all else is set here. Pure."""

import re
from dataclasses import dataclass
from typing import Any

from wactorz_docker_proxy.refusal import Refused
from wactorz_docker_proxy.scope import GUEST, KIND, PROJECT
from wactorz_docker_proxy.settings import ProxySettings

MEBIBYTE = 1024 * 1024
_DEFAULT_MEMORY = 256 * MEBIBYTE
_DEFAULT_NANO_CPUS = 500_000_000
HOST_MEMORY_MB = 128
"""What the host of an agent takes besides the agent's own memory."""

EGRESS = "wactorz.egress"
"""Label of a guest with a way out."""

_LEAST_MEMORY = 16 * MEBIBYTE
_STATE = "/var/lib/wactorz"
_LABELS = frozenset(
    {"wactorz.agent", "wactorz.agent-id", "wactorz.node", "wactorz.slot", "wactorz.spec", EGRESS, KIND, PROJECT}
)
_LABEL_VALUE = re.compile(r"[\w.:@/ -]{0,200}")
_ENVIRONMENT = {
    "TZ": re.compile(r"[A-Za-z0-9_+/-]{1,64}"),
    "WACTORZ_LOG_LEVEL": re.compile(r"DEBUG|INFO|WARNING|ERROR"),
    "WACTORZ_HEARTBEAT_SECONDS": re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?"),
}


@dataclass(frozen=True)
class Guest:
    """What a create request asks for: the volume that must exist, and the body for the engine."""

    volume: str
    body: dict[str, Any]


def container_name(settings: ProxySettings, name: str) -> str:
    """The name again; Refused when it is not one of a guest of the project."""
    if not re.fullmatch(rf"{re.escape(settings.project)}-(slot|agent)-[a-z0-9-]{{1,100}}", name):
        raise Refused(f"A guest is called {settings.project}-slot-… or {settings.project}-agent-… in small letters")
    return name


def volume_name(settings: ProxySettings, name: Any) -> str:
    """The name again; Refused when it is not one of a guest's volume of the project."""
    if not isinstance(name, str) or not re.fullmatch(rf"{re.escape(settings.project)}-guest-[a-z0-9-]{{1,100}}", name):
        raise Refused(f"A guest's volume is called {settings.project}-guest-… in small letters")
    return name


def image_name(settings: ProxySettings, image: Any) -> str:
    """The image again; Refused when guests may not have it."""
    if not isinstance(image, str) or image not in settings.guest_images:
        raise Refused("Guests may not have this image")
    return image


def guest(settings: ProxySettings, given: Any) -> Guest:
    """The guest that a body asks for; Refused when it holds anything beside the few open values."""
    asked = _object(given, {"Image", "Labels", "Env", "HostConfig"}, "body")
    host = _object(asked.get("HostConfig", {}), {"Memory", "NanoCpus", "Mounts"}, "HostConfig")
    volume = _volume(settings, host.get("Mounts"))
    most = (settings.guest_memory_mb + HOST_MEMORY_MB) * MEBIBYTE
    memory = _whole(host.get("Memory", _DEFAULT_MEMORY), _LEAST_MEMORY, most, "Memory")
    cpus = _whole(
        host.get("NanoCpus", _DEFAULT_NANO_CPUS), 1_000_000, round(settings.guest_cpus * 1_000_000_000), "NanoCpus"
    )
    labels = _labels(settings, asked.get("Labels", {}))
    network = settings.way_out if EGRESS in labels else settings.guest_network
    body = {
        "Image": image_name(settings, asked.get("Image")),
        "Labels": labels,
        "Env": _environment(asked.get("Env", [])),
        "User": "10001:10001",
        "OpenStdin": True, "StdinOnce": False, "Tty": False,
        "AttachStdin": False, "AttachStdout": False, "AttachStderr": False,
        "Healthcheck": {"Test": ["NONE"]},
        "StopTimeout": 10,
        "HostConfig": _host_config(network, volume, memory, cpus),
    }  # fmt: skip
    return Guest(volume, body)


def volume(settings: ProxySettings, given: Any) -> dict[str, Any]:
    """The body for the engine that makes a volume; Refused when the request holds anything beside name and labels."""
    asked = _object(given, {"Name", "Labels", "Driver"}, "body")
    if asked.get("Driver", "local") != "local":
        raise Refused("A guest's volume lies on this machine")
    name = volume_name(settings, asked.get("Name"))
    return {"Name": name, "Driver": "local", "Labels": _labels(settings, asked.get("Labels", {}))}


def _host_config(network: str, volume: str, memory: int, cpus: int) -> dict[str, Any]:
    return {
        "ReadonlyRootfs": True,
        "Privileged": False,
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges:true"],
        "PidsLimit": 64,
        "Memory": memory,
        "MemorySwap": memory,
        "NanoCpus": cpus,
        "Ulimits": [{"Name": "nofile", "Soft": 256, "Hard": 256}, {"Name": "core", "Soft": 0, "Hard": 0}],
        "Tmpfs": {"/tmp": "rw,noexec,nosuid,nodev,size=64m,mode=1777"},  # noqa: S108  # in the guest
        "Mounts": [{"Type": "volume", "Source": volume, "Target": _STATE, "ReadOnly": False}],
        "Init": True,
        "IpcMode": "private",
        "NetworkMode": network,
        "RestartPolicy": {"Name": "no"},
        "AutoRemove": False,
        "LogConfig": {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3"}},
    }


def _object(given: Any, known: set[str], what: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Refused(f"The {what} is not an object")
    strange = sorted(set(given) - known)
    if strange:
        raise Refused(f"The {what} may not hold {strange[0][:40]!r}")
    return given


def _volume(settings: ProxySettings, mounts: Any) -> str:
    if not isinstance(mounts, list) or len(mounts) != 1:
        raise Refused("A guest has one mount, its volume")
    mount = _object(mounts[0], {"Type", "Source", "Target"}, "mount")
    if mount.get("Type") != "volume" or mount.get("Target", _STATE) != _STATE:
        raise Refused(f"The mount of a guest is a volume at {_STATE}")
    return volume_name(settings, mount.get("Source"))


def _labels(settings: ProxySettings, given: Any) -> dict[str, str]:
    labels = _object(given, set(_LABELS), "labels")
    for key, value in labels.items():
        if not isinstance(value, str) or not _LABEL_VALUE.fullmatch(value):
            raise Refused(f"The label {key} is not a short plain text")
    fixed = {PROJECT: settings.project, KIND: GUEST}
    if labels.get(EGRESS, "true") != "true":
        raise Refused(f"The label {EGRESS} of a guest is true, or it has none")
    for key, value in fixed.items():
        if labels.get(key, value) != value:
            raise Refused(f"The label {key} of a guest is {value}")
    return {**labels, **fixed}


def _environment(given: Any) -> list[str]:
    if not isinstance(given, list) or len(given) > len(_ENVIRONMENT):
        raise Refused("The environment is not a short list")
    for entry in given:
        key, _, value = entry.partition("=") if isinstance(entry, str) else ("", "", "")
        pattern = _ENVIRONMENT.get(key)
        if pattern is None or not pattern.fullmatch(value):
            raise Refused(f"The environment may only set {', '.join(_ENVIRONMENT)} to usual values")
    return given


def _whole(value: Any, least: int, most: int, what: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Refused(f"{what} must be a whole number between {least} and {most}")
    return value
