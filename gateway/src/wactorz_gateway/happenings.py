"""Messages of the bus as entries of the feed."""

from typing import Any

from wactorz_common.contracts import Payload
from wactorz_common.contracts.home import ActuationEvent
from wactorz_common.contracts.rules import Detection, TriggerEvent
from wactorz_common.contracts.spawning import ApprovalEvent

_SEVERITY = {"failed": "warning", "unknown": "warning"}


def happening(payload: Payload, agent_id: str, name: str, now: float) -> dict[str, Any] | None:
    """What a message says that happened in the house; None for what the feed does not tell."""
    if isinstance(payload, ActuationEvent):
        devices = ", ".join(payload.entity_ids) or "no device"
        text = f"{devices}: {payload.outcome or 'sent'}, for {payload.person or payload.origin or 'an agent'}"
        event = _event("actuation", agent_id, name, text, payload.timestamp, _SEVERITY.get(payload.outcome, "info"))
        whose = {"by": payload.person or payload.origin or ""}
        return _told(event, f"device_{payload.outcome or 'sent'}", {"devices": devices, **whose})
    if isinstance(payload, TriggerEvent):
        by = f" by {payload.entity_id}" if payload.entity_id else ""
        event = _event("trigger", agent_id, name, f"Rule {payload.rule_id} was triggered{by}", payload.timestamp)
        code = "rule_triggered_by" if payload.entity_id else "rule_triggered"
        return _told(event, code, {"rule": payload.rule_id, "entity": payload.entity_id})
    if isinstance(payload, Detection):
        code = "camera_sees" if payload.detected else "camera_lost"
        return _told(_event("detection", agent_id, name, _seen(payload), now), code, {"target": payload.target})
    if isinstance(payload, ApprovalEvent):
        asks = payload.state == "open"
        text = f"{payload.agent} asks for a yes ({payload.kind})" if asks else f"{payload.kind}: {payload.state}"
        event = _event("approval", agent_id, payload.agent, text, now, "warning" if asks else "info")
        return _told(event, f"approval_{payload.state}", {"agent": payload.agent, "kind": payload.kind})
    return None


def _told(event: dict[str, Any], code: str, data: dict[str, str]) -> dict[str, Any]:
    """The event with what pages need to tell it in another language."""
    return {**event, "code": code, "data": data}


def _seen(detection: Detection) -> str:
    target = detection.target or "something"
    return f"A camera saw {target}" if detection.detected else f"A camera does not see {target} any more"


def _event(
    kind: str, agent_id: str, name: str, message: str, timestamp: float, severity: str = "info"
) -> dict[str, Any]:
    return {
        "type": kind, "agent_id": agent_id, "name": name, "message": message, "severity": severity,
        "timestamp": timestamp,
    }  # fmt: skip
