"""Configurations of type ha_actuator: messages on topics that lead to service calls, without code."""

from typing import Any

from pydantic import Field, field_validator

from wactorz_common.comparisons import Operator
from wactorz_common.contracts._channel import OpenPayload
from wactorz_common.contracts.spawning import SpawnSpec

ACTUATOR, STATES = "home-assistant-actuator", "home-assistant-agent"
NEEDED_AGENTS = (ACTUATOR, STATES)
"""Whom such an agent gives tasks to: the one that acts, and the one that knows live states."""


class DeviceAction(OpenPayload):
    """One service call; texts that are "$payload" or begin with "$payload." stand for what the message says."""

    domain: str = Field(min_length=1, description="Service domain")
    service: str = Field(min_length=1, description="Service name; absolute, never toggle")
    entity_id: tuple[str, ...] = Field(min_length=1, description="Entities; one may be given as plain text")
    service_data: dict[str, Any] = Field(default_factory=dict, description="Further service data")

    @field_validator("entity_id", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value


class LiveCondition(OpenPayload):
    """Must hold against the live state; an unknown entity or a house out of reach counts as not holding."""

    entity_id: str = Field(min_length=1, description="Entity that is looked at")
    attribute: str | None = Field(default=None, description="Attribute by dotted path; None for the state")
    operator: Operator = Field(default="eq", description="Comparison")
    value: Any = Field(description="What it is compared with")


class ActuatorConfig(OpenPayload):
    """When which devices are moved."""

    automation_id: str = Field(default="", max_length=100, description="Empty: the agent's name")
    description: str = Field(default="", max_length=2_000, description="One sentence")
    mqtt_topics: tuple[str, ...] = Field(min_length=1, max_length=50, description="Topic filters to listen to")
    actions: tuple[DeviceAction, ...] = Field(min_length=1, max_length=50, description="What to do, in order")
    conditions: tuple[LiveCondition, ...] = Field(default=(), max_length=50, description="All must hold")
    detection_filter: dict[str, Any] | None = Field(
        default=None, description="Top-level key to a literal, or to {operator: value}; all must fit"
    )
    cooldown_seconds: float = Field(default=10.0, ge=0, le=86_400, description="Quiet time after it acted")

    @field_validator("mqtt_topics", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("conditions", "actions", mode="before")
    @classmethod
    def _none_is_empty(cls, value: Any) -> Any:
        return () if value is None else value

    @classmethod
    def of(cls, spec: SpawnSpec) -> "ActuatorConfig":
        """Read it from a spawn message; raises ContractError with what is wrong."""
        body = spec.to_wire()
        return cls.accept({key: body[key] for key in cls.model_fields if key in body})
