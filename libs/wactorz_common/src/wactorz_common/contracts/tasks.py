"""Tasks addressed to an agent by name, and their replies."""

from enum import StrEnum
from typing import Any

from pydantic import ConfigDict, Field

from wactorz_common.contracts._channel import Channel, OpenPayload, Payload


class TaskState(StrEnum):
    """The four ways in which an accepted task can end."""

    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class TaskRequest(OpenPayload):
    """A task; further top-level keys are the body of the operation named by `action`, also a plain `trace_id`."""

    model_config = ConfigDict(populate_by_name=False)

    action: str = Field(default="", description="Operation that is asked for; empty for free text")
    task_id: str = Field(default="", alias="_task_id", description="Correlation id, echoed in the reply")
    reply_topic: str = Field(default="", alias="_reply_topic", description="Where exactly one reply is published")
    remote: bool = Field(default=True, alias="_remote_task", description="Marks a task sent over the broker")
    deadline_at: float | None = Field(default=None, alias="_deadline_at", description="Epoch seconds; set = durable")
    sender: str = Field(default="", alias="_sender", description="Name of the agent that asks")
    trace_id: str = Field(default="", alias="_trace_id", description="Follows one wish through all agents")
    language: str = Field(
        default="",
        alias="_language",
        description="Language of the person behind it, such as de; answers are given in it",
    )


class TaskReply(OpenPayload):
    """The one reply to a task; further top-level keys are the result of the operation."""

    task_id: str = Field(default="", alias="_task_id", description="Id of the task that is answered")
    state: TaskState = Field(default=TaskState.DONE, alias="_state", description="How the task ended")
    error: str | None = Field(default=None, description="Why it was not done, for a person")
    error_phase: str | None = Field(default=None, description="handle_task when the handler raised")
    error_code: str | None = Field(
        default=None,
        description="house_unknown when it passes by itself, not_there when what is named does not exist; else nothing",
    )
    agent: str | None = Field(default=None, description="Agent that answers")


class TaskBody(Payload):
    """What an agent gets that takes every task: the body as it was sent."""

    body: Any = Field(default=None, description="Any JSON value; an object in most cases")


TASK = Channel("TASK", "agents/by-name/{agent_name}/task", TaskRequest, 1, "A task for an agent, by name")
TASK_OF_ONE = Channel(
    "TASK_OF_ONE", "agents/by-name/{agent_name}/task/{replica_id}", TaskRequest, 1, "A task for one of several replicas"
)
TASK_REPLY = Channel(
    "TASK_REPLY", "agents/by-name/{agent_name}/reply/{token}", TaskReply, 1, "Replies to the tasks of one agent"
)

CHANNELS = (TASK, TASK_OF_ONE, TASK_REPLY)
