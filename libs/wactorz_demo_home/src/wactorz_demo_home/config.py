"""What the house says about itself."""

from typing import Any

from wactorz_demo_home.world import World

HA_VERSION = "2025.4.4"
"""Version of Home Assistant whose answers the demo home gives."""


def config_of(world: World) -> dict[str, Any]:
    """Return the answer of /api/config and get_config."""
    domains = {entity_id.split(".")[0] for entity_id in world.states}
    if world.recorder is not None:
        domains |= {"history", "recorder"}
    return {
        "allowlist_external_dirs": [],
        "allowlist_external_urls": [],
        "components": sorted({"api", "websocket_api", "homeassistant", "demo", *domains}),
        "config_dir": "",
        "config_source": "demo",
        "country": "DE",
        "currency": "EUR",
        "debug": False,
        "elevation": 30,
        "external_url": None,
        "internal_url": None,
        "language": "en",
        "latitude": 52.5,
        "location_name": world.name,
        "longitude": 13.4,
        "radius": 100,
        "recovery_mode": False,
        "safe_mode": False,
        "state": "NOT_RUNNING" if world.faults.starting else "RUNNING",
        "time_zone": "UTC",
        "unit_system": {
            "length": "km",
            "accumulated_precipitation": "mm",
            "area": "m²",
            "mass": "g",
            "pressure": "Pa",
            "temperature": "°C",
            "volume": "L",
            "wind_speed": "m/s",
        },
        "version": HA_VERSION,
        "whitelist_external_dirs": [],
    }


def services_of(world: World) -> dict[str, dict[str, Any]]:
    """Return the answer of get_services."""
    return {
        domain: {name: service.describe(domain) for name, service in services.items()}
        for domain, services in world.services.items()
    }
