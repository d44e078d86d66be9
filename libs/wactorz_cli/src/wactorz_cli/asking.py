"""Questions to the person at the terminal: a yes or no, and PINs that are not shown."""

import getpass
import sys

from wactorz_cli.errors import CommandFailed
from wactorz_common.decisions import read_decision


def at_terminal() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask_pin(prompt: str = "PIN: ") -> str:
    """A PIN typed without being shown; CommandFailed when nobody is there to type it."""
    if not at_terminal():
        raise CommandFailed("This needs a PIN, and nobody is here to type it: give it with --pin")
    return getpass.getpass(prompt).strip()


def ask_new_pin() -> str:
    """A new PIN, typed twice."""
    first = ask_pin("New PIN: ")
    if first != ask_pin("New PIN again: "):
        raise CommandFailed("The two PINs differ, so nothing was changed")
    return first


def ask_line(prompt: str) -> str:
    """A line that a person types; CommandFailed when nobody is there."""
    if not sys.stdin.isatty():
        raise CommandFailed("A name is needed, and nobody is here to type it: give it with --name")
    return input(prompt).strip()


def ask_password(prompt: str) -> str:
    """A password typed without being shown; without a terminal it is the first line that is handed in."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise CommandFailed("This needs a password, and nobody is here to type it: hand it in as a line")
    return given


def ask_new_password() -> str:
    """A new password, typed twice; handed in once."""
    first = ask_password("New password: ")
    if sys.stdin.isatty() and first != ask_password("New password again: "):
        raise CommandFailed("The two passwords differ, so nothing was changed")
    return first


def ask_yes(question: str) -> bool:
    """A yes or no; silence, Ctrl+D and anything else is a no."""
    try:
        return read_decision(input(f"{question} [yes/no] ")) is True
    except EOFError:
        return False
