"""Settings of the proxy."""

from enum import StrEnum
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Role(StrEnum):
    """What the one client of this proxy may do."""

    WATCH = "watch"
    CREATE = "create"


class ProxySettings(BaseSettings):
    """Where the engine is, for whom the proxy speaks, and the limits of a guest."""

    model_config = SettingsConfigDict(env_prefix="WACTORZ_DOCKER_PROXY_", env_ignore_empty=True, extra="ignore")

    role: Role = Field(description="watch (supervised containers of the project) or create (guests)")
    project: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]*$", description="Compose project whose containers may be reached"
    )
    socket: Path = Field(Path("/var/run/docker.sock"), description="Socket of the Docker engine")
    listen: str = Field("0.0.0.0:2375", description="Address to listen on; on an internal network with one client")
    images: str = Field("wactorz-dynamic-agent:local", description="Images that a guest may have, by comma")
    network: str = Field("", description="Network of the guests; empty for PROJECT_guests")
    egress_network: str = Field(
        "", description="Network of the guests that may reach others; empty for PROJECT_guests-out"
    )
    guest_memory_mb: int = Field(
        1024, gt=0, description="Most memory of the agent in a guest, in MiB; 128 for its host come on top"
    )
    guest_cpus: float = Field(1.0, gt=0, description="Most processor cores that a guest may ask for")
    health_file: Path | None = Field(
        None, validation_alias="WACTORZ_HEALTH_FILE", description="File that says until when the proxy counts as alive"
    )
    log_level: str = Field("INFO", validation_alias="WACTORZ_LOG_LEVEL", description="DEBUG, INFO, WARNING or ERROR")

    @property
    def guest_network(self) -> str:
        """Name of the network of the guests."""
        return self.network or f"{self.project}_guests"

    @property
    def way_out(self) -> str:
        """Name of the network of the guests that may reach others; the broker is on it, too."""
        return self.egress_network or f"{self.project}_guests-out"

    @property
    def guest_images(self) -> frozenset[str]:
        """Images that a guest may have."""
        return frozenset(part.strip() for part in self.images.split(",") if part.strip())

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on; a ValueError when there is no port."""
        host, _, port = self.listen.rpartition(":")
        return host, int(port)
