"""Which variables of a person's environment each process is given: secrets go to their owner only."""

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

BASE = (
    "HOME", "LANG", "LANGUAGE", "LC_*", "LOGNAME", "PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "SHELL",
    "SSL_CERT_DIR", "SSL_CERT_FILE", "TMPDIR", "TZ", "USER", "VIRTUAL_ENV", "XDG_*",
)  # fmt: skip
"""What any process may see."""

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "ALL_PROXY", "all_proxy")
"""For those that call out; a proxy's address may hold a password."""

_SECRET = re.compile(r"TOKEN|PASSWORD|PASSWD|SECRET|KEY|_PIN\b|CREDENTIAL|_URL$")
_OWN = "WACTORZ_"
_PRIVATE = ("WACTORZ_MQTT_URL", "WACTORZ_STATE_DIR", "WACTORZ_ALLOW_PROCESS_AGENTS", "WACTORZ_ISOLATION")
_RUNNER = "WACTORZ_NODE_"
"""The runner's own settings; WACTORZ_NODE, the name of the machine, is for all."""


def own_patterns(name: str) -> tuple[str, ...]:
    """The variables that belong to the service called `name` by the naming convention."""
    return (f"{_OWN}{name.upper().replace('-', '_')}_*",)


def select(environment: Mapping[str, str], patterns: Iterable[str]) -> dict[str, str]:
    """The variables whose name fits one of the patterns."""
    wanted = tuple(patterns)
    return {name: value for name, value in environment.items() if any(fnmatchcase(name, p) for p in wanted)}


def shared(environment: Mapping[str, str], owned: Iterable[str]) -> dict[str, str]:
    """Plain WACTORZ_* settings that every service may see: no secrets, nothing that one service owns."""
    patterns = tuple(owned)
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(_OWN)
        and name not in _PRIVATE
        and not name.startswith(_RUNNER)
        and not _SECRET.search(name)
        and not any(fnmatchcase(name, pattern) for pattern in patterns)
    }
