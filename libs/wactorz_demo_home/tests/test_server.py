import asyncio
import socket

import pytest

from wactorz_demo_home.errors import DemoHomeError
from wactorz_demo_home.server import DemoHome
from wactorz_demo_home.settings import DemoHomeSettings


async def test_a_taken_port_is_said(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        home = DemoHome(DemoHomeSettings(token="t", state_dir=tmp_path, port=port))
        with pytest.raises(DemoHomeError, match=f"Port {port} is taken"):
            await home.start()
        await home.stop()


async def test_an_address_that_is_not_ours_is_said(tmp_path):
    home = DemoHome(DemoHomeSettings(token="t", state_dir=tmp_path, host="192.0.2.1"))
    with pytest.raises(DemoHomeError, match="cannot listen on"):
        await home.start()
    await home.stop()


async def test_the_house_comes_back_at_its_address_with_its_devices(tmp_path):
    settings = DemoHomeSettings(token="t", state_dir=tmp_path, port=0)
    home = DemoHome(settings)
    await home.start()
    home.world.set_state("sensor.kitchen_temperature", "30", None, home.world.states["sun.sun"].context)
    await home.stop()
    again = DemoHome(settings)
    await again.start()
    assert again.url == home.url
    assert (tmp_path / "demo-home" / "url").read_text().strip() == home.url
    assert again.world.states["sensor.kitchen_temperature"].condition.state == "30"
    await again.stop()


async def test_a_port_of_last_time_that_is_taken_is_given_up(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        (tmp_path / "demo-home").mkdir()
        (tmp_path / "demo-home" / "url").write_text(f"http://127.0.0.1:{other.getsockname()[1]}")
        home = DemoHome(DemoHomeSettings(token="t", state_dir=tmp_path, port=0))
        await home.start()
        assert not home.url.endswith(f":{other.getsockname()[1]}")
        await home.stop()


async def test_the_sun_is_there(home):
    await asyncio.sleep(0)
    assert home.world.states["sun.sun"].condition.state in ("above_horizon", "below_horizon")
