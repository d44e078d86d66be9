"""Identifiers: hybrid logical clock ids (sortable, readable) and the grammar of agent names."""

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from wactorz_common.errors import ContractError

NAME_PATTERN = r"^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$"
"""Agent, node and slug names: 1-32 of a-z, 0-9 and inner hyphens."""

ID_PATTERN = r"^(?P<stamp>[0-9]{8}T[0-9]{6})\.(?P<count>[0-9]{4})Z(?:-(?P<tail>[A-Za-z0-9_]+))?$"
"""HLC-WID (with the node as tail) and WID (without a tail, or with a random one)."""

RESERVED_NAMES = frozenset({"by-name"})

_NAME = re.compile(NAME_PATTERN)
_ID = re.compile(ID_PATTERN)
_STAMP = "%Y%m%dT%H%M%S"
_MAX_COUNT = 9999
_MAX_NODE = 20
_MAX_AHEAD = 3_600


def check_name(name: str) -> str:
    """Return `name` when it is a valid agent, node or slug name; raise ContractError otherwise."""
    if not _NAME.fullmatch(name) or name in RESERVED_NAMES:
        raise ContractError(f"'{name}' is not a valid name: use 1-32 of a-z, 0-9 and hyphens, not at an end", name=name)
    return name


@dataclass(frozen=True, order=True)
class HlcId:
    """A parsed id; ordering equals the plain string order of the text form."""

    seconds: int
    count: int
    tail: str = ""

    def __str__(self) -> str:
        moment = datetime.fromtimestamp(self.seconds, UTC)
        stamp = f"{moment.year:04d}{moment:%m%dT%H%M%S}"
        return f"{stamp}.{self.count:04d}Z" + (f"-{self.tail}" if self.tail else "")

    @classmethod
    def parse(cls, text: str) -> "HlcId":
        """Parse the text form; raise ContractError when it is not one."""
        match = _ID.fullmatch(text)
        if match is None:
            raise ContractError(f"'{text}' is not an id of the form 20260212T091530.0001Z-node", text=text)
        try:
            moment = datetime.strptime(match["stamp"], _STAMP).replace(tzinfo=UTC)
        except ValueError as error:
            raise ContractError(f"'{text}' has no valid date", text=text) from error
        return cls(int(moment.timestamp()), int(match["count"]), match["tail"] or "")


class Clock:
    """A hybrid logical clock that mints ids which never repeat and never run backwards in this process.

    `now` returns epoch seconds and is injected in tests.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._seconds = 0
        self._count = 0

    def _advance(self) -> tuple[int, int]:
        now = int(self._now())
        if now > self._seconds:
            self._seconds, self._count = now, 0
        elif self._count < _MAX_COUNT:
            self._count += 1
        else:
            self._seconds, self._count = self._seconds + 1, 0
        return self._seconds, self._count

    def mint(self, node: str) -> str:
        """Mint an HLC-WID for an agent or node called `node`."""
        tail = re.sub(r"[^A-Za-z0-9_]", "_", node)[:_MAX_NODE]
        return str(HlcId(*self._advance(), tail))

    def mint_message(self) -> str:
        """Mint a WID for a message or task; its random tail keeps it unique across processes and restarts."""
        return str(HlcId(*self._advance(), secrets.token_hex(4)))

    def merge(self, remote: HlcId) -> None:
        """Move the clock past an id received from elsewhere; one that is over an hour ahead is not believed."""
        now = int(self._now())
        if remote.seconds > max(now, self._seconds) + _MAX_AHEAD:
            return
        newest = max(now, self._seconds, remote.seconds)
        if newest == self._seconds == remote.seconds:
            count = max(self._count, remote.count) + 1
        elif newest == self._seconds:
            count = self._count + 1
        elif newest == remote.seconds:
            count = remote.count + 1
        else:
            count = 0
        carry, self._count = divmod(count, _MAX_COUNT + 1)
        self._seconds = newest + carry


clock = Clock()
"""The clock of this process."""
