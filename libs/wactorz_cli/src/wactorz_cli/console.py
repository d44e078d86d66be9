"""What every command needs: the gateway's client, and ways to show an answer; slow imports happen when used."""

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

if TYPE_CHECKING:
    from wactorz_cli.client import GatewayClient
    from wactorz_cli.settings import CommandSettings

HELP_FORMAT: Any = None if sys.stdout.isatty() else "plain"

Json = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON")]


def settings() -> "CommandSettings":
    """Settings of the command."""
    from wactorz_cli.settings import CommandSettings  # noqa: PLC0415
    from wactorz_common.settings import load  # noqa: PLC0415

    return load(CommandSettings)


def client() -> "GatewayClient":
    """A client for the gateway that the settings name."""
    from wactorz_cli.client import GatewayClient  # noqa: PLC0415
    from wactorz_cli.credentials import token_for  # noqa: PLC0415

    found = settings()
    return GatewayClient(found.address, lambda: token_for(found))


def stranger() -> "GatewayClient":
    """A client that comes as nobody."""
    from wactorz_cli.client import GatewayClient  # noqa: PLC0415

    return GatewayClient(settings().address)


def show(text: str, *, flush: bool = False) -> None:
    """Print text that may come from elsewhere."""
    from wactorz_cli.render import printable  # noqa: PLC0415

    print(printable(text), flush=flush)


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    print(json.dumps(value, indent=2, ensure_ascii=False))
