"""The devices as a home offers them."""

from pathlib import Path

from wactorz_common.contracts.home import ServiceCall
from wactorz_demo_home.server import DemoHome
from wactorz_demo_home.settings import DemoHomeSettings
from wactorz_home_assistant_actuator.client import HomeAssistantDevices


async def test_sends_and_sees(tmp_path: Path):
    settings = DemoHomeSettings(state_dir=tmp_path)
    demo = DemoHome(settings)
    await demo.start()
    devices = HomeAssistantDevices(demo.url, settings.secret_token(), 5.0)
    devices.home.start()
    await devices.wait_ready(5)
    assert "turn_on" in devices.services["light"]
    assert devices.temperature_unit == "°C"
    assert devices.states["light.kitchen_light"].state == "off"
    context_id = await devices.send(ServiceCall(domain="light", service="turn_on", entity_id=("light.kitchen_light",)))
    assert context_id
    state = await devices.wait_until("light.kitchen_light", lambda state: state.state == "on", 5)
    assert state is not None
    await devices.home.stop()
    await demo.stop()
