"""Which service does what a verb asks of a device: explicit, absolute, or none at all."""

from collections.abc import Mapping
from typing import Any

from wactorz_common.contracts.home import Entity
from wactorz_common.verbs import PLAIN, Service, switch_climate
from wactorz_understanding.values import choose_value


def choose_service(verb: str, entity: Entity, slots: Mapping[str, Any]) -> Service | None:
    """The service and data for `verb` on `entity`; None when the device cannot do that."""
    if entity.domain == "climate" and verb in {"turn_on", "turn_off"}:
        return switch_climate(verb, entity)
    if verb in PLAIN:
        service = PLAIN[verb].get(entity.domain)
        return (service, {}) if service else None
    return choose_value(verb, entity, slots)
