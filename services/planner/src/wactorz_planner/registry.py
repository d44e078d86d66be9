"""The entities of a house by id, made once for each version of it; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from wactorz_common.contracts.home import Entity, House


@dataclass(frozen=True, eq=False)
class _Same:
    """A house by identity: to compare two of thousands of entities would cost more than the index saves."""

    house: House

    def __hash__(self) -> int:
        return id(self.house)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.house is self.house


def entities_of(house: House) -> Mapping[str, Entity]:
    """Entities by entity id."""
    return _entities(_Same(house))


def moved_to(house: House) -> Mapping[str, str]:
    """Entity ids by registry id."""
    return _by_registry_id(_Same(house))


@lru_cache(maxsize=4)
def _entities(same: _Same) -> Mapping[str, Entity]:
    return {entity.entity_id: entity for entity in same.house.entities}


@lru_cache(maxsize=4)
def _by_registry_id(same: _Same) -> Mapping[str, str]:
    return {entity.registry_id: entity.entity_id for entity in same.house.entities if entity.registry_id}
