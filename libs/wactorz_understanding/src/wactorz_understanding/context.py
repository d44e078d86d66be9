"""What a conversation remembers from one sentence to the next."""

from collections.abc import Container
from typing import Any, Literal

from pydantic import Field

from wactorz_common.contracts._channel import Payload
from wactorz_understanding.meaning import Choice, Meaning

LIFETIME_SECONDS = 300.0
"""How long "it" and a question that was asked back are remembered, unless the context says otherwise."""


class Mention(Payload):
    """The last thing that was done or asked, which "it", "the same" and "and the bedroom" go on from."""

    text: str = Field(description="The sentence, as it was read")
    kind: Literal["calls", "adjust", "question"] = Field(description="What it was")
    verb: str = Field(default="", description="What was asked of the devices")
    slots: dict[str, Any] = Field(default_factory=dict, description="Values that were said")
    entity_ids: tuple[str, ...] = Field(description="Devices that were meant")
    named: bool = Field(default=True, description="Whether they were said by name or kind, not by a pronoun")
    undone: bool = Field(default=False, description="Whether it was taken back")
    fresh: bool = Field(default=True, description="Whether it was the last sentence")
    at: float = Field(default=0.0, description="Epoch seconds")


class Settled(Payload):
    """A choice that a person made when asked back."""

    among: tuple[str, ...] = Field(description="What there was to choose from")
    chosen: tuple[str, ...] = Field(description="What was chosen")


class Pending(Payload):
    """A question that was asked back; its answer completes the sentence."""

    text: str = Field(description="The sentence that is not clear yet, as it was read")
    automation: bool = Field(default=False, description="Whether Home Assistant itself shall run it")
    raw: str = Field(default="", description="The sentence as it was typed")
    question: str = Field(default="", description="What was asked")
    choices: tuple[Choice, ...] = Field(description="What there is to choose from")
    word: str = Field(default="", description="The words that are no known name, when the question is for the name")
    several: bool = Field(default=False, description="Whether more than one may be chosen")
    many: bool = Field(default=False, description="Whether a room or kind was missing, so that all of one are meant")
    settled: tuple[Settled, ...] = Field(default=(), description="Choices made so far")
    said: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="Words that stand for devices in it")
    reread: bool = Field(default=False, description="A yes reads the sentence that waits, as it is here")
    confirm: tuple[str, ...] = Field(default=(), description="Devices of an opening that only a yes may cause")
    at: float = Field(default=0.0, description="Epoch seconds")


class Context(Payload):
    """What a conversation remembers; opaque to whoever keeps it."""

    language: str = Field(default="", description="Language of the session; empty: that of the house")
    fixed: bool = Field(default=False, description="A person set the language; otherwise a sentence may change it")
    area_id: str | None = Field(default=None, description="Room of the speaker")
    last: Mention | None = Field(default=None, description="Last thing that was done or asked")
    pending: Pending | None = Field(default=None, description="Question that waits for an answer")
    lifetime_seconds: float = Field(default=LIFETIME_SECONDS, ge=0, description="How long the last thing is remembered")

    def alive(self, now: float) -> "Context":
        """The context without what is too old; `now` in epoch seconds."""
        last = self.last if self.last and now - self.last.at <= self.lifetime_seconds else None
        pending = self.pending if self.pending and now - self.pending.at <= self.lifetime_seconds else None
        return self.model_copy(update={"last": last, "pending": pending})

    def within(self, entity_ids: Container[str]) -> "Context":
        """The context without what speaks of devices that are gone."""
        last, pending = self.last, self.pending
        if last and any(entity_id not in entity_ids for entity_id in last.entity_ids):
            last = None
        if pending and any(choice.entity_id not in entity_ids for choice in pending.choices):
            pending = None
        return self.model_copy(update={"last": last, "pending": pending})


class Understanding(Payload):
    """A meaning, the language it was said in, and the context that the next sentence is read in."""

    meaning: Meaning = Field(description="What the sentence means")
    language: str = Field(description="Language it was said in")
    context: Context = Field(description="Give this back with the next sentence of the conversation")
