"""The house, merged."""

import pytest

from wactorz_common.contracts.home import Area, Entity, House, StateReport
from wactorz_common.errors import TransportError
from wactorz_gateway.house import HouseReader, merge

LAMP = Entity(entity_id="light.a", name="Lamp", area_id="k", state="off")
HOUSE = House(version=3, name="Home", demo=True, areas=(Area(area_id="k", name="Kitchen"),), entities=(LAMP,))


def test_live_states_win_and_unlisted_entities_come_last():
    live = (
        Entity(entity_id="sensor.z", name="", state="1", unit="W"),
        Entity(entity_id="light.a", name="x", state="on", attributes={"brightness": 9}),
    )
    report = merge(HOUSE, live)
    assert [(d.entity_id, d.name, d.area, d.state) for d in report.entities] == [
        ("light.a", "Lamp", "Kitchen", "on"), ("sensor.z", "sensor.z", "", "1"),
    ]  # fmt: skip
    assert report.entities[0].attributes == {"brightness": 9}


def test_entity_without_live_state_shows_what_the_registry_read():
    assert merge(HOUSE, ()).entities[0].state == "off"


async def test_unknown_house_is_a_sentence():
    async def ask(operation, request):
        return StateReport(states=())

    async def unknown(seconds):
        return None

    with pytest.raises(TransportError, match="not known yet"):
        await HouseReader(ask, unknown).report()
    with pytest.raises(TransportError, match="refuses the token"):
        await HouseReader(ask, unknown, lambda: "Home Assistant refuses the token").report()


async def test_knows_its_entities():
    async def known(seconds):
        return HOUSE

    reader = HouseReader(known, known)
    assert await reader.knows("light.a")
    assert not await reader.knows("light.b")
