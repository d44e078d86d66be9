"""The conversation with the broker's dynamic security; the real broker is asked in the integration tests."""

import asyncio
import json

import pytest

from wactorz_common.bus import Broker
from wactorz_common.errors import AskTimeout, Refused, TransportError
from wactorz_monitor import dynsec
from wactorz_monitor.dynsec import CONTROL, RESPONSE, DynamicSecurity


class Line:
    """A connection that answers as told."""

    def __init__(self):
        self.asked, self.answers = [], {}
        self.take = None
        self.silent = False

    async def wait_connected(self, _timeout):
        return None

    async def send(self, topic, data, qos, retain, _properties):
        assert (topic, qos, retain) == (CONTROL, 1, False)
        commands = json.loads(data)["commands"]
        self.asked += commands
        if self.silent:
            return
        replies = [
            {
                "command": one["command"],
                "correlationData": one["correlationData"],
                **self.answers.get(one["command"], {}),
            }
            for one in commands
        ]
        await self.take(RESPONSE, json.dumps({"responses": list(reversed(replies))}).encode(), {})


@pytest.fixture
async def line(monkeypatch):
    line = Line()

    def connect(_client_id, _broker, _will, filters, take):
        assert [tuple(one)[:2] for one in filters()] == [(RESPONSE, 1)]
        line.take = take
        return line

    monkeypatch.setattr(dynsec, "Connection", connect)
    return line


@pytest.fixture
async def security(line):
    return DynamicSecurity(Broker("nowhere", 1, "admin", "x"), "client")


async def test_answers_find_their_commands_by_correlation(line, security):
    line.answers = {"getRole": {"error": "Role not found"}, "getClient": {"data": {"client": {}}}}
    client, role = await security.ask({"command": "getClient"}, {"command": "getRole"})
    assert (client["command"], role["error"]) == ("getClient", "Role not found")
    assert len({one["correlationData"] for one in line.asked}) == 2


async def test_the_first_failure_is_told_in_the_brokers_words_unless_it_may_fail(line, security):
    line.answers = {"deleteRole": {"error": "Role not found"}}
    with pytest.raises(Refused, match="The broker refuses deleteRole: Role not found"):
        await security.do({"command": "deleteRole"})
    await security.do({"command": "deleteRole"}, tolerate=("Role not found",))


async def test_silence_ends_with_a_sentence(line, security, monkeypatch):
    monkeypatch.setattr(dynsec, "_TIMEOUT", 0.05)
    line.silent = True
    with pytest.raises(AskTimeout, match="does not answer"):
        await security.ask({"command": "getClient"})
    assert issubclass(AskTimeout, TransportError)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"responses": 1}', b'{"responses": [1]}', b"\xff"])
async def test_what_cannot_be_read_disturbs_nobody(line, security, data):
    line.silent = True
    asking = asyncio.create_task(security.ask({"command": "getClient"}))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await line.take(RESPONSE, data, {})
    number = line.asked[0]["correlationData"]
    await line.take(RESPONSE, json.dumps({"responses": [{"correlationData": number}]}).encode(), {})
    assert (await asking)[0]["correlationData"] == number
