"""Settings of the monitor."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from wactorz_common.settings import AgentSettings


class MonitorSettings(AgentSettings):
    """When the monitor looks and what it reports."""

    model_config = SettingsConfigDict(env_prefix="WACTORZ_MONITOR_")

    health_seconds: float = Field(15.0, gt=0, description="Period of the health snapshot")
    start_seconds: float = Field(15.0, gt=0, description="Grace for the first heartbeat of a new process")
