"""Who the command comes as: a token from the settings, from `wactorz login`, or the machine's own."""

import contextlib
import hashlib
import json
import os
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wactorz_cli.errors import CommandFailed

if TYPE_CHECKING:
    from wactorz_cli.settings import CommandSettings

_LOCAL = Path("secrets") / "local-token"


@dataclass(frozen=True)
class Login:
    """What `wactorz login` keeps for one address."""

    url: str
    name: str
    token_id: str
    token: str

    def __repr__(self) -> str:
        return f"Login({self.name} at {self.url})"


def token_for(settings: "CommandSettings") -> str:
    """The token to send; empty when there is none. Read again for each request: the machine's own one changes."""
    given = settings.api_token.get_secret_value().strip()
    if given:
        return given
    kept = kept_login(settings)
    return kept.token if kept else _local_token(settings)


def kept_login(settings: "CommandSettings") -> Login | None:
    """What `wactorz login` kept for this address."""
    try:
        found = Login(**json.loads(_file(settings).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return found if found.url == settings.address else None


def keep_login(settings: "CommandSettings", login: Login) -> None:
    """Keep a login in a file that only this user may read."""
    file = _file(settings)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as target:
            json.dump(asdict(login), target)
        draft.replace(file)
    except OSError as error:
        raise CommandFailed(f"{file} cannot be written: {error.strerror}") from error


def forget_login(settings: "CommandSettings") -> None:
    """Keep it no more."""
    with contextlib.suppress(FileNotFoundError):
        _file(settings).unlink()


def _file(settings: "CommandSettings") -> Path:
    name = hashlib.sha256(settings.address.encode()).hexdigest()[:16]
    return settings.config_dir / "wactorz" / f"login-{name}.json"


def _local_token(settings: "CommandSettings") -> str:
    """The token that the gateway of this machine keeps for this user; it goes nowhere else."""
    named = not settings.url or "state_dir" in settings.model_fields_set
    if not named or not _is_here(settings.address):
        return ""
    try:
        return (settings.state_dir / _LOCAL).read_text().strip()
    except OSError:
        return ""


def _is_here(address: str) -> bool:
    try:
        host = urlsplit(address).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
