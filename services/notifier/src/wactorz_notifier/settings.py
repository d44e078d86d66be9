"""Settings of notifier."""

from pydantic_settings import SettingsConfigDict

from wactorz_common.settings import AgentSettings


class NotifierSettings(AgentSettings):
    """What notifier needs besides what every agent does."""

    model_config = SettingsConfigDict(env_prefix="WACTORZ_NOTIFIER_")
