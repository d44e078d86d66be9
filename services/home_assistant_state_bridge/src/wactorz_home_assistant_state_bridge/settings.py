"""Settings of the state bridge."""

from pydantic import Field

from wactorz_common.contracts.home import STATE_CHANGE_FLAT
from wactorz_common.settings import HomeAssistantSettings, PlainTopic


class HomeAssistantStateBridgeSettings(HomeAssistantSettings):
    """Which states are published, and where."""

    output_topic: PlainTopic = Field(
        STATE_CHANGE_FLAT.address,
        validation_alias="HA_STATE_BRIDGE_OUTPUT_TOPIC",
        description="Root of the topics that states are published on",
    )
    domains: str = Field(
        "",
        validation_alias="HA_STATE_BRIDGE_DOMAINS",
        description="Domains to publish, separated by commas; empty for all",
    )
    per_entity: bool = Field(
        True, validation_alias="HA_STATE_BRIDGE_PER_ENTITY", description="A topic for each entity, or one for all"
    )

    @property
    def allowed_domains(self) -> frozenset[str]:
        """Domains that are published; empty means all."""
        return frozenset(part.strip() for part in self.domains.split(",") if part.strip())
