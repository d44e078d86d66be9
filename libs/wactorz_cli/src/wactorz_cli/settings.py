"""Where the command finds Wactorz."""

from pathlib import Path

from pydantic import Field, SecretStr

from wactorz_common.settings import AgentSettings


class CommandSettings(AgentSettings):
    """Settings of the `wactorz` command."""

    url: str = Field("", validation_alias="WACTORZ_URL")
    http_port: int = Field(8080, ge=0, lt=65536, validation_alias="WACTORZ_HTTP_PORT")
    config_dir: Path = Field(default_factory=lambda: Path.home() / ".config", validation_alias="XDG_CONFIG_HOME")
    api_token: SecretStr = Field(SecretStr(""), validation_alias="WACTORZ_API_TOKEN")

    @property
    def address(self) -> str:
        """Address of the gateway, without a slash at the end."""
        return (self.url or f"http://127.0.0.1:{self.http_port}").rstrip("/")

    @property
    def history(self) -> Path:
        """File with the lines that were typed into `wactorz chat`."""
        return self.state_dir / "cli-history"
