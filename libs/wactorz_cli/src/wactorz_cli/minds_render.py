"""Memory, places, plans, topics, rules and commands as text; pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from wactorz_cli.render import columns

_LONGEST = 70


def memory_text(found: dict[str, Any]) -> str:
    """Facts with their day, summaries, and secrets by reference."""
    facts = [(one["key"], one["value"], _day(one["at"])) for one in found["facts"]]
    parts = [columns(("FACT", "VALUE", "SAID"), facts) if facts else "Nothing is remembered of you yet."]
    if found["summaries"]:
        parts += ["", "Of this conversation:", *(f"- {one}" for one in found["summaries"])]
    if found["secrets"] is None:
        parts += ["", "The vault does not answer, so secrets are not shown."]
    elif found["secrets"]:
        rows = [(one["reference"], one["kind"], _cut(one.get("note") or "")) for one in found["secrets"]]
        parts += ["", columns(("SECRET", "KIND", "NOTE"), rows)]
    return "\n".join(parts)


def places_text(found: Sequence[dict[str, Any]]) -> str:
    """Places for notices, never with their addresses."""
    if not found:
        return "Notices go to the page only: `wactorz webhook set discord URL` stores a place."
    rows = [
        (one["name"], one["service"], one.get("hint") or "", "usual" if one.get("usual") else "",
         one.get("problem") or "")
        for one in found
    ]  # fmt: skip
    return columns(("PLACE", "SERVICE", "ADDRESS", "", "PROBLEM"), rows)


def plans_text(found: Sequence[dict[str, Any]]) -> str:
    """Plans with how far they are."""
    rows = [(one["plan_id"], one["status"], f"{_done(one)}/{len(one['steps'])}", _cut(one["task"])) for one in found]
    return columns(("PLAN", "STATUS", "STEPS", "WISH"), rows) if rows else "There are no plans."


def plan_text(plan: dict[str, Any]) -> str:
    """One plan with its steps."""
    rows = [
        (str(one["step"]), one["agent"], one.get("status") or "", _cut(one["task"]),
         _cut(one.get("error") or one.get("result") or ""))
        for one in plan["steps"]
    ]  # fmt: skip
    head = f"{plan['plan_id']} ({plan['status']}): {plan['task']}"
    answer = f"\n{plan['answer']}" if plan.get("answer") else ""
    return f"{head}\n{columns(('STEP', 'AGENT', 'STATUS', 'TASK', 'RESULT'), rows) if rows else ''}{answer}".rstrip()


def topics_text(found: dict[str, Any]) -> str:
    """Topics with their fields."""
    rows = [
        (one["topic"], str(one.get("messages") or 0), ", ".join(one.get("publishers") or ()),
         _cut(", ".join(_field(field) for field in one.get("fields") or ())))
        for one in found["topics"]
    ]  # fmt: skip
    return columns(("TOPIC", "MESSAGES", "FROM", "FIELDS"), rows) if rows else "There is no such topic."


def rules_text(found: Sequence[dict[str, Any]]) -> str:
    """Rules with what they did."""
    rows = [
        (one["rule_id"], one["status"], str(one.get("firings") or 0), _cut(one.get("summary") or one["task"]))
        for one in found
    ]
    return columns(("RULE", "STATUS", "ACTED", "WHAT"), rows) if rows else "There are no rules."


def commands_text(found: Sequence[dict[str, Any]]) -> str:
    """What may be typed into a conversation."""
    return columns(("TYPE", "TO"), [(one["usage"], one["summary"]) for one in found])


def _field(field: dict[str, Any]) -> str:
    return f"{field['name']} ({field['unit']})" if field.get("unit") else str(field["name"])


def _done(plan: dict[str, Any]) -> int:
    return sum(one.get("status") == "done" for one in plan["steps"])


def _day(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d")


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 3]}..."
