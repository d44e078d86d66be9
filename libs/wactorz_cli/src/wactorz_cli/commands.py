"""The commands of `wactorz`; what is slow to import is imported inside them."""

import sys
from typing import Annotated

from cyclopts import App, Parameter

from wactorz_cli import automations, console, entry, fleet, house, minds, people, rules
from wactorz_cli.backup import backup, restore
from wactorz_cli.console import HELP_FORMAT, Json

app = App(name="wactorz", help="Agents that watch and move your home.", version="0.1.0", help_formatter=HELP_FORMAT)
home = App(name="home", help="Look at the house, and move sensors of the demo home.", help_formatter=HELP_FORMAT)
app.command(home)
app.command(fleet.agents)
for group in (automations.automations, house.audit, house.policy):
    app.command(group)
for command in (fleet.spawn, fleet.nodes, fleet.approvals, fleet.approve, fleet.deny):
    app.command(command)
app.command(entry.login)
app.command(entry.logout)
for group in (people.people, rules.rules, minds.memory, minds.webhook, minds.plans):
    app.command(group)
for command in (house.why, house.backtest, automations.undo, minds.topics, minds.cost, minds.commands):
    app.command(command)

EntityId = Annotated[str, Parameter(help="For example light.kitchen_light")]
To = Annotated[str, Parameter(help="Agent to hand it to; else the text decides")]


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

    with console.client() as client:
        health, actors = client.health(), client.get("/api/actors")
        address = client.address
    well = health["status"] == "ok"
    if as_json:
        console.print_json({"address": address, "health": health, "actors": actors})
    else:
        console.show(f"Wactorz {health['version']} at {address}")
        console.show(agents_table(actors) if actors else "No agent has been heard of yet.")
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
    with console.client() as client:
        return conversation.ask(client, text, to, session, as_json=as_json)


@app.command
def chat(*, to: To = "") -> int:
    """Talk, line by line; /quit ends."""
    from wactorz_cli import conversation  # noqa: PLC0415

    with console.client() as client:
        return conversation.converse(client, console.settings().history, to)


@app.command
def logs(
    agent: Annotated[str, Parameter(help="Process or agent whose log to show; all when it is not given")] = "", /, *,
    follow: Annotated[bool, Parameter(name=["--follow", "-f"], negative="", help="Show new lines")] = False,
    lines: Annotated[int, Parameter(name=["--lines", "-n"], help="How many lines")] = 50,
) -> int:  # fmt: skip
    """Show what the processes write to their logs, and what spawned agents say."""
    with console.client() as client:
        if agent and not client.has_log(agent):
            return fleet.agent_logs(client, agent, lines, follow=follow)
        found = client.follow_logs(agent, lines) if follow else client.logs(agent, lines)
        for line in found:
            console.show(line["line"] if agent else f"{line['agent']:<28} {line['line']}", flush=follow)
    return 0


@home.default
@home.command(name="list")
def home_list(*, as_json: Json = False) -> int:
    """List every device with its state."""
    from wactorz_cli.render import home_table  # noqa: PLC0415

    with console.client() as client:
        report = client.get("/api/home")
    if as_json:
        console.print_json(report)
    else:
        console.show(home_table(report))
    return 0


@home.command(name="get")
def home_get(
    entity: Annotated[str, Parameter(help="For example light.kitchen_light")], *, as_json: Json = False
) -> int:
    """Show one device."""
    from wactorz_cli.errors import CommandFailed  # noqa: PLC0415
    from wactorz_cli.render import device_text  # noqa: PLC0415

    with console.client() as client:
        devices = client.get("/api/home")["entities"]
    found = next((device for device in devices if device["entity_id"] == entity), None)
    if found is None:
        raise CommandFailed(f"There is no entity '{entity}': `wactorz home` lists them")
    if as_json:
        console.print_json(found)
    else:
        console.show(device_text(found))
    return 0


@home.command(name="set")
def home_set(
    entity: EntityId, state: Annotated[str, Parameter(allow_leading_hyphen=True, help="New state")], /, *,
    as_json: Json = False,
) -> int:  # fmt: skip
    """Move a sensor of the demo home."""
    from wactorz_cli.render import state_of  # noqa: PLC0415

    with console.client() as client:
        device = client.set_state(entity, state, {})
    if as_json:
        console.print_json(device)
    else:
        console.show(f"{device['name']} ({device['entity_id']}): {state_of(device)}")
    return 0


app.command(backup)
app.command(restore)
