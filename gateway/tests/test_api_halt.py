"""Whether everything is stopped."""

from wactorz_common.contracts.system import HaltState

from .test_app import FakeBus, client_of, make_app


async def test_tells_who_stopped_everything(tmp_path):
    bus = FakeBus()
    bus.answers |= {"get_halt": HaltState(halted=True, by="ann", since=12.5)}
    async with client_of(make_app(tmp_path, bus), headers={"host": "127.0.0.1"}) as client:
        answer = await client.get("/api/halt")
    assert (answer.status_code, answer.json()) == (200, {"halted": True, "by": "ann", "since": 12.5})
