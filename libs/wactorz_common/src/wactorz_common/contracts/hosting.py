"""What a node runner tells the process that hosts spawned agents: one JSON object a line, on its control stream."""

from typing import Any, Literal

from pydantic import Field

from wactorz_common.contracts._channel import OpenPayload, Payload
from wactorz_common.contracts.spawning import SpawnSpec


class BrokerLogin(Payload):
    """How one agent logs in at the broker."""

    host: str = Field(description="Broker host")
    port: int = Field(description="Broker port")
    username: str = Field(default="", description="User")
    password: str = Field(default="", description="Password", repr=False)
    client_id: str = Field(default="", description="Client id that the account is bound to; empty for the usual one")


class HostOrder(OpenPayload):
    """Host an agent, drop one, or tell what one has kept; further keys of a specification arrive."""

    op: Literal["host", "drop", "export"] = Field(description="What to do")
    name: str = Field(description="Agent name")
    id: str = Field(default="", description="Repeated in the answer")
    spec: SpawnSpec | None = Field(default=None, description="With host: the agent")
    broker: BrokerLogin | None = Field(default=None, description="With host: its account; None for the host's own")
    hand_over: bool = Field(
        default=False, description="With export: end it first, another copy takes its work over; host begins it again"
    )
    delete: bool = Field(default=False, description="With drop: forget what it has kept")
    keep_topics: bool = Field(default=False, description="With drop and delete: leave its retained topics")


class HostAnswer(Payload):
    """What the host says to an order, and without being asked when an agent ends."""

    event: Literal["ready", "hosted", "dropped", "exported", "refused", "ended", "repaired"] = Field(
        description="What happened"
    )
    name: str = Field(default="", description="Agent name; empty with ready")
    id: str = Field(default="", description="Order that is answered; empty for ended")
    error: str | None = Field(default=None, description="Why it was refused or ended, for a person")
    final: bool = Field(default=False, description="With ended: the agent wished it, so it is not started again")
    code: str = Field(default="", description="With repaired: what replaces the agent's code", repr=False)
    state: dict[str, Any] | None = Field(default=None, description="With exported: what the agent has kept, by key")
