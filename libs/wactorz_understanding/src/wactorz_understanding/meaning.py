"""What a sentence can mean: calls, a rule, a question, or why it is none of these."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from wactorz_common.contracts._channel import Payload
from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.rules import RuleDraft


class Calls(Payload):
    """Commands, to be made in order."""

    kind: Literal["calls"] = Field(default="calls", description="Kind of meaning")
    calls: tuple[ServiceCall, ...] = Field(min_length=1, description="Absolute commands with resolved entities")
    summary: str = Field(description="The commands in words")


Quantity = Literal["brightness", "temperature", "volume", "speed", "position", "humidity", "color_temp"]
"""What a relative change is of."""


class Adjust(Payload):
    """A change from the present value; `resolve` in `adjust` makes absolute commands from live states."""

    kind: Literal["adjust"] = Field(default="adjust", description="Kind of meaning")
    entity_ids: tuple[str, ...] = Field(min_length=1, description="Entities to change, and whose states are needed")
    quantity: Quantity = Field(description="What is changed")
    delta: float = Field(description="How far: degrees for a temperature, kelvin for a color temperature, else percent")
    summary: str = Field(description="The change in words")
    language: str = Field(default="en", description="Language of the answer")


class Undo(Payload):
    """The last command taken back; `restore` in `undoing` makes commands from the states before it."""

    kind: Literal["undo"] = Field(default="undo", description="Kind of meaning")
    entity_ids: tuple[str, ...] = Field(description="Devices that were meant; empty when nothing was done of late")
    at: float = Field(default=0.0, description="Epoch seconds just before it was done")
    then: tuple[ServiceCall, ...] = Field(default=(), description="What was meant instead, to be done as well")
    summary: str = Field(default="", description="That in words")
    text: str = Field(default="", description="For the person when nothing can be taken back")
    language: str = Field(default="en", description="Language of the answer")


class Why(Payload):
    """A question for the reason of a state or change."""

    kind: Literal["why"] = Field(default="why", description="Kind of meaning")
    entity_id: str = Field(description="Entity that is asked about")


class RuleMeaning(Payload):
    """A rule."""

    kind: Literal["rule"] = Field(default="rule", description="Kind of meaning")
    draft: RuleDraft = Field(description="What the rule says")
    summary: str = Field(description="The rule in words")
    text: str = Field(default="", description="The sentence that an answer completed; empty: none did")
    in_home_assistant: bool = Field(default=False, description="The person wants an automation of Home Assistant")


class Question(Payload):
    """A question about states; `answer` in `questions` makes the sentence from live states."""

    kind: Literal["question"] = Field(default="question", description="Kind of meaning")
    what: Literal[
        "is", "any", "which", "count", "detected", "value", "state", "home", "weather", "changed", "since"
    ] = Field(description="What is asked")
    entity_ids: tuple[str, ...] = Field(min_length=1, description="Entities to look at")
    state: str = Field(default="", description="State that is asked about, as people say it")
    quantity: str = Field(default="", description="Quantity that is asked for, for example temperature")
    language: str = Field(default="en", description="Language of the answer")
    time_zone: str = Field(default="UTC", description="IANA name of the house's time zone, for times in the answer")


class Choice(Payload):
    """One of several devices that fit."""

    entity_id: str = Field(description="For example light.kitchen_light")
    label: str = Field(description="Name and, if needed, area")


class Ambiguous(Payload):
    """Several devices fit; nothing is guessed."""

    kind: Literal["ambiguous"] = Field(default="ambiguous", description="Kind of meaning")
    question: str = Field(description="What to ask the person")
    choices: tuple[Choice, ...] = Field(description="Devices that fit")


class UnknownName(Payload):
    """A command for a device that is not in the house; suggestions are proposals and never acted upon."""

    kind: Literal["unknown_name"] = Field(default="unknown_name", description="Kind of meaning")
    text: str = Field(description="The sentence")
    name: str = Field(description="The name that is not known")
    suggestions: tuple[Choice, ...] = Field(default=(), description="Nearest devices, best first, at most three")


class NotUnderstood(Payload):
    """The grammar does not read this sentence."""

    kind: Literal["not_understood"] = Field(default="not_understood", description="Kind of meaning")
    reason: Literal["", "later", "negated", "dropped", "unable"] = Field(
        default="",
        description="later: once, at a later time; negated: not wanted; dropped: the person said no; "
        "unable: no device can do that",
    )
    text: str = Field(default="", description="For the person, as it is; empty: others may read the sentence")


Meaning = Annotated[
    Calls | Adjust | Undo | RuleMeaning | Question | Why | Ambiguous | UnknownName | NotUnderstood,
    Field(discriminator="kind"),
]
"""What a sentence means."""

MEANING: TypeAdapter[Meaning] = TypeAdapter(Meaning)
"""Validates a meaning received as JSON."""
