"""Settings of the actuator."""

from pydantic import Field

from wactorz_common.settings import HomeAssistantSettings


class HomeAssistantActuatorSettings(HomeAssistantSettings):
    """Where Home Assistant is, and how long the actuator waits for it."""

    connect_wait_seconds: float = Field(
        10.0,
        gt=0,
        validation_alias="WACTORZ_HOME_ASSISTANT_ACTUATOR_CONNECT_WAIT_SECONDS",
        description="How long a command waits for Home Assistant",
    )
    call_timeout_seconds: float = Field(
        10.0,
        gt=0,
        validation_alias="WACTORZ_HOME_ASSISTANT_ACTUATOR_CALL_TIMEOUT_SECONDS",
        description="How long a service call may take",
    )
