"""Settings of the host of spawned agents."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from wactorz_common.settings import AgentSettings


class HostSettings(AgentSettings):
    """What the host needs besides what every agent does."""

    model_config = SettingsConfigDict(env_prefix="WACTORZ_DYNAMIC_")

    allow_private_http: bool = Field(
        default=False, description="Whether granted hosts may lie in private networks and on this machine"
    )
    sandbox_dir: Path | None = Field(
        None,
        description="Folder of the sandbox that came with the product; else one is built in the user's cache",
    )
    wheels: Path | None = Field(
        None, description="Folder of wheels from which packages are installed; empty: the package index"
    )
