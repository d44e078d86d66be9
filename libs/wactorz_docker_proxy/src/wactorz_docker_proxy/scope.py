"""Whose containers these are: labels that must be there, forced filters, and what a client may see. Pure."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wactorz_docker_proxy.refusal import Refused
from wactorz_docker_proxy.settings import Role

COMPOSE_PROJECT = "com.docker.compose.project"
PROJECT = "wactorz.project"
KIND = "wactorz.kind"
GUEST = "guest"
SUPERVISED = "wactorz.supervised"

_FILTERS = {
    "list": frozenset({"label", "status", "name", "id", "health"}),
    "events": frozenset({"event", "container", "label"}),
    "volumes": frozenset({"label", "name", "dangling"}),
}
_CONFIG = ("Image", "Labels", "User", "Healthcheck", "Tty", "OpenStdin")
_INSPECTED = ("Id", "Name", "Created", "Image", "RestartCount", "State")
_LISTED = ("Id", "Names", "Image", "ImageID", "Created", "State", "Status", "Labels")


@dataclass(frozen=True)
class Scope:
    """The containers that a role may reach in a project."""

    role: Role
    project: str

    @property
    def seen(self) -> dict[str, str]:
        """Labels of what may be seen."""
        if self.role is Role.WATCH:
            return {COMPOSE_PROJECT: self.project}
        return {PROJECT: self.project, KIND: GUEST}

    @property
    def acted_on(self) -> dict[str, str]:
        """Labels of what may be started, stopped and so on."""
        return {**self.seen, SUPERVISED: "true"} if self.role is Role.WATCH else self.seen

    def filters(self, given: str, what: str) -> str:
        """The client's filters with ours on top; Refused for a filter that is not known here."""
        merged = _read_filters(given, _FILTERS[what])
        labels = [label for label in merged.get("label", []) if label]
        merged["label"] = [*labels, *(f"{key}={value}" for key, value in self.seen.items())]
        if what == "events":
            merged["type"] = ["container"]
        return json.dumps(merged)


def require(labels: Any, wanted: dict[str, str]) -> None:
    """Refuse what does not bear these labels."""
    found = labels if isinstance(labels, dict) else {}
    for key, value in wanted.items():
        if found.get(key) != value:
            raise Refused(f"It does not bear the label {key}={value}")


def _read_filters(given: str, known: frozenset[str]) -> dict[str, list[str]]:
    if not given:
        return {}
    try:
        raw = json.loads(given)
    except (ValueError, RecursionError):
        raise Refused("The filters are not JSON") from None
    if not isinstance(raw, dict):
        raise Refused("The filters are not an object")
    found: dict[str, list[str]] = {}
    for key, values in raw.items():
        if key not in known:
            raise Refused(f"The filter {key[:40]!r} is not allowed here")
        found[key] = _words(values)
    return found


def _words(values: Any) -> list[str]:
    """The values of a filter in either of Docker's spellings: a list, or an object of value to true."""
    if isinstance(values, dict) and all(chosen is True for chosen in values.values()):
        values = list(values)
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise Refused("A filter is not a list of words")
    return values


def listed(containers: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """A list of containers without mounts, ports, commands and networks."""
    return [{key: item.get(key) for key in _LISTED} for item in containers]


def inspected(container: dict[str, Any], role: Role) -> dict[str, Any]:
    """One container without environment and commands; mounts and limits only of guests."""
    found = {key: container.get(key) for key in _INSPECTED}
    found["Config"] = {key: container.get("Config", {}).get(key) for key in _CONFIG}
    host = container.get("HostConfig", {})
    found["HostConfig"] = {"RestartPolicy": host.get("RestartPolicy")}
    if role is Role.CREATE:
        found["HostConfig"] = host
        found["Mounts"] = container.get("Mounts")
    return found
