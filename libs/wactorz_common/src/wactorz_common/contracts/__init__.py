"""Every topic and operation of the system, each declared once."""

from wactorz_common.contracts import (
    automations,
    backup,
    blobs,
    chat,
    history,
    home,
    lifecycle,
    live,
    llm,
    memory,
    nodes,
    notices,
    plans,
    policy,
    rules,
    spawning,
    system,
    tasks,
    topics,
    vision,
)  # fmt: skip
from wactorz_common.contracts._channel import Channel, Nothing, OpenPayload, Operation, Payload

CHANNELS: tuple[Channel, ...] = (  # type: ignore[type-arg]  # each has a payload type of its own
    *lifecycle.CHANNELS, *tasks.CHANNELS, *chat.CHANNELS, *system.CHANNELS, *nodes.CHANNELS, *home.CHANNELS,
    *rules.CHANNELS, *vision.CHANNELS, *plans.CHANNELS, *notices.CHANNELS, *spawning.CHANNELS,
    *live.CHANNELS,
)  # fmt: skip
"""All channels, in reading order."""

OPERATIONS: tuple[Operation, ...] = (  # type: ignore[type-arg]  # each has a request and result of its own
    *chat.OPERATIONS, *system.OPERATIONS, *home.OPERATIONS, *history.OPERATIONS, *policy.OPERATIONS, *rules.OPERATIONS,
    *automations.OPERATIONS, *plans.OPERATIONS, *notices.OPERATIONS, *memory.OPERATIONS, *topics.OPERATIONS,
    *llm.OPERATIONS, *spawning.OPERATIONS, *backup.OPERATIONS, *blobs.OPERATIONS,
)  # fmt: skip
"""All operations, in reading order."""

for _names in ([channel.address for channel in CHANNELS], [operation.action for operation in OPERATIONS]):
    if len(_names) != len(set(_names)):
        raise AssertionError(f"declared twice: {sorted(name for name in _names if _names.count(name) > 1)}")

__all__ = ["CHANNELS", "OPERATIONS", "Channel", "Nothing", "OpenPayload", "Operation", "Payload"]
