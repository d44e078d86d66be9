"""The reviewed table: which method and path is which action, for which role, with which query keys. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from wactorz_docker_proxy.refusal import Refused
from wactorz_docker_proxy.settings import Role
from wactorz_docker_proxy.target import Target


class Kind(StrEnum):
    """How a call is served."""

    PLAIN = "plain"
    LIST = "list"
    LIST_VOLUMES = "list volumes"
    INSPECT = "inspect"
    EVENTS = "events"
    ACT = "act"
    STREAM = "stream"
    ATTACH = "attach"
    RENAME = "rename"
    CREATE = "create"
    CREATE_VOLUME = "create volume"
    INSPECT_VOLUME = "inspect volume"
    DELETE_VOLUME = "delete volume"
    IMAGE = "image"


Check = Callable[[str], bool]


def _matches(pattern: str) -> Check:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


def _anything(_value: str) -> bool:
    return True


_flag = _matches(r"0|1|true|false|True|False")
_number = _matches(r"[0-9]{1,4}")
_seconds = _matches(r"[0-9]{1,12}(\.[0-9]{1,9})?")
_none = _matches("")
_both = frozenset(Role)
_create = frozenset({Role.CREATE})


@dataclass(frozen=True)
class Rule:
    """One allowed form of request; `*` in the path stands for the name that it is about."""

    method: str
    path: str
    kind: Kind
    roles: frozenset[Role]
    query: dict[str, Check]

    def name_in(self, method: str, parts: tuple[str, ...]) -> str | None:
        """The name that a request of this form is about, empty without one; None when the form is another."""
        pattern = tuple(self.path.split("/"))
        if method != self.method or len(pattern) != len(parts):
            return None
        if any(want not in ("*", part) for want, part in zip(pattern, parts, strict=True)):
            return None
        return parts[pattern.index("*")] if "*" in pattern else ""


_streams: dict[str, Check] = {"stdin": _flag, "stdout": _flag, "stderr": _flag, "logs": _flag, "stream": _flag}
_log_keys: dict[str, Check] = {
    "stdout": _flag, "stderr": _flag, "follow": _flag, "timestamps": _flag, "since": _seconds,
    "tail": _matches(r"[0-9]{1,6}|all"),
}  # fmt: skip

RULES = (
    Rule("GET", "_ping", Kind.PLAIN, _both, {}),
    Rule("HEAD", "_ping", Kind.PLAIN, _both, {}),
    Rule("GET", "version", Kind.PLAIN, _both, {}),
    Rule("GET", "containers/json", Kind.LIST, _both, {"all": _flag, "filters": _anything}),
    Rule("GET", "containers/*/json", Kind.INSPECT, _both, {}),
    Rule("GET", "events", Kind.EVENTS, _both,
         {"filters": _anything, "since": _seconds, "until": _seconds, "stream": _flag}),
    Rule("POST", "containers/*/start", Kind.ACT, _both, {}),
    Rule("POST", "containers/*/stop", Kind.ACT, _both, {"t": _number}),
    Rule("POST", "containers/*/restart", Kind.ACT, _both, {"t": _number}),
    Rule("POST", "containers/*/kill", Kind.ACT, _create, {"signal": _matches(r"(SIG)?(KILL|TERM)|9|15")}),
    Rule("DELETE", "containers/*", Kind.ACT, _create, {"force": _flag, "v": _flag}),
    Rule("POST", "containers/*/rename", Kind.RENAME, _create, {"name": _anything}),
    Rule("POST", "containers/*/attach", Kind.ATTACH, _create, {**_streams, "detachKeys": _none}),
    Rule("GET", "containers/*/logs", Kind.STREAM, _create, _log_keys),
    Rule("GET", "containers/*/stats", Kind.STREAM, _create, {"stream": _flag, "one-shot": _flag}),
    Rule("POST", "containers/create", Kind.CREATE, _create, {"name": _anything}),
    Rule("GET", "volumes", Kind.LIST_VOLUMES, _create, {"filters": _anything}),
    Rule("POST", "volumes/create", Kind.CREATE_VOLUME, _create, {}),
    Rule("GET", "volumes/*", Kind.INSPECT_VOLUME, _create, {}),
    Rule("DELETE", "volumes/*", Kind.DELETE_VOLUME, _create, {"force": _flag}),
    Rule("GET", "images/*/json", Kind.IMAGE, _create, {}),
)  # fmt: skip
"""Everything that is allowed; the first match counts."""

_RESERVED = frozenset({"create", "json", "prune"})


@dataclass(frozen=True)
class Call:
    """An allowed request: what it does, to which name, with which query."""

    rule: Rule
    name: str
    query: dict[str, str]

    @property
    def kind(self) -> Kind:
        """How it is served."""
        return self.rule.kind

    def path(self, name: str) -> str:
        """The path at the engine, with this name or id."""
        return "/" + self.rule.path.replace("*", name)


def judge(role: Role, method: str, target: Target) -> Call:
    """The call that a request is; Refused when the table does not have it for this role."""
    for rule in RULES:
        name = rule.name_in(method, target.parts)
        if name is None or name in _RESERVED:
            continue
        if role not in rule.roles:
            raise Refused(f"The role {role} may not do this")
        _check_query(rule, target.query)
        return Call(rule, name, target.query)
    raise Refused("This is not among the allowed requests")


def _check_query(rule: Rule, query: dict[str, str]) -> None:
    for key, value in query.items():
        check = rule.query.get(key)
        if check is None:
            raise Refused(f"The query key {key[:40]!r} is not allowed here")
        if not check(value):
            raise Refused(f"The value of the query key {key!r} is not allowed")
