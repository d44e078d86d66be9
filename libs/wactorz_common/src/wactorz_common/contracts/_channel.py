"""What a contract is made of: payloads, channels (addresses on the broker) and operations (tasks of an agent)."""

import re
from dataclasses import dataclass, field
from typing import Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from wactorz_common.errors import ContractError

MAX_TOPIC_BYTES = 65_535
MOST_SLASHES = 199
"""In a topic or filter; Mosquitto hangs up on whoever sends one with more."""

_LAST_OF_PLANES = "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
UNSENDABLE = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_LAST_OF_PLANES}]")
"""Characters of a topic on which a broker hangs up; a client that repeats the message never gets through again."""

_PARAM = re.compile(r"\{(\w+)\}")
_FORBIDDEN = re.compile(r"[+#/]")


class Payload(BaseModel):
    """Base of everything that travels: frozen, strict when built here, tolerant of unknown fields when received.

    Validators are built at first use: no service uses them all, and each costs memory.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, ser_json_inf_nan="null", allow_inf_nan=False,
        defer_build=True,
    )  # fmt: skip

    @classmethod
    def decode(cls, data: bytes | str) -> Self:
        """Validate received JSON; unknown fields are ignored so that newer senders are understood."""
        try:
            return cls.model_validate_json(data, extra="ignore")
        except ValidationError as error:
            raise ContractError(f"not a valid {cls.__name__}: {first_problem(error)}") from error

    @classmethod
    def accept(cls, data: Any) -> Self:
        """Validate an already parsed object with the same tolerance as `decode`."""
        try:
            return cls.model_validate(data, extra="ignore")
        except ValidationError as error:
            raise ContractError(f"not a valid {cls.__name__}: {first_problem(error)}") from error

    def encode(self) -> bytes:
        """JSON bytes in wire spelling; fields that are None are left out."""
        try:
            return self.__pydantic_serializer__.to_json(self, by_alias=True, exclude_none=True)
        except (ValueError, RecursionError) as error:  # a PydanticSerializationError is one; nesting gives a plain one
            raise ContractError(f"a {type(self).__name__} cannot be written as JSON: {error}") from error

    def to_wire(self) -> dict[str, Any]:
        """The same as `encode`, as an object."""
        try:
            return self.model_dump(mode="json", by_alias=True, exclude_none=True)
        except (ValueError, RecursionError) as error:
            raise ContractError(f"a {type(self).__name__} cannot be written as JSON: {error}") from error


class OpenPayload(Payload):
    """A payload whose further top-level keys belong to the sender and are kept."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)

    @classmethod
    def decode(cls, data: bytes | str) -> Self:
        """Validate received JSON and keep unknown fields."""
        try:
            return cls.model_validate_json(data)
        except ValidationError as error:
            raise ContractError(f"not a valid {cls.__name__}: {first_problem(error)}") from error

    @classmethod
    def accept(cls, data: Any) -> Self:
        """Validate an already parsed object and keep unknown fields."""
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise ContractError(f"not a valid {cls.__name__}: {first_problem(error)}") from error


def first_problem(error: ValidationError) -> str:
    """One line for a person: the first field that is wrong, and why; never the received value."""
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    return f"{place}: {problem['msg']}" if place else str(problem["msg"])


P = TypeVar("P", bound=Payload)
Q = TypeVar("Q", bound=Payload)
R = TypeVar("R", bound=Payload)


@dataclass(frozen=True)
class Channel(Generic[P]):
    """One address on the broker, declared once: template, payload, quality of service and retention."""

    name: str
    address: str
    payload: type[P]
    qos: int
    summary: str
    retain: bool = False
    parameters: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", tuple(_PARAM.findall(self.address)))
        pattern = _PARAM.sub(lambda m: f"(?P<{m[1]}>[^/+#\\x00]+)", self.address)
        object.__setattr__(self, "_pattern", re.compile(pattern))

    def topic(self, **values: str) -> str:
        """The concrete topic; every parameter must be given and be a single, plain topic level."""
        for name in self.parameters:
            self._check_level(name, values.get(name, ""))
        topic = self.address.format(**values)
        if len(topic.encode()) > MAX_TOPIC_BYTES:
            raise ContractError(f"the topic for {self.address} is too long", channel=self.name)
        return topic

    def filter(self, **values: str) -> str:
        """A subscription filter; parameters that are not given match any level."""
        for name in values.keys() & set(self.parameters):
            if values[name] != "+":
                self._check_level(name, values[name])
        return self.address.format(**{name: values.get(name, "+") for name in self.parameters})

    def match(self, topic: str) -> dict[str, str] | None:
        """The parameters of a concrete topic, or None when it is not on this channel."""
        found = self._pattern.fullmatch(topic)  # type: ignore[attr-defined]  # set in __post_init__ of a frozen class
        return found.groupdict() if found else None

    def _check_level(self, name: str, value: str) -> None:
        if not value or _FORBIDDEN.search(value) or UNSENDABLE.search(value):
            shown = value.encode(errors="replace").decode()
            raise ContractError(f"'{shown}' cannot be the {name} of {self.address}", channel=self.name)


@dataclass(frozen=True)
class Operation(Generic[Q, R]):
    """One thing that an agent can be asked to do: request and result, and whether it is a durable task.

    A durable operation goes through outbox and inbox (`Agent.submit`); others are plain questions (`Agent.ask`).
    `agent` is the default addressee; None means that the caller names it. `timeout` is the handler's own limit and
    the default deadline, in seconds.
    """

    action: str
    agent: str | None
    request: type[Q]
    result: type[R]
    summary: str
    durable: bool = False
    timeout: float = 30.0


class Nothing(Payload):
    """A request or result without content."""
