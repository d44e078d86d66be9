"""Settings of the node runner."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from wactorz_common.settings import AgentSettings
from wactorz_common.supervision import RestartPolicy


class NodeSettings(AgentSettings):
    """What a node needs to host spawned agents."""

    restart_limit: int = Field(5, gt=0, validation_alias="WACTORZ_RESTART_LIMIT")
    restart_window: float = Field(60.0, gt=0, validation_alias="WACTORZ_RESTART_WINDOW")
    isolation: Literal["", "shared", "container"] = Field(
        "",
        validation_alias="WACTORZ_ISOLATION",
        description="shared or container; without it containers where Docker is given",
    )
    trusted_keys_file: Path | None = Field(
        None,
        validation_alias="WACTORZ_NODE_TRUSTED_KEYS_FILE",
        description="Public keys that may spawn, one in hexadecimal a line; natively the monitor's own key",
    )
    node_secret: SecretStr = Field(
        SecretStr(""),
        validation_alias="WACTORZ_NODE_SECRET",
        description="Secret that the logins of spawned agents are derived from; without it they use the runner's own",
    )
    allow_process_agents: bool = Field(
        False,
        validation_alias="WACTORZ_ALLOW_PROCESS_AGENTS",
        description="1 lets agents with packages run as plain processes",
    )
    docker_url: str = Field(
        "", validation_alias="WACTORZ_NODE_DOCKER_URL", description="Door to the container engine; empty: no containers"
    )
    guest_image: str = Field(
        "wactorz-dynamic-agent:local",
        validation_alias="WACTORZ_NODE_GUEST_IMAGE",
        description="Image of the containers of spawned agents",
    )
    guest_project: str = Field(
        "wactorz",
        validation_alias="WACTORZ_NODE_GUEST_PROJECT",
        description="Compose project: its network, and the prefix of names",
    )
    warm_slots: int = Field(
        0, ge=0, le=8, validation_alias="WACTORZ_NODE_WARM_SLOTS", description="Idle containers kept ready"
    )
    guest_memory_mb: int = Field(
        1024, ge=32, validation_alias="WACTORZ_NODE_GUEST_MEMORY_MB", description="Most memory of one spawned agent"
    )
    guest_mqtt_host: str = Field(
        "",
        validation_alias="WACTORZ_NODE_GUEST_MQTT_HOST",
        description="Broker as a spawned agent sees it; empty for the runner's own",
    )

    @property
    def node_name(self) -> str:
        """How this node is addressed; the main machine is called local."""
        return self.node or "local"

    @property
    def policy(self) -> RestartPolicy:
        """The restart policy with this installation's figures."""
        return RestartPolicy(limit=self.restart_limit, window=self.restart_window)


class EdgeSettings(NodeSettings):
    """What the runner of the native system reads besides; the rest of the environment is passed on to its owners."""

    http_bind: str = Field("127.0.0.1", validation_alias="WACTORZ_HTTP_BIND")
    http_port: int = Field(8080, gt=0, lt=65536, validation_alias="WACTORZ_HTTP_PORT")
    ha_url: str = Field("", validation_alias="HA_URL")
    supervision_groups: str = Field(
        "",
        validation_alias="WACTORZ_SUPERVISION_GROUPS",
        description="Services that are restarted together, as NAME=STRATEGY:FIRST,SECOND; NAME=...",
    )
    services: str = Field("", validation_alias="WACTORZ_SERVICES")
    extra_services: str = Field("", validation_alias="WACTORZ_EXTRA_SERVICES")

    @property
    def address(self) -> str:
        """Where people find the gateway."""
        return f"http://{self.http_bind}:{self.http_port}"
