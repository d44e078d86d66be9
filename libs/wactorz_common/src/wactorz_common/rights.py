"""What a broker account may do; pure. The broker enforces it, and the host of a sandboxed agent does so before it."""

from dataclasses import dataclass
from typing import Any

from wactorz_common.contracts import Channel
from wactorz_common.contracts._channel import MAX_TOPIC_BYTES, MOST_SLASHES, UNSENDABLE
from wactorz_common.contracts.chat import CHOICES
from wactorz_common.contracts.guests import AGENT_DATA, AGENT_LEAF, FREE, FREE_TO_HEAR, OWN_LEAVES, REPLIES
from wactorz_common.contracts.lifecycle import CHANNELS as LIFECYCLE
from wactorz_common.contracts.lifecycle import COMMANDS, HEARTBEAT, MANIFEST
from wactorz_common.contracts.nodes import NODE_HEARTBEAT
from wactorz_common.contracts.spawning import Grants
from wactorz_common.contracts.system import DEAD_LETTER
from wactorz_common.contracts.tasks import TASK, TASK_OF_ONE, TASK_REPLY

DIRECTORY = (MANIFEST.filter(), HEARTBEAT.filter(), NODE_HEARTBEAT.filter())
"""Who else is there; every spawned agent may hear it."""

_NEVER = ("$", "nodes/", "agents/by-name/", "io/", "main/")
_PRIVATE = (TASK.filter(), TASK_OF_ONE.filter(), TASK_REPLY.filter())
"""What is said to one agent only, also to be kept from filters with a + in them."""


@dataclass(frozen=True)
class Rights:
    """Topic filters of what may be sent and heard; nothing else is allowed."""

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]


def guest_rights(name: str, agent_id: str, grants: Grants, kind: str = "dynamic") -> Rights:
    """The rights of a spawned agent: its own topics, the free ones, and what was granted.

    Agents of type llm are nothing without the model: they may ask it without a grant, and its budget bounds the cost.
    """
    own = tuple(channel.topic(agent_id=agent_id) for channel in LIFECYCLE if channel is not COMMANDS)
    leaves = tuple(AGENT_LEAF.topic(deleted_id=agent_id, leaf=leaf) for leaf in OWN_LEAVES)
    asked = (*grants.agents, *(("llm",) if grants.model or kind == "llm" else ()))
    return Rights(
        publish=(
            *own, *leaves, AGENT_DATA.filter(agent_name=name), DEAD_LETTER.topic(service=name), *FREE, *grants.publish,
            *(TASK.topic(agent_name=agent) for agent in asked),
            *REPLIES,
        ),
        subscribe=(
            COMMANDS.topic(agent_id=agent_id), TASK.topic(agent_name=name), TASK_REPLY.filter(agent_name=name),
            CHOICES.topic(agent_id=agent_id), AGENT_DATA.filter(), *FREE_TO_HEAR, *DIRECTORY, *grants.subscribe,
        ),
    )  # fmt: skip


def service_rights(name: str, agent_id: str, publishes: tuple[Channel[Any], ...], listens: tuple[str, ...]) -> Rights:
    """The rights of a shipped service: its own topics, what it declares, and tasks for anybody.

    A channel of the lifecycle that it declares is about other agents; its own go without saying.
    """
    own = tuple(channel.topic(agent_id=agent_id) for channel in LIFECYCLE if channel is not COMMANDS)
    declared = tuple(_declared(channel, agent_id) for channel in publishes)
    return Rights(
        publish=_once(*own, *declared, DEAD_LETTER.topic(service=name), TASK.filter(), *REPLIES),
        subscribe=_once(
            COMMANDS.topic(agent_id=agent_id), TASK.topic(agent_name=name), TASK_REPLY.filter(agent_name=name), *listens
        ),
    )


def _declared(channel: Channel[Any], agent_id: str) -> str:
    is_own = "agent_id" in channel.parameters and channel not in LIFECYCLE
    return channel.filter(agent_id=agent_id) if is_own else channel.filter()


def _once(*filters: str) -> tuple[str, ...]:
    """Each filter that no other one covers, once."""
    unique = tuple(dict.fromkeys(filters))
    return tuple(one for one in unique if not covers(tuple(other for other in unique if other != one), one))


def problem_of(grants: Grants) -> str:
    """Why these grants are given to nobody; empty when they can be."""
    for filter_ in (*grants.publish, *grants.subscribe):
        if not is_filter(filter_):
            return f"'{filter_}' is no topic filter"
        if filter_.startswith(("#", "+")) or filter_.startswith(_NEVER):
            return f"'{filter_}' is granted to no spawned agent"
        if any(overlap(filter_, private) for private in _PRIVATE):
            return f"'{filter_}' takes in tasks of other agents: name the last level, as in agents/+/results"
    for filter_ in grants.publish:
        if filter_.startswith(("agents/", "system/", "homeassistant/")):
            return f"'{filter_}' belongs to others, so no spawned agent may publish there"
    return ""


def allows(filters: tuple[str, ...], topic: str) -> bool:
    """Whether one of the filters matches a topic."""
    return any(matches(filter_, topic) for filter_ in filters)


def matches(filter_: str, topic: str) -> bool:
    """Whether a filter of MQTT, with + and #, matches a topic."""
    if topic.startswith("$") and filter_.startswith(("+", "#")):
        return False
    wanted, given = filter_.split("/"), topic.split("/")
    for place, level in enumerate(wanted):
        if level == "#":
            return True
        if place >= len(given) or level not in ("+", given[place]):
            return False
    return len(wanted) == len(given)


def covers(filters: tuple[str, ...], wanted: str) -> bool:
    """Whether everything that the filter `wanted` matches is matched by one of the filters too."""
    return any(_covers(filter_.split("/"), wanted.split("/")) for filter_ in filters)


def _covers(wide: list[str], narrow: list[str]) -> bool:
    for place, level in enumerate(wide):
        if level == "#":
            return True
        if place >= len(narrow) or narrow[place] == "#" or (level != "+" and level != narrow[place]):
            return False
    return len(wide) == len(narrow)


def overlap(one: str, other: str) -> bool:
    """Whether there is a topic that both filters match."""
    left, right = one.split("/"), other.split("/")
    for first, second in zip(left, right, strict=False):
        if "#" in (first, second):
            return True
        if first != second and "+" not in (first, second):
            return False
    longer = max(left, right, key=len)
    return len(left) == len(right) or longer[min(len(left), len(right))] == "#"


def is_filter(text: str) -> bool:
    """Whether the text is a well-formed subscription filter."""
    levels = text.split("/")
    wild = [level for level in levels if "+" in level or "#" in level]
    if not text or UNSENDABLE.search(text) or len(levels) - 1 > MOST_SLASHES or len(text.encode()) > MAX_TOPIC_BYTES:
        return False
    return set(wild) <= {"+", "#"} and "#" not in levels[:-1]
