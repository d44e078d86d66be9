"""Commands about agents, nodes and approvals."""

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from wactorz_cli import console
from wactorz_cli.console import HELP_FORMAT, Json

if TYPE_CHECKING:
    from wactorz_cli.client import GatewayClient

_LOOK_SECONDS = 1.0

agents = App(
    name="agents", help="List agents; start, stop, restart, pause, resume or delete one.", help_formatter=HELP_FORMAT
)

Name = Annotated[str, Parameter(help="Agent name")]


@agents.default
def agents_list(
    word: Annotated[str, Parameter(help="Only agents whose name or description has it")] = "", /, *,
    as_json: Json = False,
) -> int:  # fmt: skip
    """List every agent; spawned ones are marked."""
    from wactorz_cli.fleet_render import fleet_table  # noqa: PLC0415

    with console.client() as client:
        rows = client.get("/api/agents")
    wanted = word.casefold()
    rows = [row for row in rows if wanted in f"{row['name']} {row['description']}".casefold()]
    if as_json:
        console.print_json(rows)
    else:
        console.show(fleet_table(rows) if rows else "There is no such agent." if word else "No agent was heard of yet.")
    return 0


@agents.command(name="start")
def agents_start(name: Name) -> int:
    """Start an agent that was stopped, or one that is in quarantine."""
    return _control(name, "start")


@agents.command(name="stop")
def agents_stop(name: Name) -> int:
    """Stop an agent; it keeps its state."""
    return _control(name, "stop")


@agents.command(name="restart")
def agents_restart(name: Name) -> int:
    """Restart an agent; it keeps its state."""
    return _control(name, "restart")


@agents.command(name="pause")
def agents_pause(name: Name) -> int:
    """Let an agent rest."""
    return _control(name, "pause")


@agents.command(name="resume")
def agents_resume(name: Name) -> int:
    """Let a paused agent work again."""
    return _control(name, "resume")


@agents.command(name="delete")
def agents_delete(name: Name) -> int:
    """Delete a spawned agent with all that it has kept."""
    return _control(name, "delete")


@agents.command(name="spec")
def agents_spec(name: Name) -> int:
    """Print the specification of a spawned agent as JSON."""
    with console.client() as client:
        console.print_json(client.get(f"/api/agents/{_quoted(name)}/spec")["spec"])
    return 0


@agents.command(name="migrate")
def agents_migrate(name: Name, node: Annotated[str, Parameter(help="Node name; local is the main machine")]) -> int:
    """Move a spawned agent to another node, with what it has kept."""
    with console.client() as client:
        console.show(client.send("POST", f"/api/agents/{_quoted(name)}/migrate", {"target_node": node})["text"])
    return 0


def spawn(
    file: Annotated[str, Parameter(help="Specification as JSON or YAML, or Python code (.py); - reads JSON")], /, *,
    name: Annotated[str, Parameter(help="Agent name; for code by default that of the file")] = "",
    description: Annotated[str, Parameter(help="One sentence")] = "",
    node: Annotated[str, Parameter(help="Node to run on")] = "",
    replace: Annotated[bool, Parameter(negative="", help="Replace a running agent of that name")] = False,
    as_json: Json = False,
) -> int:  # fmt: skip
    """Have an agent run; the exit code is 0 when it runs or is kept to be run."""
    from wactorz_cli.spec_files import read_spec  # noqa: PLC0415

    given: dict[str, Any] = {"name": name, "description": description, "node": node, "replace": replace}
    spec = {**read_spec(file), **{key: value for key, value in given.items() if value}}
    with console.client() as client:
        result = client.send("POST", "/api/agents", spec)
    if as_json:
        console.print_json(result)
    else:
        console.show(result["text"])
    return 0


def nodes(*, as_json: Json = False) -> int:
    """Show the machines that run agents."""
    from wactorz_cli.fleet_render import nodes_table  # noqa: PLC0415

    with console.client() as client:
        rows = client.get("/api/nodes")
    if as_json:
        console.print_json(rows)
    else:
        console.show(nodes_table(rows) if rows else "No node was heard of yet.")
    return 0


def approvals(
    *, every: Annotated[bool, Parameter(name="--all", negative="", help="Decided ones of the last day too")] = False,
    as_json: Json = False,
) -> int:  # fmt: skip
    """Show what waits for your yes."""
    from wactorz_cli.fleet_render import approvals_text  # noqa: PLC0415

    with console.client() as client:
        rows = client.get("/api/approvals", **({"all": True} if every else {}))
    if as_json:
        console.print_json(rows)
    else:
        console.show(approvals_text(rows))
    return 0


ApprovalId = Annotated[str, Parameter(help="Approval id, as `wactorz approvals` shows it")]
Pin = Annotated[str, Parameter(help="PIN, where the approval asks for one; better typed when it is asked for")]


def approve(approval_id: ApprovalId, /, *, pin: Pin = "") -> int:
    """Allow what an approval asks for."""
    return _decide(approval_id, "approve", pin)


def deny(approval_id: ApprovalId, /, *, pin: Pin = "") -> int:
    """Refuse what an approval asks for."""
    return _decide(approval_id, "deny", pin)


def agent_logs(client: "GatewayClient", name: str, limit: int, *, follow: bool) -> int:
    """Show what one agent said lately; new things as they come when they are to be followed."""
    import time  # noqa: PLC0415

    from wactorz_cli.fleet_render import log_line  # noqa: PLC0415

    path, since = f"/api/agents/{_quoted(name)}/logs", 0.0
    wanted: dict[str, Any] = {"limit": max(1, min(limit, 1_000))}
    while True:
        for entry in client.get(path, **wanted)["entries"]:
            since = max(since, entry["timestamp"])
            console.show(log_line(entry), flush=follow)
        if not follow:
            return 0
        wanted = {"limit": 1_000, "since": since}
        time.sleep(_LOOK_SECONDS)


def _control(name: str, what: str) -> int:
    with console.client() as client:
        path = f"/api/agents/{_quoted(name)}"
        done = client.send("DELETE", path) if what == "delete" else client.send("POST", f"{path}/{what}")
    console.show(done["text"])
    return 0


def _decide(approval_id: str, decision: str, pin: str) -> int:
    from wactorz_cli import conversation  # noqa: PLC0415

    with console.client() as client:
        return conversation.settle(client, approval_id, yes=decision == "approve", pin=pin)


def _quoted(name: str) -> str:
    from urllib.parse import quote  # noqa: PLC0415

    return quote(name.removeprefix("@"), safe="")
