"""Settings of the actuator."""

from pydantic import Field

from wactorz_common.settings import HomeAssistantSettings


class HomeAssistantActuatorSettings(HomeAssistantSettings):
    """Where Home Assistant is, how long the actuator waits for it and for people, and what it keeps."""

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
    approval_seconds: float = Field(
        120.0,
        gt=0,
        le=86_400,
        validation_alias="WACTORZ_HOME_ASSISTANT_ACTUATOR_APPROVAL_SECONDS",
        description="How long a question to a person stays open; silence is a no",
    )
    most_per_minute: int = Field(
        30,
        ge=1,
        le=10_000,
        validation_alias="WACTORZ_HOME_ASSISTANT_ACTUATOR_MOST_PER_MINUTE",
        description="How often a minute rules, agents and models may move one entity",
    )
    audit_days: float = Field(
        365.0,
        ge=1,
        validation_alias="WACTORZ_HOME_ASSISTANT_ACTUATOR_AUDIT_DAYS",
        description="How long lines of the audit log are kept",
    )
