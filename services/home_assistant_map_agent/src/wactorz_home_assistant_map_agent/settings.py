"""Settings of the map agent."""

from pydantic import Field

from wactorz_common.contracts.home import HOME_MAP
from wactorz_common.settings import HomeAssistantSettings, PlainTopic


class HomeAssistantMapAgentSettings(HomeAssistantSettings):
    """Where the map is published, and how long changes are gathered before it is."""

    output_topic: PlainTopic = Field(
        HOME_MAP.address, validation_alias="HA_MAP_AGENT_OUTPUT_TOPIC", description="Topic that the map is published on"
    )
    target_actor: str = Field(
        "",
        pattern=r"^[^/+#\x00]*$",
        validation_alias="HA_MAP_AGENT_TARGET_ACTOR",
        description="Agent that gets the map as tasks; then it is not published",
    )
    gather_seconds: float = Field(
        0.3,
        ge=0,
        validation_alias="WACTORZ_HOME_ASSISTANT_MAP_AGENT_GATHER_SECONDS",
        description="How long changes are gathered before the registries are read again",
    )
