"""What is said on which topic: declared by agents, and observed on the bus."""

from typing import Any, Literal

from pydantic import Field

from wactorz_common.contracts._channel import Operation, Payload


class FieldSeen(Payload):
    """A field of the messages on a topic, as it was observed or declared."""

    name: str = Field(description="Dotted path")
    types: tuple[str, ...] = Field(default=(), description="number, text, truth, list, object, nothing")
    unit: str = Field(default="", description="Unit, where it is known")
    example: Any = Field(default=None, description="A value that was seen, shortened")
    share: float = Field(default=1.0, description="Share of the messages that have it")
    declared: str = Field(default="", description="What the agent's manifest says about it")


class TopicSeen(Payload):
    """A topic, who speaks and listens on it, and what the messages look like."""

    topic: str = Field(description="Topic, or the pattern that many like topics make")
    publishers: tuple[str, ...] = Field(default=(), description="Agents that say they publish on it")
    subscribers: tuple[str, ...] = Field(default=(), description="Agents that say they listen to it")
    fields: tuple[FieldSeen, ...] = Field(default=(), description="Fields of its messages")
    sample: Any = Field(default=None, description="The last message, shortened; secrets are covered")
    messages: int = Field(default=0, description="How many were seen")
    per_minute: float = Field(default=0.0, description="How many of late")
    last_seen_at: float | None = Field(default=None, description="Epoch seconds")
    retained: bool = Field(default=False, description="The broker keeps the last one")


class TopicQuery(Payload):
    """Which topics to show."""

    keyword: str = Field(default="", max_length=200, description="Part of a topic, an agent's name or a field")
    limit: int = Field(default=100, ge=1, le=1000, description="At most so many, the liveliest first")
    samples: bool = Field(default=True, description="With fields and a sample")


class TopicReport(Payload):
    """Topics."""

    topics: tuple[TopicSeen, ...] = Field(description="The liveliest first")
    total: int = Field(description="How many there are")
    messages_per_second: float = Field(default=0.0, description="On all of them")


class Wiring(Payload):
    """Two agents that fit together."""

    producer: str = Field(description="Agent that publishes")
    consumer: str = Field(description="Agent that could listen")
    topic: str = Field(description="Topic that would carry it")
    fields: dict[str, str] = Field(default_factory=dict, description="Field of the producer by field of the consumer")
    score: float = Field(ge=0, le=1, examples=[0.8], description="How well they fit")
    note: str = Field(default="", description="For a person: what fits, and what has to be converted")


class WiringQuery(Payload):
    """For which agent proposals are wanted."""

    agent: str = Field(default="", max_length=64, description="Agent; empty: all")
    consumes: dict[str, Any] = Field(default_factory=dict, description="Fields that a new agent would need")


class WiringReport(Payload):
    """Proposals."""

    wirings: tuple[Wiring, ...] = Field(description="Best first")


class WiringCheck(Payload):
    """What an agent that is to be spawned says it will do on the bus."""

    name: str = Field(max_length=64, description="Agent")
    publishes: tuple[str, ...] = Field(default=(), description="Topics")
    subscribes: tuple[str, ...] = Field(default=(), description="Topics")
    produces_schema: dict[str, Any] = Field(default_factory=dict, description="Fields")
    consumes_schema: dict[str, Any] = Field(default_factory=dict, description="Fields that it expects")


class WiringProblem(Payload):
    """Something that would not work."""

    severity: Literal["warning", "error"] = Field(description="error: it would never get what it waits for")
    topic: str = Field(description="Topic")
    field: str = Field(default="", description="Field, if it is about one")
    text: str = Field(description="For a person and for the model that wrote it: what is wrong, and what there is")


class WiringVerdict(Payload):
    """Whether it would work, and the real fields."""

    problems: tuple[WiringProblem, ...] = Field(description="Errors first")
    topics: tuple[TopicSeen, ...] = Field(default=(), description="What is known of the topics it listens to")


LIST_TOPICS = Operation("list_topics", "topics", TopicQuery, TopicReport, "Topics with fields and samples", timeout=10)
PROPOSE_WIRING = Operation(
    "propose_wiring", "topics", WiringQuery, WiringReport, "Agents that fit together", timeout=10
)
CHECK_WIRING = Operation("check_wiring", "topics", WiringCheck, WiringVerdict, "Whether an agent would fit", timeout=10)

OPERATIONS = (LIST_TOPICS, PROPOSE_WIRING, CHECK_WIRING)
