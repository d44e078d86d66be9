"""The built-in page, and the list of all routes for people."""

from functools import cache
from importlib.resources import files

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

router = APIRouter(include_in_schema=False)

_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_ASSETS = frozenset({"app.css", "app.js", "approvals.js", "view.js", "docs.js", "icon.svg"})


@cache
def _asset(name: str) -> bytes:
    return files("wactorz_gateway").joinpath("page", name).read_bytes()


def _serve(name: str) -> Response:
    kind = _TYPES[name.rpartition(".")[2]]
    charset = "" if kind.startswith("image") else "; charset=utf-8"
    return Response(_asset(name), headers={"content-type": kind + charset, "cache-control": "no-cache"})


@router.get("/")
async def index() -> Response:
    """The page with agents, devices, rules and the chat box."""
    return _serve("index.html")


@router.get("/api/docs")
async def docs() -> Response:
    """All routes, made from the OpenAPI document."""
    return _serve("docs.html")


@router.get("/page/{name}")
async def asset(name: str) -> Response:
    """A part of the page."""
    if name not in _ASSETS:
        raise HTTPException(404)
    return _serve(name)


@router.get("/favicon.ico")
async def favicon() -> Response:
    """The icon, for browsers that ask for it by its old name."""
    return _serve("icon.svg")
