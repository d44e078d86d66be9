"""`wactorz people`: who has an account, and as what."""

import time
from typing import Annotated, Any, Literal
from urllib.parse import quote

from cyclopts import App, Parameter

from wactorz_cli import console
from wactorz_cli.console import HELP_FORMAT, Json

people = App(
    name="people", help="List people with accounts; add, change, disable or delete one.", help_formatter=HELP_FORMAT
)

Name = Annotated[str, Parameter(help="Name of the person")]
Role = Literal["viewer", "user", "admin", "owner"]


@people.default
@people.command(name="list")
def people_list(*, as_json: Json = False) -> int:
    """List everybody with an account."""
    from wactorz_cli.render import people_table  # noqa: PLC0415

    with console.client() as client:
        rows = client.get("/api/people")
    if as_json:
        console.print_json(rows)
    else:
        console.show(people_table(rows, time.time()) if rows else "Nobody has an account yet.")
    return 0


@people.command(name="add")
def people_add(name: Name, role: Annotated[Role, Parameter(help="viewer, user, admin or owner")] = "user") -> int:
    """Make an account; the password is asked for."""
    from wactorz_cli.asking import ask_new_password  # noqa: PLC0415

    body = {"name": name, "role": role, "password": ask_new_password()}
    with console.client() as client:
        made = client.send("POST", "/api/people", body)
    console.show(f"{made['name']} may come in as {made['role']}")
    return 0


@people.command(name="role")
def people_role(name: Name, role: Annotated[Role, Parameter(help="viewer, user, admin or owner")]) -> int:
    """Give somebody another role; they have to log in again."""
    changed = _change(name, {"role": role})
    console.show(f"{changed['name']} is {changed['role']} now")
    return 0


@people.command(name="disable")
def people_disable(name: Name) -> int:
    """Keep somebody out; what they made stays."""
    console.show(f"{_change(name, {'disabled': True})['name']} is kept out now")
    return 0


@people.command(name="enable")
def people_enable(name: Name) -> int:
    """Let somebody in again."""
    console.show(f"{_change(name, {'disabled': False})['name']} may come in again")
    return 0


@people.command(name="reset")
def people_reset(name: Name) -> int:
    """Give somebody a new password, also an owner who forgot theirs: for whoever has this machine."""
    from wactorz_cli.asking import ask_new_password  # noqa: PLC0415

    changed = _change(name, {"password": ask_new_password()})
    console.show(f"{changed['name']} has a new password, and is logged out everywhere")
    return 0


@people.command(name="delete")
def people_delete(name: Name) -> int:
    """Delete an account with its sessions and tokens, and have forgotten what the person has said."""
    with console.client() as client:
        removed: dict[str, Any] = client.send("DELETE", f"/api/people/{quote(name, safe='')}")
    left = [f"{place} will do so when it is back." for place in removed["waits_for"]]
    console.show("\n".join([f"{name} has no account any more.", *removed["forgotten"], *left]))
    return 0


def _change(name: str, change: dict[str, Any]) -> dict[str, Any]:
    with console.client() as client:
        changed: dict[str, Any] = client.send("PATCH", f"/api/people/{quote(name, safe='')}", change)
    return changed
