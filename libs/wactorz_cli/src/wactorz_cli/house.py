"""Commands about the house: why something is as it is, the audit log, backtests and policies."""

import re
from typing import Annotated, Any, Literal
from urllib.parse import quote

from cyclopts import App, Parameter

from wactorz_cli import console
from wactorz_cli.console import HELP_FORMAT, Json

audit = App(name="audit", help="Show or check the log of everything that was done.", help_formatter=HELP_FORMAT)
policy = App(name="policy", help="Show or lay down who may change a device, and when.", help_formatter=HELP_FORMAT)

Entity = Annotated[str, Parameter(help="For example lock.front_door")]
_ENTITY_ID = re.compile(r"^[a-z0-9_]+\.[a-z0-9_]+$")
_RULE_ID = re.compile(r"^[0-9a-fA-F]{8}$")


def why(
    *entity: Annotated[str, Parameter(help="Entity id or name; without it the newest action")], as_json: Json = False
) -> int:
    """Tell why a device is as it is."""
    from wactorz_cli import conversation  # noqa: PLC0415
    from wactorz_cli.house_render import why_text  # noqa: PLC0415

    name = " ".join(entity).strip()
    with console.client() as client:
        if name and not _ENTITY_ID.match(name):
            return conversation.ask(client, f"/why {name}", "", "", as_json=as_json)
        report = client.get(f"/api/why/{name}" if name else "/api/why", seconds=30)
    if as_json:
        console.print_json(report)
    else:
        console.show(why_text(report))
    return 0


def backtest(
    *rule: Annotated[str, Parameter(help="Rule id, or a rule in words")],
    days: Annotated[float, Parameter(help="How far back")] = 7.0, as_json: Json = False,
) -> int:  # fmt: skip
    """Try a rule on the past, without acting."""
    from wactorz_cli import conversation  # noqa: PLC0415
    from wactorz_cli.errors import CommandFailed  # noqa: PLC0415

    text = " ".join(rule).strip()
    if not text:
        raise CommandFailed('Name a rule, or say one: `wactorz backtest "when the door opens, turn on the hall light"`')
    with console.client() as client:
        if not _RULE_ID.match(text):
            return conversation.ask(client, f"/backtest {text}, {days:g} days", "", "", as_json=as_json)
        report = client.send("POST", "/api/backtests", {"rule_id": text.lower(), "days": days})
    if as_json:
        console.print_json(report)
    else:
        console.show(report["text"])
    return 0


@audit.default
@audit.command(name="list")
def audit_list(
    *, entity: Annotated[str, Parameter(help="Only lines about this entity")] = "",
    kind: Annotated[str, Parameter(help="actuation, approval, policy, grant, halt or trim")] = "",
    trace: Annotated[str, Parameter(help="Only lines of this wish")] = "",
    lines: Annotated[int, Parameter(name=["--lines", "-n"], help="How many lines")] = 20, as_json: Json = False,
) -> int:  # fmt: skip
    """Show the newest lines of the log."""
    from wactorz_cli.house_render import audit_table  # noqa: PLC0415

    wanted: dict[str, Any] = {"entity_id": entity, "kind": kind, "trace_id": trace, "limit": lines}
    with console.client() as client:
        rows = client.get("/api/audit", **{key: value for key, value in wanted.items() if value})
    if as_json:
        console.print_json(rows)
    else:
        console.show(audit_table(rows) if rows else "The audit log has no such line.")
    return 0


@audit.command(name="verify")
def audit_verify(*, as_json: Json = False) -> int:
    """Check that no line was changed, taken out or put in; the exit code is 0 when the log is intact."""
    with console.client() as client:
        verdict = client.get("/api/audit/verify", seconds=70)
    if as_json:
        console.print_json(verdict)
    else:
        console.show(verdict["text"])
    return 0 if verdict["intact"] else 1


@policy.default
@policy.command(name="list")
def policy_list(*, as_json: Json = False) -> int:
    """Show every policy that was laid down."""
    from wactorz_cli.house_render import policies_table  # noqa: PLC0415

    with console.client() as client:
        rows = client.get("/api/policies")
    if as_json:
        console.print_json(rows)
    else:
        console.show(policies_table(rows) if rows else "No entity has a policy of its own.")
    return 0


@policy.command(name="get")
def policy_get(entity: Entity, *, as_json: Json = False) -> int:
    """Show the policy of one entity."""
    from wactorz_cli.house_render import policies_table  # noqa: PLC0415

    with console.client() as client:
        found = client.get(_policy(entity))
    if as_json:
        console.print_json(found)
    else:
        console.show(policies_table([found]))
    return 0


@policy.command(name="set")
def policy_set(
    entity: Entity, /, *,
    risk: Annotated[
        Literal["A", "B", "C", "none"] | None, Parameter(help="A: may not be changed; C: each change asks")
    ] = None,
    quiet_hours: Annotated[str | None, Parameter(help="From-to, for example 22:00-07:00; off ends them")] = None,
    person: Annotated[
        tuple[str, ...] | None, Parameter(help="Who may change it, given once for each; everyone lifts it", negative="")
    ] = None,
    pin: Annotated[bool | None, Parameter(help="Whether a yes needs the PIN")] = None,
    new_pin: Annotated[bool, Parameter(help="Set a new PIN, which is asked for", negative="")] = False,
    as_json: Json = False,
) -> int:  # fmt: skip
    """Lay down who may change an entity, and when; what is not named stays as it is."""
    with console.client() as client:
        path = _policy(entity)
        before = client.get(path)
        body: dict[str, Any] = {key: before[key] for key in ("risk", "quiet_hours", "persons", "pin")}
        if risk is not None:
            body["risk"] = None if risk == "none" else risk
        if quiet_hours is not None:
            body["quiet_hours"] = "" if quiet_hours == "off" else quiet_hours
        if person is not None:
            body["persons"] = [] if person == ("everyone",) else list(person)
        if pin is not None:
            body["pin"] = pin
        first = bool(pin) and not before["pin"]
        return _saved(client.send("PUT", path, body | _pins(before, new=new_pin or first)), as_json=as_json)


@policy.command(name="clear")
def policy_clear(entity: Entity, *, as_json: Json = False) -> int:
    """Take the policy of an entity away."""
    with console.client() as client:
        return _saved(client.send("DELETE", _policy(entity)), as_json=as_json)


def _pins(before: dict[str, Any], *, new: bool) -> dict[str, str]:
    """A new PIN, and the old one where there is one already; both are typed without being shown."""
    from wactorz_cli.asking import ask_new_pin, ask_pin  # noqa: PLC0415

    if not new:
        return {}
    old = ask_pin("PIN so far: ") if before["pin"] else ""
    return {"new_pin": ask_new_pin(), **({"old_pin": old} if old else {})}


def _saved(saved: dict[str, Any], *, as_json: bool) -> int:
    if as_json:
        console.print_json(saved)
    else:
        waits = f"\nIt waits for a yes: `wactorz approve {saved['approval_id']}`" if saved["approval_id"] else ""
        console.show((saved["text"] or "The policy is kept.") + waits)
    return 0


def _policy(entity: str) -> str:
    return f"/api/policies/{quote(entity, safe='')}"
