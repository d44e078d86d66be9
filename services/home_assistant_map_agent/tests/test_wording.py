"""What the map agent tells people."""

from wactorz_common.contracts.home import Area, Device, Entity, House
from wactorz_home_assistant_map_agent.wording import contents, nothing_told, status

HOUSE = House(
    version=4, name="Cottage", areas=(Area(area_id="a", name="A"),), devices=(Device(device_id="d", name="D"),) * 2,
    entities=(Entity(entity_id="a.b", name="B"),),
)  # fmt: skip


def test_contents():
    assert contents(HOUSE) == "1 area, 2 devices, 1 entity"


def test_status():
    assert status(HOUSE, "", 1) == (
        "Home Assistant is connected. Cottage: 1 area, 2 devices, 1 entity (version 4); 1 change noticed since my start."
    )
    assert status(None, "It is away.", 0) == "It is away. The house is not known yet."


def test_the_alert_says_what_to_look_at():
    assert "HA_TOKEN" in nothing_told("http://ha.local:8123")
