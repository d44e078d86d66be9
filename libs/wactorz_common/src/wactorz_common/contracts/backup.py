"""An agent's whole state, taken while it runs and put back; every agent answers these, and only to the gateway."""

from pydantic import Field

from wactorz_common.contracts._channel import Operation, Payload

PART_BYTES = 192 * 1024
"""Bytes of one part before they are written as text."""

MOST_PARTS = 8_192


class SnapshotRequest(Payload):
    """Asks for one part of a snapshot; the first one without an id makes it."""

    snapshot_id: str = Field(default="", description="Snapshot that the part is of; empty: make a new one")
    part: int = Field(default=0, ge=0, description="Which part, from 0")


class SnapshotPart(Payload):
    """One part of a compressed copy of the state."""

    snapshot_id: str = Field(description="Snapshot that the part is of")
    name: str = Field(description="Agent name")
    agent_id: str = Field(description="HLC-WID of the agent")
    part: int = Field(description="Which part, from 0")
    parts: int = Field(description="How many there are")
    data: str = Field(description="The part in base64", repr=False)
    size: int = Field(description="Bytes of all parts together")
    sha256: str = Field(description="Hash of all parts together")
    schema_version: int = Field(description="Version of the state's tables")


class StateIn(Payload):
    """One part of a state that shall be put back; the first one without an id begins."""

    restore_id: str = Field(default="", description="What the agent answered to the first part")
    part: int = Field(default=0, ge=0, lt=MOST_PARTS, description="Which part, from 0")
    parts: int = Field(gt=0, le=MOST_PARTS, description="How many there are")
    data: str = Field(max_length=PART_BYTES * 4 // 3 + 4, description="The part in base64", repr=False)
    sha256: str = Field(description="Hash of all parts together")


class Staged(Payload):
    """A part was kept; with the last one the whole was verified."""

    restore_id: str = Field(description="Names what was kept so far; nobody else knows it")
    complete: bool = Field(description="Whether all is there and in order")


class StateApply(Payload):
    """Begin again with the state that was verified."""

    restore_id: str = Field(description="What the agent answered to the first part")


class StateApplied(Payload):
    """The agent begins again now."""

    name: str = Field(description="Agent name")


SNAPSHOT = Operation(
    "state_snapshot", None, SnapshotRequest, SnapshotPart, "One part of a copy of the agent's state", timeout=60
)
STAGE_STATE = Operation("state_stage", None, StateIn, Staged, "Take in one part of a state to be put back", timeout=60)
APPLY_STATE = Operation("state_apply", None, StateApply, StateApplied, "Begin again with a verified state", timeout=30)

OPERATIONS = (SNAPSHOT, STAGE_STATE, APPLY_STATE)
