"""Settings of the demo home, read once from the environment."""

import os
import secrets
from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from wactorz_demo_home.errors import DemoHomeError


class DemoHomeSettings(BaseSettings):
    """Where the house listens and where it keeps things."""

    model_config = SettingsConfigDict(env_prefix="WACTORZ_DEMO_HOME_", extra="ignore", populate_by_name=True)

    host: str = Field(default="127.0.0.1", description="Address to listen on")
    port: int = Field(default=0, ge=0, le=65535, description="Port; 0 takes the last one again, else a free one")
    token: SecretStr | None = Field(default=None, description="Access token; generated and kept when not given")
    token_file: Path | None = Field(default=None, description="File that holds the access token")
    call_log: Path | None = Field(default=None, description="File to log service calls in, one JSON line each")
    house: Path | None = Field(default=None, description="JSON document of another house")
    entities: int = Field(default=0, ge=0, le=20_000, description="Entities to grow the house to; 0 leaves it as it is")
    recorder: bool = Field(default=True, description="Whether it remembers what was; 0 for a house without history")
    state_dir: Path = Field(
        default=Path("~/.local/state/wactorz"),
        description="State folder",
        validation_alias=AliasChoices("state_dir", "WACTORZ_STATE_DIR"),
    )
    log_level: str = Field(
        default="INFO", description="Log level", validation_alias=AliasChoices("log_level", "WACTORZ_LOG_LEVEL")
    )
    log_format: str = Field(
        default="console",
        description="console or json",
        validation_alias=AliasChoices("log_format", "WACTORZ_LOG_FORMAT"),
    )

    @property
    def folder(self) -> Path:
        """The demo home's own folder."""
        return self.state_dir.expanduser() / "demo-home"

    def secret_token(self) -> str:
        """Return the access token: given, from its file, or generated once and kept in the folder."""
        given = self.token.get_secret_value().strip() if self.token else ""
        if given:
            return given
        path = self.token_file or self.folder / "token"
        try:
            if self.token_file is None and not path.exists():
                _write_private(path, secrets.token_urlsafe(32))
            token = path.read_text().strip()
        except OSError as error:
            raise DemoHomeError(
                f"The demo home cannot use its token file {path} ({error.strerror}). "
                "Check its rights, or set WACTORZ_DEMO_HOME_TOKEN."
            ) from error
        if not token:
            raise DemoHomeError(f"The token file {path} is empty. Put a token into it, or remove it.")
        return token


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")
