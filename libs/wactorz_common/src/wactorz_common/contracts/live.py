"""What browsers are shown of the traffic itself."""

from typing import Literal

from pydantic import Field

from wactorz_common.contracts._channel import Channel, Payload


class Flow(Payload):
    """One agent spoke to another one, or on a topic; what it said is not told."""

    sender: str = Field(description="Agent that speaks; user for a person, empty when nobody knows")
    receiver: str = Field(description="Agent that is spoken to or listens; user for a person, empty: nobody known")
    kind: Literal["task", "reply", "event", "chat"] = Field(description="task, reply, event or chat")
    topic: str = Field(description="Topic; of a reply without the token in it")
    count: int = Field(ge=1, description="Messages since the last report")


class Flows(Payload):
    """Who spoke to whom, at most twice a second and only while a browser looks."""

    timestamp: float = Field(description="Epoch seconds")
    flows: tuple[Flow, ...] = Field(max_length=200, description="The liveliest first")
    left_out: int = Field(default=0, description="Messages of flows for which there was no room")


FLOWS = Channel("FLOWS", "system/flows", Flows, 0, "Who speaks to whom, without what is said")

CHANNELS = (FLOWS,)
