"""What is remembered of people and their house, and what people may do about it."""

from pydantic import Field

from wactorz_common.contracts._channel import Nothing, Operation, Payload


class Fact(Payload):
    """Something durable that a person said."""

    key: str = Field(
        pattern=r"^[a-z0-9_]{1,80}$", description="Its name, beginning with pref_, device_, policy_, person_ or fact_"
    )
    value: str = Field(max_length=500, description="What is so; secrets appear as references only")
    source: str = Field(default="", max_length=200, description="The words it was taken from")
    person: str = Field(default="", max_length=100, description="Who said it; empty: somebody who needs no name here")
    conversation_id: str = Field(default="", description="Session it was said in")
    at: float = Field(description="Epoch seconds at which it was said")


class MemoryQuery(Payload):
    """Whose memory."""

    person: str = Field(default="", max_length=100, description="Person, as the door knows them")
    conversation_id: str = Field(default="", description="Session whose summary is wanted")


class MemoryReport(Payload):
    """What is remembered."""

    facts: tuple[Fact, ...] = Field(description="Oldest first")
    summaries: tuple[str, ...] = Field(default=(), description="Chain of summaries of the session, oldest first")


class Forget(Payload):
    """What is to be forgotten."""

    key: str = Field(default="", max_length=80, description="One fact; empty: everything of the person and session")
    person: str = Field(default="", max_length=100, description="Person, as the door knows them")
    conversation_id: str = Field(default="", description="Session whose summaries go as well")


class ErasePerson(Payload):
    """Somebody is not here any more: nothing that they have said stays."""

    person: str = Field(min_length=1, max_length=100, description="Person, as the door knew them")


class Erased(Payload):
    """What was forgotten of somebody."""

    text: str = Field(description="The same in words")


class CommandInfo(Payload):
    """A command that people may type."""

    name: str = Field(description="Name without the slash")
    usage: str = Field(description="How it is typed")
    summary: str = Field(description="What it does")
    aliases: tuple[str, ...] = Field(default=(), description="Other names")


class CommandList(Payload):
    """All commands, for completion."""

    commands: tuple[CommandInfo, ...] = Field(description="In the order of /help")


GET_MEMORY = Operation("get_memory", "main", MemoryQuery, MemoryReport, "What is remembered", timeout=10)
FORGET = Operation("forget", "main", Forget, MemoryReport, "Forget a fact, or everything", durable=True)
ERASE_PERSON = Operation("erase_person", None, ErasePerson, Erased, "Forget all that a person has said", durable=True)
LIST_COMMANDS = Operation("list_commands", "main", Nothing, CommandList, "Commands that people may type", timeout=10)

OPERATIONS = (GET_MEMORY, FORGET, ERASE_PERSON, LIST_COMMANDS)
