"""What a command of the WebSocket API is: the schema of its message, and what answers it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from wactorz_demo_home.errors import malformed
from wactorz_demo_home.fields import Check, Wrong
from wactorz_demo_home.targets import ids
from wactorz_demo_home.world import World

Message = dict[str, Any]


class Client(Protocol):
    """The side of a connection that commands see."""

    world: World
    subscriptions: dict[int, Callable[[], None]]
    batches: bool

    def send(self, message: Message) -> None:
        """Send a message, in order."""

    def answer(self, message_id: int, result: Any = None) -> None:
        """Send the result of a command."""


Handler = Callable[[Client, Message], None]


@dataclass(frozen=True, slots=True)
class Command:
    """A command: what its message may hold, and what answers it."""

    handler: Handler
    fields: Mapping[str, Check] = field(default_factory=dict)
    required: tuple[str, ...] = ()

    def clean(self, message: Message) -> Message:
        """Return the message, checked; raise CallError on the first thing that is wrong with it."""
        cleaned = {"id": message["id"], "type": message["type"]}
        for key, value in message.items():
            if key in cleaned:
                continue
            if key not in self.fields:
                where = f" @ data['{key}']. Got {value!r}" if self.fields else f". Got {message!r}"
                raise malformed(f"extra keys not allowed{where}")
            try:
                cleaned[key] = self.fields[key](value)
            except Wrong as error:
                raise malformed(f"{error} for dictionary value @ data['{key}']. Got {value!r}") from error
        for key in self.required:
            if key not in cleaned:
                raise malformed(f"required key not provided @ data['{key}']. Got None")
        return cleaned


def word(value: Any) -> str:
    """Take text."""
    if not isinstance(value, str):
        raise Wrong("expected str")
    return value


def word_or_nothing(value: Any) -> str | None:
    """Take text or null."""
    return None if value is None else word(value)


def words(value: Any) -> list[str]:
    """Take a list of texts, or one text."""
    return ids(value)


def reading(read: Callable[[World], Any]) -> Command:
    """Return a command that answers with what it reads."""
    return Command(lambda client, message: client.answer(message["id"], read(client.world)))
