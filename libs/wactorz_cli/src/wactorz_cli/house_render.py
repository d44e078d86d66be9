"""Reasons, audit lines, policies and automations as text."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from wactorz_cli.render import columns

_RISKS = {"A": "no change", "B": "at once", "C": "asks"}
_LONGEST = 70


def why_text(report: dict[str, Any]) -> str:
    """The chain in words, then its links with their times."""
    links = [f"  {moment(step['at'])}  {step['what']:<9}  {step['text']}" for step in report.get("steps", ())]
    trace = f"  trace {report['trace_id']}" if report.get("trace_id") else ""
    return "\n".join(filter(None, [report["text"], *links, trace]))


def audit_table(lines: Sequence[dict[str, Any]]) -> str:
    """Lines of the audit log, newest first."""
    rows = [
        (
            str(line["number"]), moment(line["at"]), line["kind"], line["person"] or line["origin"] or "-",
            line["rule_id"] or "-", ", ".join(line["entity_ids"]) or "-", _told(line["detail"]),
        )
        for line in lines
    ]  # fmt: skip
    return columns(("NO", "WHEN", "KIND", "WHO", "RULE", "ENTITIES", "WHAT"), rows)


def policies_table(policies: Sequence[dict[str, Any]]) -> str:
    """One policy in a row."""
    rows = [
        (
            one["entity_id"], _RISKS.get(one["risk"] or "", "-"), one["quiet_hours"] or "-",
            ", ".join(one["persons"]) or "everyone", "PIN" if one["pin"] else "-",
        )
        for one in policies
    ]  # fmt: skip
    return columns(("ENTITY", "CHANGES", "QUIET HOURS", "PERSONS", "YES NEEDS"), rows)


def automations_table(automations: Sequence[dict[str, Any]]) -> str:
    """Home Assistant's automations."""
    rows = [
        (
            one["name"], "on" if one["enabled"] else "OFF", moment(one.get("last_triggered")), one["entity_id"],
            _short(one.get("summary", "")),
        )
        for one in automations
    ]  # fmt: skip
    return columns(("AUTOMATION", "STATE", "LAST RUN", "ENTITY", "WHAT IT DOES"), rows)


def change_text(result: dict[str, Any]) -> str:
    """What became of a change of an automation, with the difference that is not in the words already."""
    parts = [result["text"], *(result[key] for key in ("explanation", "diff") if result.get(key))]
    return "\n".join(part.rstrip() for index, part in enumerate(parts) if index == 0 or part not in parts[0])


def moment(at: float | None) -> str:
    """An epoch second in the time of this machine."""
    return "-" if at is None else datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _told(detail: dict[str, Any]) -> str:
    found = next((str(detail[key]) for key in ("text", "reason", "summary") if detail.get(key)), "")
    return _short(" ".join(found.split())) or "-"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
