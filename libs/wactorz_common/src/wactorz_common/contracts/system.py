"""The health of the whole, and what could not be read."""

from pydantic import Field

from wactorz_common.contracts._channel import Channel, Nothing, Operation, Payload


class ActorHealth(Payload):
    """One agent as the monitor sees it."""

    id: str = Field(description="HLC-WID of the agent")
    name: str = Field(description="Agent name")
    state: str = Field(description="idle, running, paused, stopped, failed, degraded or quarantined")
    last_seen_ago: float = Field(description="Seconds since the last heartbeat")
    consecutive_errors: int = Field(default=0, description="Errors in a row")
    error_phase: str = Field(default="", description="Phase of the last error")


class SystemHealth(Payload):
    """Snapshot of all agents, every 15 s."""

    timestamp: float = Field(description="Epoch seconds")
    total_actors: int = Field(description="Agents known")
    running: int = Field(description="Agents running")
    paused: int = Field(default=0, description="Agents paused")
    stopped: int = Field(default=0, description="Agents stopped")
    failed: int = Field(default=0, description="Agents failed or quarantined")
    degraded: int = Field(default=0, description="Agents that go on with less, or are late")
    actors: tuple[ActorHealth, ...] = Field(default=(), description="Each agent")


class DeadLetter(Payload):
    """A message that could not be read; the payload itself is not repeated."""

    topic: str = Field(description="Where it came in")
    reason: str = Field(description="Why it could not be read")
    sha256: str = Field(description="Hash of the payload")
    size: int = Field(description="Bytes")
    count: int = Field(default=1, description="Such messages since the last report")
    timestamp: float = Field(description="Epoch seconds")


class HaltRequest(Payload):
    """Stop everything that acts, or let it act again."""

    halted: bool = Field(description="True stops all actuation and all rules; False lets them go on")
    by: str = Field(default="", description="Who asked")


class HaltResult(Payload):
    """What holds now."""

    halted: bool = Field(description="Whether this agent is halted now")


class HaltState(Payload):
    """Whether devices are held still."""

    halted: bool = Field(description="Nothing is moved, whoever asks, until it is released")
    by: str = Field(default="", description="Who ordered what holds now, where that is known")
    since: float | None = Field(default=None, description="Epoch seconds of that order")


HEALTH = Channel("HEALTH", "system/health", SystemHealth, 0, "Snapshot of all agents, every 15 s")
DEAD_LETTER = Channel("DEAD_LETTER", "system/dlq/{service}", DeadLetter, 0, "Messages that could not be read")
HALT = Channel("HALT", "system/halt", HaltState, 1, "Everything was stopped, or released")

CHANNELS = (HEALTH, DEAD_LETTER, HALT)

SET_HALT = Operation("set_halt", None, HaltRequest, HaltResult, "Stop or release all actuation", durable=True)
GET_HALT = Operation("get_halt", "home-assistant-actuator", Nothing, HaltState, "Whether devices are held still",
                     timeout=5)  # fmt: skip

OPERATIONS = (SET_HALT, GET_HALT)
