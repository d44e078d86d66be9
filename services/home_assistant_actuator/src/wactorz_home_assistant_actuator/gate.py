"""The gate before every call: the home as it is now, what people have laid down, and the pace."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wactorz_common import logs
from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.policy import EntityPolicy
from wactorz_common.errors import Refused
from wactorz_home_assistant_actuator.around import Around
from wactorz_home_assistant_actuator.client import Devices
from wactorz_home_assistant_actuator.german import phrase
from wactorz_home_assistant_actuator.pace import Pace
from wactorz_home_assistant_actuator.policy import Cleared, clear
from wactorz_home_assistant_actuator.wish import Wish

_log = logs.get(__name__)


class Gate:
    """Clears calls; `most` is how often a minute an entity may be moved by what is not a person."""

    def __init__(
        self, devices: Devices, policies: Mapping[str, EntityPolicy], most: int, now: Callable[[], float] = time.time
    ) -> None:
        self._devices, self._policies, self._now = devices, policies, now
        self._most, self._pace = most, Pace(most)

    def around(self) -> Around:
        """The home as it is now."""
        return Around(
            self._devices.states, self._devices.services, self._devices.required, self._policies,
            datetime.fromtimestamp(self._now(), _zone(self._devices.time_zone)),
        )  # fmt: skip

    def clear(self, call: ServiceCall, wish: Wish) -> Cleared:
        """What may be sent of a call; raises Refused with sentences when nothing of it may be."""
        return clear(call, self.around(), wish)

    def admit(self, call: ServiceCall, wish: Wish) -> None:
        """Count a call that is about to be sent; Refused when it is one too many. People are not counted."""
        if wish.is_personal:
            return
        entity_id = self._pace.exceeded(call.entity_id, self._now())
        if entity_id:
            state = self._devices.states.get(entity_id)
            name = state.name if state is not None else entity_id
            raise TooOften(
                phrase(
                    "{name} was moved {most} times in a minute, and by no person, so nothing was sent.",
                    name=name,
                    most=self._most,
                )
            )
        self._pace.note(call.entity_id, self._now())


class TooOften(Refused):
    """A rule, an agent or a model moves a device too often."""


@lru_cache(maxsize=8)
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        _log.warning("time zone not known here, so quiet hours are those of UTC", time_zone=name)
        return UTC
