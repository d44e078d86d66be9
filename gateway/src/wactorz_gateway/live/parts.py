"""The parts of live data, made together."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from wactorz_common.connection import Broker
from wactorz_gateway.live.door import MqttDoor
from wactorz_gateway.live.events import EventLog
from wactorz_gateway.live.flows import FlowCounter
from wactorz_gateway.live.following import Followers
from wactorz_gateway.live.reader import Readers
from wactorz_gateway.live.retained import Retained
from wactorz_gateway.live.tickets import Tickets


def _always() -> bool:
    return True


@dataclass
class Live:
    """Who follows the log, the tickets, and the way to the broker."""

    followers: Followers
    tickets: Tickets
    door: MqttDoor
    flows: FlowCounter
    retained: Retained
    heard: Callable[[], bool] = _always
    """Whether the broker is heard now."""

    def watched(self, topic: str) -> bool:
        """Whether any browser looks at a topic, in whatever way."""
        return self.followers.watched(topic) or self.door.watched(topic)

    def tick(self) -> None:
        """Give up what nobody needs any more; to be called twice a second or so."""
        self.followers.tidy()
        self.door.tick(heard=self.heard())


def make_live(broker: Broker, name_of: Callable[[str], str]) -> Live:
    """Live data; other logins come in at `broker`, and `name_of` gives the name of the agent with an id."""
    followers, retained, tickets = Followers(EventLog()), Retained(), Tickets(time.time)
    door = MqttDoor(tickets, broker, Readers(followers, retained))
    return Live(followers, tickets, door, FlowCounter(name_of), retained)
