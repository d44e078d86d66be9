import json

import pytest

from wactorz_common.bus import Broker, Bus, Identity
from wactorz_common.contracts.lifecycle import HEARTBEAT, MANIFEST, STATUS

BODIES = {
    HEARTBEAT: {"actor_id": "ID-1", "name": "monitor", "timestamp": 1.0, "state": "running"},
    STATUS: {"actor_id": "ID-1", "name": "monitor", "state": "stopped"},
    MANIFEST: {"actor_id": "ID-1", "name": "monitor", "description": "x", "timestamp": 1.0},
}


@pytest.fixture
def bus():
    return Bus(Identity("main", "ID-0", 5, "client"), Broker("127.0.0.1", 1), None)


@pytest.mark.parametrize("channel", BODIES, ids=lambda channel: channel.name)
async def test_nobody_speaks_of_itself_on_the_topics_of_another(bus, channel):
    heard, bad = [], []

    async def hear(message):
        heard.append(message.payload.actor_id)

    bus.on_bad_message = lambda topic, _data, error: bad.append((topic, str(error)))
    bus.subscribe(channel, hear)
    data = json.dumps(BODIES[channel]).encode()
    await bus._take(channel.topic(agent_id="ID-1"), data, {})
    await bus._take(channel.topic(agent_id="ID-2"), data, {})
    assert heard == ["ID-1"]
    [(topic, error)] = bad
    assert topic == channel.topic(agent_id="ID-2")
    assert "another agent" in error


def test_who_was_asked_once_cannot_guess_the_next_question(bus):
    first, second = bus.next_ask_id(), bus.next_ask_id()
    assert first.startswith("main.5.1.")
    assert second.startswith("main.5.2.")
    assert first.rpartition(".")[2] != second.rpartition(".")[2]
    assert len(first.rpartition(".")[2]) >= 16
