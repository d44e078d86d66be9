"""Commands about what Wactorz remembers, plans and spends, and where it tells people things."""

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from cyclopts import App, Parameter

from wactorz_cli import console
from wactorz_cli.console import HELP_FORMAT, Json

if TYPE_CHECKING:
    from wactorz_cli.client import GatewayClient

memory = App(name="memory", help="Show or forget what Wactorz remembers of you.", help_formatter=HELP_FORMAT)
webhook = App(name="webhook", help="Show, store, try or forget places for notices.", help_formatter=HELP_FORMAT)
plans = App(name="plans", help="Show plans and decide about them.", help_formatter=HELP_FORMAT)

Session = Annotated[str, Parameter(help="Conversation whose summaries are meant too")]
PlanId = Annotated[str, Parameter(help="Plan id")]
Place = Annotated[str, Parameter(help="Name of the place")]


@memory.default
def memory_show(*, session: Session = "", as_json: Json = False) -> int:
    """Show facts, summaries, and secrets by reference."""
    from wactorz_cli.minds_render import memory_text  # noqa: PLC0415

    return _shown("/api/memory", memory_text, as_json=as_json, **({"session": session} if session else {}))


@memory.command(name="forget")
def memory_forget(
    key: Annotated[str, Parameter(help="Key of a fact, or secret:...")], /, *, as_json: Json = False
) -> int:  # fmt: skip
    """Forget one fact or secret."""
    return _done("DELETE", f"/api/memory/{quote(key, safe=':')}", f"{key} is forgotten.", as_json=as_json)


@memory.command(name="clear")
def memory_clear(*, session: Session = "", as_json: Json = False) -> int:
    """Forget everything of you, and the summaries of a conversation."""
    query = f"?session={quote(session, safe='')}" if session else ""
    return _done("DELETE", f"/api/memory{query}", "Everything is forgotten.", as_json=as_json)


@webhook.default
def webhook_list(*, as_json: Json = False) -> int:
    """Show places for notices."""
    from wactorz_cli.minds_render import places_text  # noqa: PLC0415

    return _shown("/api/webhooks", places_text, as_json=as_json)


@webhook.command(name="set")
def webhook_set(
    service: Annotated[str, Parameter(help="discord, slack, telegram, ...; left out, the address says it")] = "",
    url: Annotated[str, Parameter(help="Its address; left out, it is asked for without being shown")] = "", /, *,
    name: Annotated[str, Parameter(help="A name of its own")] = "", as_json: Json = False,
) -> int:  # fmt: skip
    """Store a place; another one of that name is replaced."""
    from wactorz_cli.asking import ask_pin  # noqa: PLC0415

    if "://" in service and not url:
        service, url = "", service
    body = {"url": url or ask_pin("Address: "), "service": service, "name": name}
    with console.client() as client:
        kept = client.send("POST", "/api/webhooks", body)
    return _said(kept, f"Notices can go to {kept.get('name')} now.", as_json=as_json)


@webhook.command(name="remove")
def webhook_remove(name: Place, /, *, as_json: Json = False) -> int:
    """Forget a place."""
    return _done("DELETE", f"/api/webhooks/{quote(name, safe='')}", f"{name} is forgotten.", as_json=as_json)


@webhook.command(name="test")
def webhook_test(name: Place, /, *, as_json: Json = False) -> int:
    """Send a test to a place; the exit code is 0 when it arrived."""
    with console.client() as client:
        came = client.send("POST", f"/api/webhooks/{quote(name, safe='')}/test")
    _said(came, came["text"], as_json=as_json)
    return 1 if came["status"] == "failed" else 0


@plans.default
def plans_list(*, as_json: Json = False) -> int:
    """Show plans of late."""
    from wactorz_cli.minds_render import plans_text  # noqa: PLC0415

    return _shown("/api/plans", plans_text, as_json=as_json)


@plans.command(name="show")
def plans_show(plan: PlanId, /, *, as_json: Json = False) -> int:
    """Show one plan with its steps."""
    from wactorz_cli.minds_render import plan_text  # noqa: PLC0415

    return _shown(_plan(plan), lambda found: plan_text(found["plan"]), as_json=as_json)


@plans.command(name="approve")
def plans_approve(plan: PlanId, /, *, as_json: Json = False) -> int:
    """Carry out a proposed plan."""
    return _decide(plan, "approve", as_json=as_json)


@plans.command(name="reject")
def plans_reject(plan: PlanId, /, *, as_json: Json = False) -> int:
    """Drop a proposed plan."""
    return _decide(plan, "reject", as_json=as_json)


@plans.command(name="cancel")
def plans_cancel(plan: PlanId, /, *, as_json: Json = False) -> int:
    """Stop a plan that runs."""
    return _decide(plan, "cancel", as_json=as_json)


@plans.command(name="clear")
def plans_clear(*, as_json: Json = False) -> int:
    """Forget kept plans."""
    return _done("DELETE", "/api/plans", "Kept plans are forgotten.", as_json=as_json)


def topics(
    word: Annotated[str, Parameter(help="Only topics that have to do with it")] = "", /, *, as_json: Json = False
) -> int:
    """Show topics with their fields."""
    from wactorz_cli.minds_render import topics_text  # noqa: PLC0415

    return _shown("/api/topics", topics_text, as_json=as_json, **({"keyword": word} if word else {}))


def cost(
    *what: Annotated[str, Parameter(help="today, month, agent NAME, rule ID, session, day, model, limit USD")],
    as_json: Json = False,
) -> int:
    """Show what models cost, or set a limit."""
    return _command(("/cost", *what), as_json=as_json)


def commands(*, as_json: Json = False) -> int:
    """Show what may be typed into a conversation."""
    from wactorz_cli.minds_render import commands_text  # noqa: PLC0415

    return _shown("/api/commands", commands_text, as_json=as_json)


def _command(words: tuple[str, ...], *, as_json: bool) -> int:
    """Say a command of the conversation."""
    from wactorz_cli import conversation  # noqa: PLC0415

    with console.client() as client:
        return conversation.ask(client, " ".join(words), "", "", as_json=as_json)


def _shown(path: str, render: Any, *, as_json: bool, **params: Any) -> int:
    with console.client() as client:
        found = client.get(path, **params)
    if as_json:
        console.print_json(found)
    else:
        console.show(render(found))
    return 0


def _done(method: str, path: str, text: str, *, as_json: bool) -> int:
    with console.client() as client:
        return _said(_sent(client, method, path), text, as_json=as_json)


def _sent(client: "GatewayClient", method: str, path: str) -> Any:
    return client.send(method, path)


def _decide(plan: str, decision: str, *, as_json: bool) -> int:
    with console.client() as client:
        came = client.send("POST", f"{_plan(plan)}/{decision}")
    return _said(came, came["text"], as_json=as_json)


def _said(value: Any, text: str, *, as_json: bool) -> int:
    if as_json:
        console.print_json(value)
    else:
        console.show(text)
    return 0


def _plan(plan: str) -> str:
    return f"/api/plans/{quote(plan, safe='')}"
