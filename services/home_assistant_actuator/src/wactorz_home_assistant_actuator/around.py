"""What is known of the home at the moment of a call."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from wactorz_common.contracts.home import Entity
from wactorz_common.contracts.policy import EntityPolicy
from wactorz_home_assistant import State

Services = Mapping[str, frozenset[str]]
"""Names of the services by domain."""


@dataclass(frozen=True)
class Around:
    """States, services with the fields they need, policies; `clock` is the house's own time."""

    states: Mapping[str, State]
    services: Services
    required: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    policies: Mapping[str, EntityPolicy] = field(default_factory=dict)
    clock: datetime | None = None


class Registry(Mapping[str, Entity]):
    """States seen as the entities that risks are assessed on."""

    def __init__(self, states: Mapping[str, State]) -> None:
        self._states = states

    def __getitem__(self, entity_id: str) -> Entity:
        return self._states[entity_id].to_entity()

    def __iter__(self) -> Iterator[str]:
        return iter(self._states)

    def __len__(self) -> int:
        return len(self._states)
