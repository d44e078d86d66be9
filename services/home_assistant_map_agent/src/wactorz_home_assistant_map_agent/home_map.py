"""The map of devices with their entities and places, as others read it on the broker; pure."""

from wactorz_common.contracts.home import House
from wactorz_common.housemap import devices_with_entities

__all__ = ["devices_with_entities", "in_words"]


def in_words(house: House) -> str:
    """What is where, one line for each area."""
    areas = [(area.area_id, area.name) for area in house.areas]
    known = {area_id for area_id, _ in areas}
    names: dict[str, list[str]] = {}
    for entity in house.entities:
        if not entity.hidden and entity.category is None:
            names.setdefault(entity.area_id if entity.area_id in known else "", []).append(entity.name)
    placed = [(name, names[area_id]) for area_id, name in (*areas, ("", "No area")) if area_id in names]
    return "\n".join(f"{name}: {', '.join(dict.fromkeys(inside))}" for name, inside in placed)
