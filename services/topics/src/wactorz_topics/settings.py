"""Settings of topics."""

from pydantic_settings import SettingsConfigDict

from wactorz_common.settings import AgentSettings


class TopicsSettings(AgentSettings):
    """What topics needs besides what every agent does."""

    model_config = SettingsConfigDict(env_prefix="WACTORZ_TOPICS_")
