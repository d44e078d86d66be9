"""Devices: what a house document says about each, and what a service does to it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from wactorz_demo_home import appliances, climate, lights
from wactorz_demo_home.condition import Behavior, Condition
from wactorz_demo_home.errors import unsupported
from wactorz_demo_home.targets import is_entity_id

BEHAVIORS: dict[str, Behavior] = {
    "light": lights.apply,
    "switch": appliances.switch,
    "automation": appliances.switch,
    "fan": appliances.fan,
    "media_player": appliances.media_player,
    "lock": appliances.lock,
    "cover": appliances.cover,
    "alarm_control_panel": appliances.alarm,
    "climate": climate.apply,
}


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MemberCall(_Document):
    """One service call that a scene or script makes."""

    service: str = Field(description="Domain and name, for example light.turn_on", pattern=r"^[a-z_]+\.[a-z0-9_]+$")
    entity_id: str = Field(description="Device it is for")
    data: dict[str, Any] = Field(default_factory=dict, description="Further service data")


class Device(_Document):
    """One entity of the house."""

    entity_id: str = Field(description="For example light.kitchen_light")
    name: str = Field(description="Name as people say it")
    state: str = Field(default="unknown", description="State on the first start")
    attributes: dict[str, Any] = Field(default_factory=dict, description="Attributes on the first start")
    area: str | None = Field(default=None, description="Id of the area it is in")
    device: str | None = Field(default=None, description="Name of the physical device; that one then has the area")
    aliases: tuple[str, ...] = Field(default=(), description="Other names")
    labels: tuple[str, ...] = Field(default=(), description="Ids of labels on it")
    category: Literal["config", "diagnostic"] | None = Field(default=None, description="None for what people use")
    hidden: bool = Field(default=False, description="Hidden by a person")
    follows: str | None = Field(default=None, description="Sensor that a thermostat reads")
    late: bool = Field(default=False, description="Reports a change after the answer to the call, as radio devices do")
    members: tuple[MemberCall, ...] = Field(default=(), description="What a scene or script does")

    @field_validator("entity_id")
    @classmethod
    def _readable(cls, value: str) -> str:
        if not is_entity_id(value):
            raise ValueError(f"{value!r} is no entity id; it reads domain.object_id in small letters")
        return value

    @property
    def domain(self) -> str:
        """The part of the entity id before the dot."""
        return self.entity_id.split(".", 1)[0]

    @property
    def first_condition(self) -> Condition:
        """The condition on the first start."""
        told = {"entity_id": [member.entity_id for member in self.members]} if self.domain == "scene" else {}
        return Condition(self.state, {**told, **self.attributes, "friendly_name": self.name})

    def apply(self, service: str, data: dict[str, Any], before: Condition, needs: tuple[int, ...] = ()) -> Condition:
        """Return the condition after a service; raise CallError when the device has no ability for it.

        `needs` lists the abilities (bits of supported features) of which the service takes any one.
        """
        if needs and not any(before.features & need == need for need in needs):
            raise unsupported(self.domain, service, self.entity_id)
        behavior = BEHAVIORS.get(self.domain)
        return behavior(before, service, data) if behavior else before
