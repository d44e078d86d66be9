"""The parts of live data, made together."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from wactorz_common.connection import Broker
from wactorz_gateway.live.events import EventLog
from wactorz_gateway.live.flows import FlowCounter
from wactorz_gateway.live.following import Followers
from wactorz_gateway.live.proxy import MqttDoor
from wactorz_gateway.live.tickets import Tickets


@dataclass
class Live:
    """Who follows the log, the tickets, and the way to the broker."""

    followers: Followers
    tickets: Tickets
    door: MqttDoor
    flows: FlowCounter

    def watched(self, topic: str) -> bool:
        """Whether any browser looks at a topic, in whatever way."""
        return self.followers.watched(topic) or self.door.watched(topic)

    def tick(self) -> None:
        """Give up what nobody needs any more; to be called twice a second or so."""
        self.followers.tidy()
        self.door.tick()


def make_live(reader: Broker, name_of: Callable[[str], str]) -> Live:
    """Live data; browsers come in at the broker as `reader`, `name_of` gives the name of the agent with an id."""
    tickets = Tickets(time.time)
    return Live(Followers(EventLog()), tickets, MqttDoor(tickets, reader), FlowCounter(name_of))
