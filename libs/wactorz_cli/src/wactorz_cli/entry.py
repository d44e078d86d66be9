"""`wactorz login` and `wactorz logout`: a token for this user on this machine, in place of a password each time."""

import platform
from typing import Annotated, Any

from cyclopts import Parameter

from wactorz_cli import console

_SECONDS = 180 * 24 * 3600
_SCOPES = {"viewer": "read", "user": "control"}

Name = Annotated[str, Parameter(name=["--name", "-n"], help="Your name; it is asked for when it is not given")]


def login(*, name: Name = "") -> int:
    """Log in with your password; a token is kept for this address, for 180 days."""
    from wactorz_cli.asking import ask_line, ask_password  # noqa: PLC0415
    from wactorz_cli.credentials import Login, keep_login  # noqa: PLC0415

    settings = console.settings()
    name = name or ask_line("Name: ")
    password = ask_password("Password: ")
    with console.stranger() as client:
        session = client.send("POST", "/api/login", {"name": name, "password": password})
        headers = {"x-csrf-token": session["csrf"]}
        made = client.send("POST", "/api/tokens", _wish(session), headers=headers)
        client.send("POST", "/api/logout", headers=headers)
    _end_old(settings)
    keep_login(settings, Login(settings.address, session["person"], made["id"], made["token"]))
    console.show(f"Logged in at {settings.address} as {session['person']} ({session['role']})")
    return 0


def logout() -> int:
    """Delete the token that `wactorz login` kept for this address."""
    settings = console.settings()
    if not _end_old(settings):
        console.show(f"Nobody is logged in at {settings.address}")
        return 0
    console.show(f"Logged out at {settings.address}")
    return 0


def _wish(session: dict[str, Any]) -> dict[str, Any]:
    scope = _SCOPES.get(session["role"], "admin")
    return {"label": f"wactorz on {platform.node()}"[:64], "scopes": [scope], "expires_in_s": _SECONDS}


def _end_old(settings: Any) -> bool:
    """Delete the token that was kept before, here and there; one that counts no more is only forgotten."""
    from wactorz_cli.client import GatewayClient  # noqa: PLC0415
    from wactorz_cli.credentials import forget_login, kept_login  # noqa: PLC0415
    from wactorz_cli.errors import CommandFailed, NotLetIn  # noqa: PLC0415

    kept = kept_login(settings)
    if kept is None:
        return False
    try:
        with GatewayClient(settings.address, kept.token) as client:
            client.send("DELETE", f"/api/tokens/{kept.token_id}")
    except NotLetIn:
        pass  # it has ended already
    except CommandFailed as error:
        console.show(f"The token could not be deleted at the gateway: {error}")
    forget_login(settings)
    return True
