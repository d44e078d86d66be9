"""Larger houses: the same rooms and devices at each start, with names that people could have given."""

from collections.abc import Iterator
from itertools import chain, count, islice, product
from typing import Any

from wactorz_demo_home.devices import Device
from wactorz_demo_home.house import Area, Floor, House

_FLOORS = (
    Floor(floor_id="cellar", name="Cellar", aliases=("Basement",), level=-1),
    Floor(floor_id="ground_floor", name="Ground floor", aliases=("Downstairs",), level=0),
    Floor(floor_id="first_floor", name="First floor", aliases=("Upstairs",), level=1),
    Floor(floor_id="second_floor", name="Second floor", level=2),
)
_ROOMS = (
    "Bathroom", "Guest room", "Nursery", "Dining room", "Laundry room", "Library", "Workshop", "Pantry", "Gym",
    "Music room", "Playroom", "Sunroom", "Attic", "Studio", "Dressing room", "Conservatory", "Wine cellar", "Sauna",
    "Utility room", "Cloakroom", "Landing", "Den", "Parlor", "Boiler room", "Mudroom", "Loft", "Gallery", "Veranda",
)  # fmt: skip
_KINDS_OF_ROOM = ("", "East", "West", "North", "South", "Upper", "Lower", "Front", "Rear", "Little", "Old", "Green")
_COLOR = dict.fromkeys(("color_temp_kelvin", "color_temp", "hs_color", "rgb_color", "xy_color"))
_DIMMABLE = {"supported_color_modes": ["brightness"], "color_mode": None, "brightness": None, "supported_features": 0}
_COLORFUL = {
    "supported_color_modes": ["color_temp", "hs"], "color_mode": None, "brightness": None, **_COLOR,
    "min_color_temp_kelvin": 2000, "max_color_temp_kelvin": 6535, "min_mireds": 153, "max_mireds": 500,
    "supported_features": 0,
}  # fmt: skip
_HEATER = {
    "hvac_modes": ["heat", "off"], "min_temp": 5.0, "max_temp": 30.0, "target_temp_step": 0.5,
    "current_temperature": 20.5, "temperature": 21.0, "hvac_action": "idle", "supported_features": 385,
}  # fmt: skip
_SPEAKER = {"volume_level": 0.4, "is_volume_muted": False, "device_class": "speaker", "supported_features": 22461}
_FAN = {"percentage": 0, "percentage_step": 1.0, "preset_mode": None, "supported_features": 49}
_BLINDS = {"current_position": 100, "device_class": "blind", "supported_features": 7}


def grow(house: House, entities: int) -> House:
    """Return the house with rooms and devices added until it has so many entities; itself when it has them."""
    missing = entities - len(house.devices)
    if missing <= 0:
        return house
    floors = {floor.floor_id: floor for floor in (*_FLOORS, *house.floors)}
    rooms = _rooms({area.area_id for area in house.areas}, tuple(floors))
    furnished = ((area, device) for area in rooms for device in _furniture(area))
    added = list(islice(furnished, missing))
    areas = dict.fromkeys(area for area, _ in added)
    return house.model_copy(
        update={
            "floors": tuple(sorted(floors.values(), key=lambda floor: floor.level or 0)),
            "areas": (*house.areas, *areas),
            "devices": (*house.devices, *(device for _, device in added)),
        }
    )


def _rooms(taken: set[str], floors: tuple[str, ...]) -> Iterator[Area]:
    """Rooms without end, each with another name."""
    named = (f"{kind} {room.lower()}" if kind else room for kind, room in product(_KINDS_OF_ROOM, _ROOMS))
    numbered = (f"{room} {number}" for number in count(2) for room in _ROOMS)
    for place, name in enumerate(chain(named, numbered)):
        area_id = name.lower().replace(" ", "_")
        if area_id not in taken:
            yield Area(area_id=area_id, name=name, floor=floors[place % len(floors)])


def _furniture(area: Area) -> Iterator[Device]:
    """What stands in one room: each device with what it brings besides."""
    yield _thing(area, "light", "ceiling light", "off", _DIMMABLE)
    yield _thing(area, "sensor", "ceiling light signal", "-58", _measured("signal_strength", "dBm"), "ceiling light")
    yield _thing(area, "light", "floor lamp", "off", _COLORFUL)
    yield _thing(area, "switch", "floor lamp night mode", "off", {}, "floor lamp")
    yield _thing(area, "cover", "blinds", "open", _BLINDS)
    yield _thing(area, "climate", "heater", "heat", _HEATER)
    yield _thing(area, "sensor", "heater battery", "87", _measured("battery", "%"), "heater")
    yield _thing(area, "sensor", "temperature", "20.5", _measured("temperature", "°C"))
    yield _thing(area, "sensor", "humidity", "46", _measured("humidity", "%"), "temperature", category=None)
    yield _thing(area, "binary_sensor", "motion", "off", {"device_class": "motion"})
    yield _thing(area, "binary_sensor", "window", "off", {"device_class": "window"})
    yield _thing(area, "switch", "socket", "off", {})
    yield _thing(area, "fan", "fan", "off", _FAN)
    yield _thing(area, "media_player", "speaker", "idle", _SPEAKER)


_CATEGORIES = {"night mode": "config", "signal": "diagnostic", "battery": "diagnostic"}


def _thing(
    area: Area, domain: str, what: str, state: str, attributes: dict[str, Any], of: str = "", **more: Any
) -> Device:
    """An entity of a room; one that is brought `of` another device counts as technical unless told otherwise."""
    name = f"{area.name} {what}"
    technical = next((kind for end, kind in _CATEGORIES.items() if of and what.endswith(end)), None)
    return Device(
        entity_id=f"{domain}.{area.area_id}_{what.replace(' ', '_')}", name=name, state=state, attributes=attributes,
        area=area.area_id, device=f"{area.name} {of or what}", **{"category": technical, **more},
    )  # fmt: skip


def _measured(device_class: str, unit: str) -> dict[str, Any]:
    return {"state_class": "measurement", "unit_of_measurement": unit, "device_class": device_class}
