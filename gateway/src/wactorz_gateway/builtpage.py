"""The dashboard as it was built: its files, in the encodings that lie beside them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import Path
from typing import Final

from starlette.responses import Response

from wactorz_gateway.contentpolicy import content_policy

INDEX = "index.html"

_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_FIRST: Final = "no-cache"
_HASHED: Final = "assets/"
"""What lies here has a name that changes with its content."""

_ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
"""Encodings, the best first, and how their files end."""

_TYPES: Final = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".json": "application/json",
    ".woff2": "font/woff2",
}
_TEXT: Final = ("text/", "image/svg")


@dataclass(frozen=True)
class PageFile:
    """A file of the page: where it lies by encoding, "" for the plain one."""

    name: str
    versions: Mapping[str, Path]

    def answer(self, accepted: str, known: str) -> Response | None:
        """The file in the best encoding that is accepted, or 304 where the browser has it; both are header values.

        None when the file has gone since.
        """
        encoding = next((name for name, _ in _ENCODINGS if name in self.versions and _accepts(accepted, name)), "")
        try:
            body = self.versions[encoding].read_bytes()
            policy = content_policy(self.versions[""].read_bytes()) if self.name == INDEX else None
        except OSError:
            return None
        tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
        headers = {"etag": tag, "cache-control": _FOR_EVER if self.name.startswith(_HASHED) else _ASK_FIRST}
        if policy:
            headers["content-security-policy"] = policy
        if len(self.versions) > 1:
            headers["vary"] = "accept-encoding"
        if tag in (given.strip().removeprefix("W/") for given in known.split(",")):
            return Response(status_code=304, headers=headers)
        headers["content-type"] = _type_of(self.name)
        if encoding:
            headers["content-encoding"] = encoding
        return Response(body, headers=headers)


class BuiltPage:
    """The files below a folder, listed when one is first asked for and again when the page was built anew.

    Only what lay there then is found, by its exact name, so that no name leads out of the folder.
    """

    def __init__(self, folder: str) -> None:
        self._index = Path(folder) / INDEX if folder else None
        self._made = 0
        self._files: dict[str, PageFile] = {}

    def find(self, name: str) -> PageFile | None:
        """A file of the page; None when there is no such file, or no page."""
        made = self._stamp()
        if made != self._made:
            self._files = _list(self._index.parent) if made and self._index else {}
            self._made = made
        return self._files.get(name)

    def _stamp(self) -> int:
        try:
            return self._index.stat().st_mtime_ns if self._index else 0
        except OSError:
            return 0


def _list(folder: Path) -> dict[str, PageFile]:
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if _is_part(path, folder)}
    files = {}
    for name, path in paths.items():
        if not name.endswith(tuple(end for _, end in _ENCODINGS)):
            packed = {encoding: paths[name + end] for encoding, end in _ENCODINGS if name + end in paths}
            files[name] = PageFile(name, {"": path, **packed})
    return files


def _is_part(path: Path, folder: Path) -> bool:
    inside = not any(part.startswith(".") for part in path.relative_to(folder).parts)
    return inside and path.is_file() and not path.is_symlink()


def _accepts(header: str, encoding: str) -> bool:
    for offer in header.lower().split(","):
        name, _, weight = offer.partition(";")
        if name.strip() == encoding:
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _type_of(name: str) -> str:
    kind = _TYPES.get(Path(name).suffix) or guess_type(name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith(_TEXT) else kind
