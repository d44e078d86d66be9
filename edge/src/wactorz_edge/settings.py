"""Settings of the node runner."""

from pydantic import Field

from wactorz_common.settings import AgentSettings
from wactorz_common.supervision import RestartPolicy


class EdgeSettings(AgentSettings):
    """What the runner itself reads; the rest of the environment is passed on to its owners."""

    restart_limit: int = Field(5, gt=0, validation_alias="WACTORZ_RESTART_LIMIT")
    restart_window: float = Field(60.0, gt=0, validation_alias="WACTORZ_RESTART_WINDOW")
    http_bind: str = Field("127.0.0.1", validation_alias="WACTORZ_HTTP_BIND")
    http_port: int = Field(8080, gt=0, lt=65536, validation_alias="WACTORZ_HTTP_PORT")
    ha_url: str = Field("", validation_alias="HA_URL")
    services: str = Field("", validation_alias="WACTORZ_SERVICES")
    extra_services: str = Field("", validation_alias="WACTORZ_EXTRA_SERVICES")

    @property
    def node_name(self) -> str:
        """How this node is addressed; the main machine is called local."""
        return self.node or "local"

    @property
    def policy(self) -> RestartPolicy:
        """The restart policy with this installation's figures."""
        return RestartPolicy(limit=self.restart_limit, window=self.restart_window)

    @property
    def address(self) -> str:
        """Where people find the gateway."""
        return f"http://{self.http_bind}:{self.http_port}"
