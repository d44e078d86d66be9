"""What can go wrong with a house, switched on by those who want to see what happens then."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(slots=True)
class Faults:
    """The faults that are on; a house without any behaves."""

    slow: float = 0.0
    """Seconds that every answer takes; events are prompt."""

    starting: bool = False
    """It says that it is not running yet."""

    status: int = 0
    """HTTP status with which every door answers, such as 503; 0 for none."""

    flap: float = 0.0
    """Seconds after which each connection is cut; 0 for never."""

    lose_token: bool = False
    """The token is revoked: connections end, and nobody is let in."""

    silent: bool = False
    """Connections stay, but nothing is answered or told."""

    unavailable: list[str] = field(default_factory=list)
    """Entities whose devices cannot be reached; the house sees to their states."""

    cut: list[Callable[[], None]] = field(default_factory=list)
    """What ends each open connection at once; no fault in itself."""

    def drop_connections(self) -> None:
        """Cut every connection as a dying process would."""
        for cut in (*self.cut,):
            cut()

    def switch(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Switch faults by name; returns those that are on. ValueError names what is wrong."""
        usual = Faults()
        for name, value in asked.items():
            if name not in NAMES:
                raise ValueError(f"There is no fault {name}; there are: {', '.join(NAMES)}")
            kind = type(getattr(usual, name))
            if kind is float and isinstance(value, int) and not isinstance(value, bool):
                value = float(value)  # noqa: PLW2901  # JSON knows no difference
            if not isinstance(value, kind):
                raise ValueError(  # noqa: TRY004  # it comes from a message
                    f"{name} must be of type {kind.__name__}"
                )
        for name, value in asked.items():
            setattr(self, name, value)
        if self.lose_token:
            self.drop_connections()
        return {name: getattr(self, name) for name in NAMES}


NAMES = tuple(one.name for one in fields(Faults) if one.name != "cut")
"""Names of the faults."""
