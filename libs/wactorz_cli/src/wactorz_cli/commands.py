"""The commands of `wactorz`; what is slow to import is imported inside them."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from wactorz_cli.backup import backup, restore

if TYPE_CHECKING:
    from wactorz_cli.client import GatewayClient
    from wactorz_cli.settings import CommandSettings

_HELP: Any = None if sys.stdout.isatty() else "plain"

app = App(name="wactorz", help="Agents that watch and move your home.", version="0.1.0", help_formatter=_HELP)
home = App(name="home", help="Look at the house, and move sensors of the demo home.", help_formatter=_HELP)
app.command(home)

EntityId = Annotated[str, Parameter(help="For example light.kitchen_light")]
Json = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON")]
To = Annotated[str, Parameter(help="Agent to hand it to; else the text decides")]


def _settings() -> "CommandSettings":
    from wactorz_cli.settings import CommandSettings  # noqa: PLC0415
    from wactorz_common.settings import load  # noqa: PLC0415

    return load(CommandSettings)


def _client() -> "GatewayClient":
    from wactorz_cli.client import GatewayClient  # noqa: PLC0415

    settings = _settings()
    return GatewayClient(settings.address, settings.api_token.get_secret_value())


def _show(text: str, *, flush: bool = False) -> None:
    from wactorz_cli.render import printable  # noqa: PLC0415

    print(printable(text), flush=flush)


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))


@app.command
def up(
    *, detach: Annotated[bool, Parameter(name=["--detach", "-d"], negative="", help="Go on in the background")] = False
) -> int:
    """Start everything, and stop it with Ctrl+C."""
    from wactorz_edge.launcher import up as launch  # noqa: PLC0415

    return launch(detach=detach)


@app.command
def down() -> int:
    """Stop everything."""
    from wactorz_edge.launcher import down as end  # noqa: PLC0415

    return end()


@app.command
def status(*, as_json: Json = False) -> int:
    """Show the agents and how they are."""
    from wactorz_cli.render import agents_table  # noqa: PLC0415

    with _client() as client:
        health, actors = client.health(), client.get("/api/actors")
        address = client.address
    well = health["status"] == "ok"
    if as_json:
        _print_json({"address": address, "health": health, "actors": actors})
    else:
        _show(f"Wactorz {health['version']} at {address}")
        _show(agents_table(actors) if actors else "No agent has been heard of yet.")
    if not well:
        sys.stderr.write(f"wactorz: {health['detail']}\n")
    return 0 if well else 1


@app.command
def ask(
    *words: Annotated[str, Parameter(help="What you want, in your own words")], as_json: Json = False, to: To = "",
    session: Annotated[str, Parameter(help="Conversation that it belongs to")] = "",
) -> int:  # fmt: skip
    """Say one thing and wait for the answer; the exit code is 0 when it was done."""
    from wactorz_cli import conversation  # noqa: PLC0415
    from wactorz_cli.errors import CommandFailed  # noqa: PLC0415

    text = " ".join(words).strip()
    if not text:
        raise CommandFailed('Nothing was said: try `wactorz ask "turn on the kitchen light"`')
    with _client() as client:
        return conversation.ask(client, text, to, session, as_json=as_json)


@app.command
def chat(*, to: To = "") -> int:
    """Talk, line by line; /quit ends."""
    from wactorz_cli import conversation  # noqa: PLC0415

    with _client() as client:
        return conversation.converse(client, _settings().history, to)


@app.command
def logs(
    agent: Annotated[str, Parameter(help="Process whose log to show; all when it is not given")] = "", /, *,
    follow: Annotated[bool, Parameter(name=["--follow", "-f"], negative="", help="Show new lines")] = False,
    lines: Annotated[int, Parameter(name=["--lines", "-n"], help="How many lines")] = 50,
) -> int:  # fmt: skip
    """Show what the processes write to their logs."""
    with _client() as client:
        found = (
            client.follow_logs(agent, lines) if follow else client.get("/api/logs", agent=agent, lines=lines)["lines"]
        )
        for line in found:
            _show(line["line"] if agent else f"{line['agent']:<28} {line['line']}", flush=follow)
    return 0


@home.default
@home.command(name="list")
def home_list(*, as_json: Json = False) -> int:
    """List every device with its state."""
    from wactorz_cli.render import home_table  # noqa: PLC0415

    with _client() as client:
        report = client.get("/api/home")
    if as_json:
        _print_json(report)
    else:
        _show(home_table(report))
    return 0


@home.command(name="get")
def home_get(
    entity: Annotated[str, Parameter(help="For example light.kitchen_light")], *, as_json: Json = False
) -> int:
    """Show one device."""
    from wactorz_cli.errors import CommandFailed  # noqa: PLC0415
    from wactorz_cli.render import device_text  # noqa: PLC0415

    with _client() as client:
        devices = client.get("/api/home")["entities"]
    found = next((device for device in devices if device["entity_id"] == entity), None)
    if found is None:
        raise CommandFailed(f"There is no entity '{entity}': `wactorz home` lists them")
    if as_json:
        _print_json(found)
    else:
        _show(device_text(found))
    return 0


@home.command(name="set")
def home_set(
    entity: EntityId, state: Annotated[str, Parameter(allow_leading_hyphen=True, help="New state")], /, *,
    as_json: Json = False,
) -> int:  # fmt: skip
    """Move a sensor of the demo home."""
    from wactorz_cli.render import state_of  # noqa: PLC0415

    with _client() as client:
        device = client.set_state(entity, state, {})
    if as_json:
        _print_json(device)
    else:
        _show(f"{device['name']} ({device['entity_id']}): {state_of(device)}")
    return 0


app.command(backup)
app.command(restore)
