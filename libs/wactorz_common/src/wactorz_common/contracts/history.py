"""What the recorder of the house has kept."""

from typing import Any

from pydantic import Field

from wactorz_common.contracts._channel import Operation, Payload


class HistoryQuery(Payload):
    """Asks what entities did in a span of time."""

    entity_ids: tuple[str, ...] = Field(min_length=1, max_length=50, description="Entities")
    start: float = Field(description="Epoch seconds; each entity's first point is its state at this time")
    end: float = Field(description="Epoch seconds")
    attributes: bool = Field(default=False, description="With attributes, where the recorder has them")


class HistoryPoint(Payload):
    """A state that an entity took."""

    entity_id: str = Field(description="Entity")
    at: float = Field(description="Epoch seconds of the change")
    state: str = Field(description="State from then on")
    attributes: dict[str, Any] = Field(default_factory=dict, description="Attributes, if they were asked for")


class HistoryReport(Payload):
    """A span of history; a long one comes in several answers."""

    points: tuple[HistoryPoint, ...] = Field(description="In the order of time")
    recorded_since: float | None = Field(default=None, description="The recorder knows nothing before, epoch seconds")
    next_start: float | None = Field(default=None, description="Ask again from here for the rest; None when complete")


GET_HISTORY = Operation(
    "get_history", "home-assistant-agent", HistoryQuery, HistoryReport, "States of the past", timeout=30
)

OPERATIONS = (GET_HISTORY,)
