"""Settings of the Home Assistant agent."""

from pydantic import Field

from wactorz_common.settings import HomeAssistantSettings


class HomeAssistantAgentSettings(HomeAssistantSettings):
    """Where Home Assistant is, and how long a question waits for it."""

    connect_wait_seconds: float = Field(
        4.0,
        gt=0,
        validation_alias="WACTORZ_HOME_ASSISTANT_AGENT_CONNECT_WAIT_SECONDS",
        description="How long a question waits for Home Assistant",
    )
    approval_seconds: float = Field(
        300.0,
        gt=0,
        validation_alias="WACTORZ_AUTOMATION_APPROVAL_SECONDS",
        description="How long an automation that opens something waits for a yes",
    )
