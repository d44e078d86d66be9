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
    docker_url: str = Field("", description="Proxy of the container engine; empty where no containers are supervised")
    docker_node: str = Field("docker", description="Node name under which supervised containers are reported")
    supervision_groups: str = Field(
        "",
        validation_alias="WACTORZ_SUPERVISION_GROUPS",
        description="Who is restarted together: NAME=STRATEGY:FIRST,SECOND;... with one-for-one, one-for-all or "
        "rest-for-one",
    )
    restart_limit: int = Field(
        5, gt=0, validation_alias="WACTORZ_RESTART_LIMIT", description="Restarts of a container within the window"
    )
    restart_window: float = Field(
        60.0, gt=0, validation_alias="WACTORZ_RESTART_WINDOW", description="Seconds in which deaths are counted"
    )

    @property
    def key_file(self) -> Path:
        """Where the signing key lies."""
        return self.signing_key_file or self.state_dir / "secrets" / "spawn-key"

    @property
    def secrets_of_nodes(self) -> Path:
        """Where the secrets of nodes lie, one file per node name."""
        return self.node_secrets_dir or self.state_dir / "secrets" / "nodes"
