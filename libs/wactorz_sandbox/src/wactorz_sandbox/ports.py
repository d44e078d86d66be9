"""What the process around a guest gives it."""

from typing import Any, Protocol


class Ports(Protocol):
    """The outside of one guest.

    All but `perform` are called on a guest's thread and answer an error text for the agent, or an empty one.
    """

    def publish(self, topic: str, payload: str, retain: bool) -> str:
        """Publish JSON text, if the topic is granted."""

    def subscribe(self, topic_filter: str) -> str:
        """Have messages of a topic filter delivered, if it is granted."""

    def log(self, level: str, text: str) -> None:
        """Take a line of the agent's log: debug, info, warning or error."""

    def persist(self, key: str, value: str) -> str:
        """Keep JSON text; it is on disk when this returns."""

    def recall(self, key: str) -> str | None:
        """Kept JSON text."""

    def tell(self, kind: str, body: str) -> str:
        """Take an alert, status, notify, processed, errors, contract or stop, as JSON text."""

    async def perform(self, op: str, args: dict[str, Any]) -> Any:
        """Carry out send_to, mqtt_get, llm or http on the event loop; an exception's text reaches the agent."""
