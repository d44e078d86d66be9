"""The house: its areas and devices; the built-in one, or one from a JSON document."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from wactorz_demo_home.devices import Device, MemberCall
from wactorz_demo_home.errors import DemoHomeError


class Floor(BaseModel):
    """A floor."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    floor_id: str = Field(description="Id in the floor registry", min_length=1)
    name: str = Field(description="Name as people say it")
    aliases: tuple[str, ...] = Field(default=(), description="Other names")
    level: int | None = Field(default=None, description="0 is the ground floor")


class Label(BaseModel):
    """A label that can be put on areas and entities."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label_id: str = Field(description="Id in the label registry", min_length=1)
    name: str = Field(description="Name as people say it")


class Area(BaseModel):
    """A room."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    area_id: str = Field(description="Id in the area registry", min_length=1)
    name: str = Field(description="Name as people say it")
    aliases: tuple[str, ...] = Field(default=(), description="Other names")
    floor: str | None = Field(default=None, description="Id of the floor it is on")
    labels: tuple[str, ...] = Field(default=(), description="Ids of labels on it")


class House(BaseModel):
    """The document that describes a whole house."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(default="Demo home", description="Name of the house")
    floors: tuple[Floor, ...] = Field(default=(), description="Floors")
    labels: tuple[Label, ...] = Field(default=(), description="Labels")
    areas: tuple[Area, ...] = Field(default=(), description="Rooms")
    devices: tuple[Device, ...] = Field(default=(), description="Every entity")

    @model_validator(mode="after")
    def _consistent(self) -> "House":
        rooms = {area.area_id for area in self.areas}
        seen: set[str] = set()
        for device in self.devices:
            if device.entity_id in seen:
                raise ValueError(f"{device.entity_id} is there twice")
            if device.area is not None and device.area not in rooms:
                raise ValueError(f"{device.entity_id} is in area {device.area!r}, which is not in the document")
            seen.add(device.entity_id)
        floors = {floor.floor_id for floor in self.floors}
        for area in self.areas:
            if area.floor is not None and area.floor not in floors:
                raise ValueError(f"area {area.area_id!r} is on floor {area.floor!r}, which is not in the document")
        return self


def load_house(path: Path | None) -> House:
    """Return the house of a JSON document, or the built-in one; raise DemoHomeError when it cannot be used."""
    if path is None:
        return built_in_house()
    try:
        return House.model_validate_json(path.read_bytes())
    except OSError as error:
        raise DemoHomeError(f"The house document {path} cannot be read ({error.strerror}). Check the path.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the document"
        raise DemoHomeError(f"The house document {path} cannot be used: {where}: {first['msg']}.") from error


def built_in_house() -> House:
    """Return the house that a newcomer gets: two floors, five areas and about twenty devices."""
    areas = tuple(
        Area(area_id=name.lower().replace(" ", "_"), name=name, aliases=aliases, floor=floor)
        for name, aliases, floor in (
            ("Kitchen", ("Küche",), "ground_floor"),
            ("Living Room", ("Lounge", "Wohnzimmer"), "ground_floor"),
            ("Bedroom", ("Schlafzimmer",), "first_floor"),
            ("Hallway", ("Entrance", "Flur"), "ground_floor"),
            ("Office", ("Study", "Büro"), "first_floor"),
        )
    )
    devices = (*_lights(), *_openings(), *_climate(), *_appliances(), *_sensors(), *_technical(), *_home())
    return House(floors=_FLOORS, labels=_LABELS, areas=areas, devices=devices)


_FLOORS = (
    Floor(floor_id="ground_floor", name="Ground floor", aliases=("Downstairs",), level=0),
    Floor(floor_id="first_floor", name="First floor", aliases=("Upstairs",), level=1),
)
_LABELS = (Label(label_id="evening", name="Evening"), Label(label_id="safety", name="Safety"))


_COLOR_KEYS = ("color_temp_kelvin", "color_temp", "hs_color", "rgb_color", "xy_color")


def _light(object_id: str, name: str, area: str, *modes: str, labels: tuple[str, ...] = ()) -> Device:
    attributes: dict[str, Any] = {"supported_color_modes": list(modes), "color_mode": None, "brightness": None}
    if modes != ("brightness",):
        attributes |= dict.fromkeys(_COLOR_KEYS)
        attributes |= {"min_color_temp_kelvin": 2000, "max_color_temp_kelvin": 6535, "min_mireds": 153}
        attributes |= {"max_mireds": 500}
    attributes["supported_features"] = 0
    return Device(
        entity_id=f"light.{object_id}", name=name, state="off", attributes=attributes, area=area, device=name,
        late=True, labels=labels,
    )  # fmt: skip


def _lights() -> tuple[Device, ...]:
    return (
        _light("kitchen_light", "Kitchen light", "kitchen", "brightness"),
        _light("living_room_lamp", "Living room lamp", "living_room", "color_temp", "hs", labels=("evening",)),
        _light("bedroom_light", "Bedroom light", "bedroom", "color_temp"),
        _light("hallway_light", "Hallway light", "hallway", "brightness", labels=("evening",)),
        _light("office_light", "Office light", "office", "color_temp", "hs"),
    )


def _openings() -> tuple[Device, ...]:
    return (
        Device(
            entity_id="lock.front_door",
            name="Front door",
            state="locked",
            attributes={"supported_features": 0},
            area="hallway",
            device="Front door",
            late=True,
            aliases=("Haustür",),
            labels=("safety",),
        ),
        Device(
            entity_id="cover.blinds",
            name="Blinds",
            state="open",
            attributes={"current_position": 100, "device_class": "blind", "supported_features": 7},
            area="living_room",
            device="Blinds",
            late=True,
        ),
        Device(
            entity_id="cover.garage_door",
            name="Garage door",
            state="closed",
            attributes={"device_class": "garage", "supported_features": 3},
            device="Garage door",
        ),
    )


def _climate() -> tuple[Device, ...]:
    attributes = {
        "hvac_modes": ["cool", "off"],
        "min_temp": 16.0,
        "max_temp": 30.0,
        "target_temp_step": 0.1,
        "current_temperature": 21.0,
        "temperature": 24.0,
        "hvac_action": "off",
        "supported_features": 385,
    }
    return (
        Device(
            entity_id="climate.kitchen_air_conditioner",
            name="Kitchen air conditioner",
            state="off",
            attributes=attributes,
            area="kitchen",
            device="Kitchen air conditioner",
            follows="sensor.kitchen_temperature",
            aliases=("Air conditioner", "AC"),
        ),
    )


def _appliances() -> tuple[Device, ...]:
    speed = {"percentage": 0, "percentage_step": 1.0, "preset_mode": None, "supported_features": 49}
    speaker = {"volume_level": 0.4, "is_volume_muted": False, "device_class": "speaker", "supported_features": 22461}
    alarm = {"code_format": None, "changed_by": None, "code_arm_required": False, "supported_features": 15}
    return (
        Device(entity_id="switch.fan", name="Fan", state="off", area="living_room", device="Fan", late=True),
        Device(
            entity_id="switch.coffee_machine",
            name="Coffee machine",
            state="off",
            area="kitchen",
            device="Coffee machine",
            aliases=("Kaffeemaschine",),
        ),
        Device(
            entity_id="fan.bedroom_fan",
            name="Bedroom fan",
            state="off",
            attributes=speed,
            area="bedroom",
            device="Bedroom fan",
        ),
        Device(
            entity_id="media_player.living_room_speaker",
            name="Living room speaker",
            state="idle",
            attributes=speaker,
            area="living_room",
            device="Living room speaker",
        ),
        Device(entity_id="alarm_control_panel.home", name="Home alarm", state="disarmed", attributes=alarm),
    )


def _sensor(kind: str, object_id: str, name: str, area: str, device_class: str, state: str, unit: str = "") -> Device:
    attributes: dict[str, Any] = {"device_class": device_class}
    if unit:
        attributes = {"state_class": "measurement", "unit_of_measurement": unit, **attributes}
    return Device(entity_id=f"{kind}.{object_id}", name=name, state=state, attributes=attributes, area=area)


def _sensors() -> tuple[Device, ...]:
    return (
        _sensor("sensor", "kitchen_temperature", "Kitchen temperature", "kitchen", "temperature", "21.0", "°C"),
        _sensor(
            "sensor", "living_room_temperature", "Living room temperature", "living_room", "temperature", "20.5", "°C"
        ),
        _sensor("sensor", "bedroom_humidity", "Bedroom humidity", "bedroom", "humidity", "46", "%"),
        _sensor("binary_sensor", "front_door", "Front door", "hallway", "door", "off").model_copy(
            update={"aliases": ("Haustür",)}
        ),
        _sensor("binary_sensor", "hallway_motion", "Hallway motion", "hallway", "motion", "off"),
    )


def _technical() -> tuple[Device, ...]:
    """What devices bring besides, and people do not mean when they speak of them."""
    signal = {"state_class": "measurement", "unit_of_measurement": "dBm", "device_class": "signal_strength"}
    dimmable = {"supported_color_modes": ["brightness"], "color_mode": None, "brightness": None}
    return (
        Device(
            entity_id="sensor.living_room_lamp_signal", name="Living room lamp signal", state="-61", attributes=signal,
            area="living_room", device="Living room lamp", category="diagnostic",
        ),
        Device(
            entity_id="switch.living_room_lamp_night_mode", name="Living room lamp night mode", state="off",
            area="living_room", device="Living room lamp", category="config",
        ),
        Device(
            entity_id="light.office_light_indicator", name="Office light indicator", state="off",
            attributes={**dimmable, "supported_features": 0}, area="office", device="Office light", hidden=True,
        ),
    )  # fmt: skip


def _home() -> tuple[Device, ...]:
    weather = {"temperature": 18.0, "temperature_unit": "°C", "humidity": 55, "supported_features": 1}
    return (
        Device(
            entity_id="scene.movie_night",
            name="Movie night",
            aliases=("Filmabend",),
            members=(
                MemberCall(service="light.turn_on", entity_id="light.living_room_lamp", data={"brightness_pct": 20}),
                MemberCall(service="cover.close_cover", entity_id="cover.blinds"),
            ),
        ),
        Device(
            entity_id="script.good_night",
            name="Good night",
            aliases=("Gute Nacht",),
            state="off",
            attributes={"last_triggered": None, "mode": "single", "current": 0},
            members=(
                *(
                    MemberCall(service="light.turn_off", entity_id=f"light.{lamp}")
                    for lamp in ("kitchen_light", "living_room_lamp", "bedroom_light", "hallway_light", "office_light")
                ),
                MemberCall(service="lock.lock", entity_id="lock.front_door"),
            ),
        ),
        Device(entity_id="sun.sun", name="Sun"),
        Device(entity_id="person.owner", name="Owner", state="home", attributes={"id": "owner", "editable": False}),
        Device(entity_id="weather.home", name="Home weather", state="sunny", attributes=weather),
    )
