"""Commands about Home Assistant's own automations."""

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from cyclopts import App, Parameter

from wactorz_cli import console
from wactorz_cli.console import HELP_FORMAT, Json

if TYPE_CHECKING:
    from wactorz_cli.client import GatewayClient

automations = App(
    name="automations", help="List, explain, make, change and delete Home Assistant's automations.",
    help_formatter=HELP_FORMAT,
)  # fmt: skip

Name = Annotated[str, Parameter(help="Id, entity id or name")]
DryRun = Annotated[bool, Parameter(negative="", help="Show what would be written, and write nothing")]
Yes = Annotated[bool, Parameter(name=["--yes", "-y"], negative="", help="Do not ask again")]
_PATH = "/api/automations"


@automations.default
def automations_list(
    word: Annotated[str, Parameter(help="Only automations that have to do with it")] = "", /, *, as_json: Json = False
) -> int:
    """List every automation."""
    from wactorz_cli.house_render import automations_table  # noqa: PLC0415

    with console.client() as client:
        rows = client.get(_PATH, search=word) if word else client.get(_PATH)
    if as_json:
        console.print_json(rows)
    else:
        console.show(automations_table(rows) if rows else "There is no such automation.")
    return 0


@automations.command(name="show")
def automations_show(*name: Name, as_json: Json = False) -> int:
    """Explain one automation."""
    with console.client() as client:
        report = client.get(_one(name))
    if as_json:
        console.print_json(report)
    else:
        console.show(f"{report['text']}\n\n{report['yaml']}".rstrip())
    return 0


@automations.command(name="create")
def automations_create(
    *what: Annotated[str, Parameter(help="What it shall do, in words")], dry_run: DryRun = False, yes: Yes = False,
    as_json: Json = False,
) -> int:  # fmt: skip
    """Make an automation of a sentence."""
    return _change("POST", _PATH, {"task": _text(what), "dry_run": dry_run}, yes=yes, as_json=as_json)


@automations.command(name="change")
def automations_change(
    name: Name, *what: Annotated[str, Parameter(help="What shall be different, in words")], dry_run: DryRun = False,
    yes: Yes = False, as_json: Json = False,
) -> int:  # fmt: skip
    """Change an automation as a sentence says."""
    return _change("PUT", _one((name,)), {"task": _text(what), "dry_run": dry_run}, yes=yes, as_json=as_json)


@automations.command(name="enable")
def automations_enable(*name: Name, as_json: Json = False) -> int:
    """Let an automation run."""
    return _change("POST", f"{_one(name)}/enable", None, yes=False, as_json=as_json)


@automations.command(name="disable")
def automations_disable(*name: Name, as_json: Json = False) -> int:
    """Keep an automation from running."""
    return _change("POST", f"{_one(name)}/disable", None, yes=False, as_json=as_json)


@automations.command(name="delete")
def automations_delete(*name: Name, dry_run: DryRun = False, yes: Yes = False, as_json: Json = False) -> int:
    """Delete an automation."""
    path = f"{_one(name)}?dry_run=true" if dry_run else _one(name)
    return _change("DELETE", path, None, yes=yes, as_json=as_json)


def undo(*, dry_run: DryRun = False, yes: Yes = False, as_json: Json = False) -> int:
    """Take back the last change of an automation; again takes back the one before."""
    return _change("POST", f"{_PATH}/undo", {"dry_run": dry_run}, yes=yes, as_json=as_json)


def _change(method: str, path: str, body: dict[str, Any] | None, *, yes: bool, as_json: bool) -> int:
    with console.client() as client:
        result = client.send(method, path, body)
        if result["status"] == "needs_confirmation" and not as_json:
            result = _confirmed(client, result, yes=yes)
    if as_json:
        console.print_json(result)
    else:
        _show(result)
    return 0 if result["status"] in ("done", "dry_run", "unchanged") else 1


def _confirmed(client: "GatewayClient", proposal: dict[str, Any], *, yes: bool) -> dict[str, Any]:
    """Show what would be written and have the person say yes to it; without a person it stays a proposal."""
    from wactorz_cli.asking import ask_yes, at_terminal  # noqa: PLC0415

    if not yes and not at_terminal():
        return proposal
    if not yes:
        _show(proposal)
    said = yes or ask_yes("Shall this be written?")
    return dict(client.send("POST", f"{_PATH}/confirm", {"token": proposal["confirm"], "yes": said}))


def _show(result: dict[str, Any]) -> None:
    from wactorz_cli.house_render import change_text  # noqa: PLC0415

    waits = f"\nIt waits for a yes: `wactorz approve {result['approval_id']}`" if result.get("approval_id") else ""
    console.show(change_text(result) + waits)


def _one(name: tuple[str, ...]) -> str:
    return f"{_PATH}/{quote(_text(name), safe='')}"


def _text(words: tuple[str, ...]) -> str:
    from wactorz_cli.errors import CommandFailed  # noqa: PLC0415

    text = " ".join(words).strip()
    if not text:
        raise CommandFailed("Something is missing here: `wactorz automations --help` shows how")
    return text
