"""Contexts: who caused what, as Home Assistant records it."""

import secrets
import time
from dataclasses import dataclass, field

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> str:
    """Return a fresh ULID: 26 characters that sort by the millisecond they were made in."""
    number = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


@dataclass(frozen=True, slots=True)
class Context:
    """The cause of a service call and of every change that follows from it."""

    user_id: str | None = None
    parent_id: str | None = None
    id: str = field(default_factory=new_id)

    def as_dict(self) -> dict[str, str | None]:
        """Return the context as it goes on the wire."""
        return {"id": self.id, "parent_id": self.parent_id, "user_id": self.user_id}
