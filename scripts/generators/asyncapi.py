"""docs/asyncapi.yaml: every address on the broker, for people and for tools."""

from typing import Any

import yaml

from generators.schemas import definitions
from wactorz_common.contracts import CHANNELS, OPERATIONS
from wactorz_common.contracts.tasks import TASK, TASK_REPLY

_PARAMETERS = {
    "replica_id": "HLC-WID of one of several replicas",
    "agent_id": "HLC-WID of an agent",
    "agent_name": "Name of an agent",
    "token": "Connection of the agent that asked",
    "node": "Name of a node",
    "service": "Name of the agent that could not read a message",
    "chat_id": "Request id of a chat message",
    "domain": "Domain in Home Assistant",
    "entity_id": "Entity in Home Assistant",
    "slug": "What it is about",
}


def render() -> str:
    """The document as YAML."""
    return "# Generated from the contracts by `./just gen`; do not edit.\n" + yaml.safe_dump(
        document(), sort_keys=False, allow_unicode=True, width=120
    )


def document() -> dict[str, Any]:
    """The document as an object."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Wactorz",
            "version": "0.1.0",
            "description": "Every topic on which the agents of Wactorz meet. Tasks are operations on one task address "
            "per agent; `action` names the operation.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {channel.name: _channel(channel) for channel in CHANNELS},
        "operations": {
            **{f"publish_{channel.name.lower()}": _publish(channel) for channel in CHANNELS},
            **{f"task_{operation.action}": _task(operation) for operation in OPERATIONS},
        },
        "components": {"schemas": definitions(), "messages": _messages()},
    }


def _channel(channel: Any) -> dict[str, Any]:
    messages = {channel.payload.__name__: _message_ref(channel.payload)}
    if channel is TASK:
        messages |= {operation.request.__name__: _message_ref(operation.request) for operation in OPERATIONS}
    if channel is TASK_REPLY:
        messages |= {operation.result.__name__: _message_ref(operation.result) for operation in OPERATIONS}
    entry: dict[str, Any] = {"address": channel.address, "description": channel.summary, "messages": messages}
    if channel.parameters:
        entry["parameters"] = {name: {"description": _PARAMETERS[name]} for name in channel.parameters}
    return entry


def _publish(channel: Any) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{channel.name}"},
        "summary": channel.summary,
        "messages": [{"$ref": f"#/channels/{channel.name}/messages/{channel.payload.__name__}"}],
        "bindings": {"mqtt": {"qos": channel.qos, "retain": channel.retain, "bindingVersion": "0.2.0"}},
    }


def _task(operation: Any) -> dict[str, Any]:
    kind = "Durable task" if operation.durable else "Question"
    to = f"to {operation.agent}" if operation.agent else "to a named agent"
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{TASK.name}"},
        "summary": operation.summary,
        "description": f"{kind} {to}, action `{operation.action}`, time-out {operation.timeout:g} s.",
        "messages": [{"$ref": f"#/channels/{TASK.name}/messages/{operation.request.__name__}"}],
        "reply": {
            "channel": {"$ref": f"#/channels/{TASK_REPLY.name}"},
            "messages": [{"$ref": f"#/channels/{TASK_REPLY.name}/messages/{operation.result.__name__}"}],
        },
        "bindings": {"mqtt": {"qos": 1, "retain": False, "bindingVersion": "0.2.0"}},
    }


def _message_ref(payload: type[Any]) -> dict[str, str]:
    return {"$ref": f"#/components/messages/{payload.__name__}"}


def _messages() -> dict[str, Any]:
    classes = {channel.payload for channel in CHANNELS}
    classes |= {cls for operation in OPERATIONS for cls in (operation.request, operation.result)}
    return {
        cls.__name__: {
            "name": cls.__name__,
            "summary": (cls.__doc__ or "").strip().splitlines()[0],
            "payload": {"$ref": f"#/components/schemas/{cls.__name__}"},
        }
        for cls in sorted(classes, key=lambda cls: cls.__name__)
    }
