"""The house as it is known: what was surveyed last, packed for those who ask, and kept over restarts."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wactorz_common.contracts.home import House
from wactorz_common.errors import ContractError
from wactorz_common.house import PackedHouse, unpack
from wactorz_home_assistant import Registries, State
from wactorz_home_assistant_map_agent.survey import digest, survey


@dataclass(frozen=True)
class KnownHouse:
    """One version of the house."""

    house: House
    packed: PackedHouse
    digest: str


def take_survey(
    registries: Registries, states: Mapping[str, State], known: KnownHouse | None, last_version: int
) -> KnownHouse:
    """The house now: `known` itself when nothing of it has changed, else the version after `last_version`."""
    house = survey(registries, states, last_version + 1)
    found = digest(house)
    if known is not None and known.digest == found:
        return known
    return KnownHouse(house, PackedHouse.of(house), found)


def to_keep(known: KnownHouse, url: str) -> dict[str, Any]:
    """What is kept on disk of the house at `url`, as JSON."""
    pieces = [base64.b64encode(piece).decode() for piece in known.packed.pieces]
    return {"version": known.house.version, "digest": known.digest, "home": url, "pieces": pieces}


def from_kept(kept: Mapping[str, Any], url: str) -> KnownHouse | None:
    """The house as it was kept; None when nothing was, another home was, or an older program cannot be read."""
    pieces = kept.get("pieces")
    if not pieces or kept.get("home") != url:
        return None
    try:
        house = unpack(list(pieces))
    except ContractError:
        return None
    packed = PackedHouse(house.version, tuple(base64.b64decode(piece) for piece in pieces))
    return KnownHouse(house, packed, str(kept.get("digest", "")))
