"""Talking to Wactorz: one question, or a conversation at the prompt."""

import contextlib
import json
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from wactorz_cli.asking import ask_pin, ask_yes, at_terminal
from wactorz_cli.client import Event, GatewayClient
from wactorz_cli.errors import CommandFailed
from wactorz_cli.render import footnote, printable
from wactorz_common.decisions import read_decision

QUIT = frozenset({"/quit", "/exit", "quit", "exit"})
_CODES = {"done": 0, "waiting": 3, "stopped": 130}
_HELLO = "Say what you want. /help shows the commands, /quit ends."

Write = Callable[[str], object]


def ask(client: GatewayClient, text: str, to: str, session: str, *, as_json: bool) -> int:
    """Say one thing and show the answer; 0 when it was done, 3 if it waits for a yes, 130 if it was stopped, else 1."""
    heard = stoppable(client, client.say(text, to, session))
    if as_json:
        reply = last_of(heard)
        sys.stdout.write(json.dumps(reply, ensure_ascii=False) + "\n")
    else:
        reply = show(heard, _now, live=sys.stdout.isatty())
        if reply.get("approval_id") and at_terminal():
            return settle(client, reply["approval_id"], yes=ask_yes("Shall it be done?"))
    return _CODES.get(reply["status"], 1)


def settle(client: GatewayClient, approval_id: str, *, yes: bool, pin: str = "") -> int:
    """Answer an approval; a PIN that it needs is asked for. 0 when what was asked for is done."""
    if yes and not pin:
        waiting_ones = client.get("/api/approvals")
        asked = next((one for one in waiting_ones if one["id"] == approval_id), None)
        if asked is not None and asked.get("needs_pin"):
            _now(printable(f"This will happen: {asked['summary']}") + "\n")
            pin = ask_pin()
    body = {"decision": "approve" if yes else "deny", **({"pin": pin} if pin else {})}
    decided = client.send("POST", f"/api/approvals/{quote(approval_id, safe='')}", body)
    _now(printable(decided["text"]) + "\n")
    return _CODES.get(decided.get("status", "done"), 1)


def stoppable(client: GatewayClient, heard: Iterable[Event]) -> Iterator[Event]:
    """What is heard; Ctrl+C stops the answer at Wactorz too, and is passed on."""
    chat_id = ""
    try:
        for event in heard:
            chat_id = str(event.data["id"]) if event.kind == "accepted" else "" if event.kind == "reply" else chat_id
            yield event
    except (KeyboardInterrupt, GeneratorExit):
        if chat_id:
            with contextlib.suppress(CommandFailed):
                client.stop(chat_id)
        raise


def last_of(heard: Iterable[Event]) -> dict[str, Any]:
    """The reply at the end of what is heard."""
    for event in heard:
        if event.kind == "reply":
            return event.data
    raise CommandFailed("No answer came: look at `wactorz logs`")


def show(heard: Iterable[Event], write: Write, *, live: bool) -> dict[str, Any]:
    """Write the answer as it comes (`live`, on a screen) or whole; the footnote names who understood it."""
    pieces, reply = "", dict[str, Any]()
    with waiting() if live else contextlib.nullcontext(lambda: None) as stop_waiting:
        for event in heard:
            if event.kind == "piece" and live:
                stop_waiting()
                pieces += event.data["content"]
                write(printable(event.data["content"]))
            elif event.kind == "reply":
                reply = event.data
        stop_waiting()
    if not reply:
        raise CommandFailed("No answer came: look at `wactorz logs`")
    whole = printable(reply["reply"])
    if not pieces:
        write(whole)
    elif printable(pieces).strip() != whole.strip():
        write("\n" + whole)
    write(("" if whole.endswith("\n") else "\n") + printable(footnote(reply)) + "\n")
    return reply


@contextlib.contextmanager
def waiting() -> Iterator[Callable[[], None]]:
    """Show that something is going on, on the error stream of a terminal; gives the way to end it."""
    from rich.console import Console  # noqa: PLC0415  # slow to import, and only needed on a screen

    status = Console(stderr=True).status("thinking")
    status.start()
    try:
        yield status.stop
    finally:
        status.stop()


def converse(client: GatewayClient, history: Path, to: str) -> int:
    """Talk until the person leaves; every failure is said and the conversation goes on."""
    client.health()
    session = f"cli-{uuid.uuid4().hex[:12]}"
    open_one = ""
    for line in typed(history) if sys.stdin.isatty() else sys.stdin:
        text = line.strip()
        if text in QUIT:
            break
        if not text:
            continue
        try:
            open_one = _turn(client, text, to, session, open_one)
        except KeyboardInterrupt:
            sys.stderr.write("wactorz: stopped\n")
        except CommandFailed as error:
            sys.stderr.write(f"wactorz: {printable(str(error))}\n")
    return 0


def _turn(client: GatewayClient, text: str, to: str, session: str, open_one: str) -> str:
    """Say one line; the approval that the answer asks for. A yes to the one before may need a PIN, typed unseen."""
    said = read_decision(text)
    if open_one and said is not None and at_terminal():
        settle(client, open_one, yes=said)
        return ""
    reply = show(stoppable(client, client.say(text, to, session)), _now, live=sys.stdout.isatty())
    return str(reply.get("approval_id") or "")


def typed(history: Path) -> Iterator[str]:
    """Lines typed at the prompt, kept in a history that only their owner can read."""
    from prompt_toolkit import PromptSession  # noqa: PLC0415  # slow to import, and only needed here
    from prompt_toolkit.history import FileHistory  # noqa: PLC0415

    from wactorz_common.secrecy import find  # noqa: PLC0415

    class Careful(FileHistory):
        """Keeps no line with a secret in it."""

        def store_string(self, string: str) -> None:
            if not find(string):
                super().store_string(string)

    history.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    history.touch(mode=0o600)
    history.chmod(0o600)
    prompt: PromptSession[str] = PromptSession(history=Careful(str(history)))
    sys.stdout.write(_HELLO + "\n")
    while True:
        try:
            yield prompt.prompt("> ")
        except EOFError:
            return
        except KeyboardInterrupt:
            continue


def _now(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
