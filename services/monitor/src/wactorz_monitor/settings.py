"""Settings of the monitor."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from wactorz_common.settings import AgentSettings


class MonitorSettings(AgentSettings):
    """When the monitor looks, what it reports, and what it needs to have agents spawned."""

    model_config = SettingsConfigDict(env_prefix="WACTORZ_MONITOR_")

    health_seconds: float = Field(15.0, gt=0, description="Period of the health snapshot")
    start_seconds: float = Field(15.0, gt=0, description="Grace for the first heartbeat of a new process")
    spawn_seconds: float = Field(40.0, gt=0, description="Seconds for which a spawn waits for its node's answer")
    approval_seconds: float = Field(600.0, gt=0, description="Seconds after which an open approval is a no")
    audit_days: float = Field(365.0, gt=0, description="Days for which the audit is kept")
    signing_key_file: Path | None = Field(
        None, description="Key that signs spawn messages; secrets/spawn-key in the state folder, made at first start"
    )
    node_secrets_dir: Path | None = Field(
        None,
        description="One secret per node, for its agents' broker accounts; secrets/nodes in the state folder",
    )
    dynsec_user: str = Field("", description="User that manages broker accounts; empty where the broker has none")
    dynsec_password: SecretStr = Field(
        SecretStr(""), validation_alias="WACTORZ_MONITOR_DYNSEC_PASSWORD", description="Password of that user"
    )

    @property
    def key_file(self) -> Path:
        """Where the signing key lies."""
        return self.signing_key_file or self.state_dir / "secrets" / "spawn-key"

    @property
    def secrets_of_nodes(self) -> Path:
        """Where the secrets of nodes lie, one file per node name."""
        return self.node_secrets_dir or self.state_dir / "secrets" / "nodes"
