import asyncio
import json

import pytest

from wactorz_sandbox.limits import Limits
from wactorz_sandbox.operations import Operations


async def test_ends_are_put_into_the_guest(ports):
    put = []
    operations = Operations(ports, Limits(), put.append)
    operations.begin(1, "send_to", json.dumps({"name": "b", "payload": 1}))
    operations.begin(2, "send_to", json.dumps({"name": "secret", "payload": 1}))
    operations.begin(3, "bogus", "{}")
    operations.begin(4, "send_to", "no json")
    await asyncio.sleep(0.05)
    put.sort()
    assert put[0] == ["resume", 1, "ok", {"from": "b", "got": 1}]
    assert [event[:3] for event in put[1:]] == [["resume", 2, "err"], ["resume", 3, "err"], ["resume", 4, "err"]]
    assert "grants.agents" in put[1][3]


async def test_number_size_and_time_are_bounded(ports):
    put = []
    operations = Operations(ports, Limits(open_ops=1, message_bytes=80, op_seconds=0.05), put.append)
    operations.begin(1, "send_to", json.dumps({"name": "b", "payload": {"seconds": 5}}))
    operations.begin(2, "send_to", "{}")
    assert put == [["resume", 2, "err", "1 operations are under way already"]]
    await asyncio.sleep(0.15)
    assert put[1] == ["resume", 1, "err", "send_to took longer than 0.05 s"]
    operations.begin(3, "send_to", "x" * 81)
    assert "80 are allowed" in put[2][3]


async def test_a_dropped_operation_is_canceled_and_does_not_answer(ports):
    put = []
    operations = Operations(ports, Limits(), put.append)
    operations.begin(1, "send_to", json.dumps({"name": "b", "payload": {"seconds": 5}}))
    await asyncio.sleep(0)
    operations.drop(1)
    operations.drop(99)
    await asyncio.sleep(0.01)
    assert put == []
    assert ports.canceled == ["send_to"]


async def test_an_id_that_is_in_use_begins_nothing(ports):
    operations = Operations(ports, Limits(), [].append)
    operations.begin(1, "send_to", json.dumps({"name": "b", "payload": {"seconds": 5}}))
    with pytest.raises(ValueError, match="under way"):
        operations.begin(1, "send_to", json.dumps({"name": "b", "payload": {"seconds": 5}}))
    await asyncio.sleep(0)
    operations.close()
    await asyncio.sleep(0.01)
    assert ports.canceled == ["send_to"]


async def test_operations_beyond_the_rate_are_refused_and_counted(ports):
    put, refused = [], []
    limits = Limits(operations_per_second=2, open_ops=5)
    operations = Operations(ports, limits, put.append, refused.append)
    for number in range(50):
        operations.begin(number, "bogus", "{}")
        await asyncio.sleep(0.001)
    assert 43 <= len(refused) <= 45
    assert "2 a second are allowed" in put[-1][3]
    operations.close()
