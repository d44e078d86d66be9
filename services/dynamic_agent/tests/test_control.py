"""Orders and answers, one JSON object a line."""

import asyncio
import json

import pytest

from wactorz_common.contracts.hosting import HostAnswer
from wactorz_common.errors import ConfigError
from wactorz_dynamic_agent.control import Control


@pytest.fixture
async def stream(tmp_path):
    taken, state = [], {"ready": True}

    async def take(order) -> None:
        taken.append(order)
        control.answer(HostAnswer(event="dropped", name=order.name, id=order.id))

    control = Control(take, lambda: state["ready"])
    path = tmp_path / "c.sock"
    await control.listen(path)
    yield control, path, taken, state
    await control.close()


async def say(reader) -> dict[str, object]:
    return dict(json.loads(await asyncio.wait_for(reader.readline(), 5)))


async def test_orders_are_answered_and_only_this_user_may_give_them(stream) -> None:
    _, path, taken, _ = stream
    assert path.stat().st_mode & 0o777 == 0o600
    reader, writer = await asyncio.open_unix_connection(str(path))
    assert (await say(reader))["event"] == "ready"
    writer.write(b'{"op": "drop", "name": "a", "id": "1"}\n\n{"op": "drop", "name": "b", "id": "2"}\nnonsense\n')
    answers = [await say(reader) for _ in range(3)]
    assert [order.name for order in taken] == ["a", "b"]
    assert sorted(str(one["event"]) for one in answers) == ["dropped", "dropped", "refused"]
    writer.close()


async def test_a_new_client_replaces_the_old_one_and_hears_what_nobody_heard(stream) -> None:
    control, path, _, _ = stream
    reader, writer = await asyncio.open_unix_connection(str(path))
    await say(reader)
    second, writing = await asyncio.open_unix_connection(str(path))
    assert (await say(second))["event"] == "ready"
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writing.close()
    await writing.wait_closed()
    writer.close()
    while control._writer is not None:
        await asyncio.sleep(0.01)
    control.answer(HostAnswer(event="ended", name="a", error="why"))
    third, writing = await asyncio.open_unix_connection(str(path))
    assert [(await say(third))["event"] for _ in range(2)] == ["ready", "ended"]
    writing.close()


async def test_ready_is_said_when_it_is_true(stream) -> None:
    control, path, _, state = stream
    state["ready"] = False
    reader, writer = await asyncio.open_unix_connection(str(path))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.readline(), 0.1)
    state["ready"] = True
    control.greet()
    assert (await say(reader))["event"] == "ready"
    writer.close()


async def test_a_socket_that_cannot_be_made(tmp_path) -> None:
    async def take(_order) -> None:
        """Never called."""

    with pytest.raises(ConfigError, match="cannot be made"):
        await Control(take, lambda: True).listen(tmp_path / "missing" / "c.sock")
