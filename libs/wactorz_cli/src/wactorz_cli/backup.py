"""`wactorz backup` and `wactorz restore`: the whole state in one file, while everything runs."""

import json
import os
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from wactorz_cli.errors import CommandFailed

if TYPE_CHECKING:
    import httpx

File = Annotated[Path, Parameter(help="For example wactorz.tar")]

_CONNECT_SECONDS = 5.0
_SECONDS = 300.0
_CHUNK = 256 * 1024
_MANIFEST = "manifest.json"
_LEFT_OUT = "Not in it, so that a lost file gives nothing away: keys, and stored secrets such as webhook addresses"
_GATEWAY = "gateway"
_ENDS_SECONDS, _AGAIN_SECONDS, _BACK_SECONDS = 1.5, 0.1, 20.0


def backup(file: File, /) -> int:
    """Write the state of all agents into a file; the exit code is 0 when none is missing."""
    draft = file.with_name(f"{file.name}.part")
    try:
        try:
            _download(draft)
            manifest = _manifest(draft)
        except OSError as error:
            raise CommandFailed(f"{file} cannot be written: {error.strerror}") from error
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    print(f"{file}: {len(manifest['agents'])} agents, {file.stat().st_size / 1024:.0f} KiB")
    print(_LEFT_OUT)
    for one in manifest["missing"]:
        sys.stderr.write(f"wactorz: the state of {one['name']} is missing: {one['why']}\n")
    return 1 if manifest["missing"] else 0


def restore(file: File, /) -> int:
    """Put the state of all agents back; each begins again with it. The exit code is 0 when none was left out."""
    if not file.is_file():
        raise CommandFailed(f"There is no file {file}")
    with _http() as http:
        headers = {"content-type": "application/x-tar", "content-length": str(file.stat().st_size)}
        response = http.post("/api/restore", content=_pieces(file), headers=headers)
        said = _answer(response)
    if _GATEWAY in said["restored"]:
        _wait_for_gateway()
    print(said["text"])
    return 1 if said["unknown"] or said["failed"] else 0


def _wait_for_gateway() -> None:
    """The gateway itself begins again last, after its answer."""
    import httpx  # noqa: PLC0415  # slow to import

    until = time.monotonic() + _BACK_SECONDS
    time.sleep(_ENDS_SECONDS)
    with _http() as http:
        while time.monotonic() < until:
            try:
                if http.get("/api/health").is_success:
                    return
            except httpx.TransportError:
                pass  # it is on its way
            time.sleep(_AGAIN_SECONDS)
    raise CommandFailed("The state was put back, but the gateway is not here again yet: look at `wactorz status`")


def _download(draft: Path) -> None:
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as target, _http() as http, http.stream("GET", "/api/backup") as response:
        if response.is_error:
            response.read()
            _answer(response)
        for piece in response.iter_raw(_CHUNK):
            target.write(piece)
        target.flush()
        os.fsync(target.fileno())


def _manifest(draft: Path) -> dict[str, Any]:
    try:
        with tarfile.open(draft, "r:") as tar:
            source = tar.extractfile(_MANIFEST)
            manifest: dict[str, Any] = json.loads(source.read()) if source else {}
    except (tarfile.TarError, EOFError, KeyError, ValueError) as error:
        raise CommandFailed("The backup broke off before its end: try again") from error
    return manifest


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while piece := source.read(_CHUNK):
            yield piece


@contextmanager
def _http() -> "Iterator[httpx.Client]":
    """A connection to the gateway; every failure becomes one sentence."""
    import httpx  # noqa: PLC0415  # slow to import

    from wactorz_cli.client import BearerAuth  # noqa: PLC0415
    from wactorz_cli.credentials import token_for  # noqa: PLC0415
    from wactorz_cli.settings import CommandSettings  # noqa: PLC0415
    from wactorz_common.settings import load  # noqa: PLC0415

    settings = load(CommandSettings)
    auth = BearerAuth(lambda: token_for(settings))
    limits = httpx.Timeout(_SECONDS, connect=_CONNECT_SECONDS)
    try:
        with httpx.Client(base_url=settings.address, auth=auth, timeout=limits, trust_env=False) as http:
            yield http
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise CommandFailed(f"WACTORZ_URL={settings.address} is not an address: {error}") from error
    except httpx.ConnectError:
        raise CommandFailed(f"Wactorz does not answer at {settings.address}: start it with `wactorz up`") from None
    except httpx.TransportError as error:
        raise CommandFailed(f"The connection to Wactorz at {settings.address} broke ({error}): try again") from error


def _answer(response: "httpx.Response") -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError as error:
        raise CommandFailed(f"{response.url.host} answers, but it is not Wactorz: check WACTORZ_URL") from error
    if response.is_success and isinstance(body, dict):
        return body
    detail = body.get("detail") if isinstance(body, dict) else None
    raise CommandFailed(str(detail or f"The gateway answered with status {response.status_code}"))
