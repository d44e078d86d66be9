"""Settings of the state bridge."""

from typing import Self

from pydantic import Field, model_validator

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
    only: str = Field(
        "",
        validation_alias="HA_STATE_BRIDGE_ONLY",
        description="Entities to publish: ids or patterns (sensor.*_temperature), separated by commas; empty for all",
    )
    never: str = Field(
        "",
        validation_alias="HA_STATE_BRIDGE_NEVER",
        description="Entities to leave out: ids or patterns, separated by commas",
    )
    retain: str = Field(
        "",
        validation_alias="HA_STATE_BRIDGE_RETAIN",
        description="Domains, entities or patterns whose last value the broker keeps, separated by commas",
    )
    fill_seconds: float = Field(
        600,
        ge=0,
        validation_alias="HA_STATE_BRIDGE_FILL_SECONDS",
        description="Longest absence that is filled from the recorder; after a longer one only the present is said",
    )
    most_waiting: int = Field(
        5_000,
        ge=100,
        validation_alias="HA_STATE_BRIDGE_MOST_WAITING",
        description="Events that wait for the broker; beyond that the recorder is asked for them later",
    )

    @model_validator(mode="after")
    def _one_topic_keeps_one_value(self) -> Self:
        if self.retain and not self.per_entity:
            raise ValueError("HA_STATE_BRIDGE_RETAIN needs a topic for each entity: set HA_STATE_BRIDGE_PER_ENTITY=1")
        return self


def words(text: str) -> tuple[str, ...]:
    """What is between the commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
