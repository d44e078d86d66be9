"""Topics on which spawned agents speak freely; what they say there is their own, so no payload is declared."""

from wactorz_common.contracts._channel import Channel, Nothing, OpenPayload
from wactorz_common.contracts.home import STATE_CHANGE
from wactorz_common.contracts.nodes import NODE_REPLY
from wactorz_common.contracts.system import DEAD_LETTER
from wactorz_common.contracts.tasks import TASK_REPLY

AGENT_LEAF = Channel(
    "AGENT_LEAF", "agents/{deleted_id}/{leaf}", Nothing, 1, "What a deleted agent may have left, withdrawn", retain=True
)
AGENT_DATA = Channel(
    "AGENT_DATA", "agents/{agent_name}/data/{key}", OpenPayload, 1, "Shared state of an agent; nothing withdraws it",
    retain=True,
)  # fmt: skip

OWN_LEAVES = ("result", "results", "detections", "anomaly", "chat", "spawned", "actuations", "questions")
"""Below `agents/{agent_id}/`, for the agent's own code to publish on."""

RETAINED_LEAVES = (
    "status", "heartbeat", "metrics", "logs", "spawned", "manifest", "errors", "detections", "results", "result",
    "completed", "questions",
)  # fmt: skip
"""Below `agents/{agent_id}/`, where the broker may keep a message."""

HOME_STATE = "home/#"
"""State of the house that agents share; the broker keeps it."""

FREE = ("custom/#", HOME_STATE, "sensors/#", "synapse/#")
"""Topics that every spawned agent may use."""

FREE_TO_HEAR = (*FREE, f"{STATE_CHANGE.address.partition('{')[0]}#", "schedule/#")
"""Topics that every spawned agent may listen to."""

BROAD = (*FREE, "schedule/#", "homeassistant/#", "#")
"""Filters of those who listen to everything of a kind: whether somebody speaks there yet says nothing."""

OF_AGENTS = AGENT_LEAF.address.partition("{")[0]
"""How topics begin on which agents speak as themselves."""

OBSERVED = (
    *FREE_TO_HEAR, AGENT_DATA.filter(),
    *(AGENT_LEAF.filter(leaf=leaf) for leaf in OWN_LEAVES if leaf not in ("chat", "spawned", "questions")),
)  # fmt: skip
"""Topics whose traffic is observed, for everybody to see what is said there: nothing that is said to one agent only."""

SHARED_STATE = (HOME_STATE, AGENT_DATA.filter())
"""What the broker keeps for those who come later."""

REPLIES = (TASK_REPLY.filter(), NODE_REPLY.filter(), "main/reply/#")
"""Where anybody may be answered."""

WRITTEN_BY_THE_LIBRARY = (*REPLIES, DEAD_LETTER.filter())
"""What the library says in an agent's name, besides its lifecycle."""

EXAMPLE_TOPIC = "custom/doorbell"
"""A free topic, for what is shown to people and models."""
