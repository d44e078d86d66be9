"""Commands about rules: shown, changed, carried as files, and why one did not fire."""

import sys
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from cyclopts import App, Parameter

from wactorz_cli import console
from wactorz_cli.console import HELP_FORMAT, Json

rules = App(name="rules", help="Show, change, export and import rules.", help_formatter=HELP_FORMAT)

RuleId = Annotated[str, Parameter(help="Rule id")]


@rules.default
def rules_list(*, as_json: Json = False) -> int:
    """Show the rules."""
    from wactorz_cli.minds_render import rules_text  # noqa: PLC0415

    with console.client() as client:
        found = client.get("/api/rules")
    return _said(found, rules_text(found), as_json=as_json)


@rules.command(name="show")
def rules_show(rule: RuleId, /, *, as_json: Json = False) -> int:
    """Show one rule, in words and as YAML."""
    with console.client() as client:
        found = client.get(_rule(rule))
    return _said(found, f"{found['text']}\n\n{found['yaml']}".rstrip(), as_json=as_json)


@rules.command(name="edit")
def rules_edit(
    rule: RuleId, /, *what: Annotated[str, Parameter(help="What it shall do, in words")],
    file: Annotated[Path | None, Parameter(help="The rule as YAML; - reads the input")] = None, as_json: Json = False,
) -> int:  # fmt: skip
    """Change a rule, in words or by a file."""
    from wactorz_cli.errors import CommandFailed  # noqa: PLC0415

    sentence = " ".join(what).strip()
    if bool(sentence) == (file is not None):
        raise CommandFailed("Say what the rule shall do in words, or give a file with --file")
    body = {"yaml": _read(file)} if file is not None else {"sentence": sentence}
    with console.client() as client:
        kept = client.send("PUT", _rule(rule), body)
    return _said(kept, kept["text"], as_json=as_json)


@rules.command(name="pause")
def rules_pause(rule: RuleId, /, *, as_json: Json = False) -> int:
    """Hold a rule until it is resumed."""
    return _change(rule, "pause", as_json=as_json)


@rules.command(name="resume")
def rules_resume(rule: RuleId, /, *, as_json: Json = False) -> int:
    """Let a paused rule go on."""
    return _change(rule, "resume", as_json=as_json)


@rules.command(name="approve")
def rules_approve(rule: RuleId, /, *, as_json: Json = False) -> int:
    """Activate a proposed rule."""
    return _change(rule, "approve", as_json=as_json)


@rules.command(name="delete")
def rules_delete(rule: RuleId, /, *, as_json: Json = False) -> int:
    """Remove a rule."""
    with console.client() as client:
        gone = client.send("DELETE", _rule(rule))
    return _said(gone, gone["text"], as_json=as_json)


@rules.command(name="export")
def rules_export(
    file: Annotated[Path | None, Parameter(help="File to write; without it the rules are printed")] = None, /
) -> int:
    """Write all rules as YAML."""
    with console.client() as client:
        text = client.text("/api/rules.yaml")
    if file is None:
        sys.stdout.write(text)
    else:
        file.write_text(text)
        console.show(f"The rules are in {file}.")
    return 0


@rules.command(name="import")
def rules_import(
    file: Annotated[Path, Parameter(help="File with rules as YAML; - reads the input")], /, *, as_json: Json = False
) -> int:
    """Make rules of a file; the exit code is 0 when all of it was taken."""
    with console.client() as client:
        made = client.send("POST", "/api/rules/import", {"yaml": _read(file)})
    _said(made, "\n".join([made["text"], *(f"- {one}" for one in made["problems"])]), as_json=as_json)
    return 1 if made["problems"] else 0


@rules.command(name="why-not")
def rules_why_not(
    rule: RuleId, /, *when: Annotated[str, Parameter(help="For example: last night")], as_json: Json = False
) -> int:
    """Tell why a rule did not fire."""
    from wactorz_cli import conversation  # noqa: PLC0415

    with console.client() as client:
        if when:
            return conversation.ask(client, f"/why rule {rule} {' '.join(when)}", "", "", as_json=as_json)
        found = client.get(f"{_rule(rule)}/why-not")
    return _said(found, found["text"], as_json=as_json)


def _change(rule: str, change: str, *, as_json: bool) -> int:
    with console.client() as client:
        kept = client.send("POST", f"{_rule(rule)}/{change}")
    return _said(kept, kept["text"], as_json=as_json)


def _said(value: Any, text: str, *, as_json: bool) -> int:
    if as_json:
        console.print_json(value)
    else:
        console.show(text)
    return 0


def _read(file: Path) -> str:
    from wactorz_cli.errors import CommandFailed  # noqa: PLC0415

    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{file} cannot be read: {error}") from error


def _rule(rule: str) -> str:
    return f"/api/rules/{quote(rule, safe='')}"
