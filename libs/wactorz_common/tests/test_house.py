"""The registry in parts: packed, fetched, and put together again."""

import base64
import random

import pytest

from wactorz_common.contracts.home import Entity, House, HousePart, HouseQuery
from wactorz_common.errors import ContractError, Refused, TransportError
from wactorz_common.house import PIECE_BYTES, PackedHouse, fetch_house, unpack

LARGEST_MESSAGE = 1024 * 1024


def make_house(version: int = 1, count: int = 50, seed: int = 1) -> House:
    words = random.Random(seed)
    return House(
        version=version,
        entities=tuple(
            Entity(entity_id=f"light.l{n}", name=f"{words.getrandbits(64):x} lamp", registry_id=f"{words.getrandbits(128):x}")
            for n in range(count)
        ),
    )  # fmt: skip


class Map:
    """Answers as the map agent would; `becomes` are the houses after each of the next answers."""

    def __init__(self, house: House, *becomes: House, piece_bytes: int = 500) -> None:
        self._becomes, self._piece_bytes = list(becomes), piece_bytes
        self.packed = PackedHouse.of(house, piece_bytes)
        self.queries: list[HouseQuery] = []

    async def ask(self, query: HouseQuery) -> HousePart:
        self.queries.append(query)
        part = self.packed.part(query)
        if self._becomes:
            self.packed = PackedHouse.of(self._becomes.pop(0), self._piece_bytes)
        return part


async def test_an_ordinary_house_is_one_part():
    house = make_house()
    served = Map(house, piece_bytes=PIECE_BYTES)
    assert await fetch_house(served.ask) == house
    assert len(served.queries) == 1


async def test_a_large_house_comes_in_parts():
    house = make_house()
    served = Map(house)
    assert await fetch_house(served.ask) == house
    assert [query.part for query in served.queries] == list(range(len(served.packed.pieces)))
    assert {query.version for query in served.queries[1:]} == {1}
    assert len(served.queries) > 2


async def test_a_house_that_changes_between_the_parts_is_read_anew():
    old, new = make_house(1), make_house(2, seed=2)
    served = Map(old, old, new)
    assert await fetch_house(served.ask) == new


async def test_a_house_that_shrinks_between_the_parts():
    old, new = make_house(1), make_house(2, count=1)
    served = Map(old, new)
    assert await fetch_house(served.ask) == new


async def test_a_house_that_never_stays_the_same_is_given_up():
    served = Map(make_house(1), *(make_house(version, seed=version) for version in range(2, 30)))
    with pytest.raises(TransportError, match="changes faster"):
        await fetch_house(served.ask)


def test_no_part_is_too_large_for_a_message():
    house = make_house(count=5_000, seed=9)
    packed = PackedHouse.of(house)
    parts = [packed.part(HouseQuery(part=n, version=1)) for n in range(len(packed.pieces))]
    assert all(len(part.encode()) < LARGEST_MESSAGE * 0.75 for part in parts)
    noise = PackedHouse(1, (random.Random(1).randbytes(PIECE_BYTES),))
    assert len(noise.part(HouseQuery()).encode()) < LARGEST_MESSAGE * 0.75


def test_a_part_that_is_not_there():
    with pytest.raises(Refused, match="has 1 parts; there is no part 3"):
        PackedHouse.of(make_house()).part(HouseQuery(part=3, version=1))


@pytest.mark.parametrize("pieces", [["?"], [base64.b64encode(b"no zlib").decode()], [""]])
def test_parts_that_make_no_house(pieces: list[str]):
    with pytest.raises(ContractError):
        unpack(pieces)
