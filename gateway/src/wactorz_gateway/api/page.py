"""The page: the dashboard where it was built, else a plain one; and the list of all routes for people."""

from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from wactorz_gateway.builtpage import INDEX, BuiltPage

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


def _built(request: Request, name: str) -> Response | None:
    page: BuiltPage = request.app.state.page
    file = page.find(name)
    if file is None:
        return None
    return file.answer(request.headers.get("accept-encoding", ""), request.headers.get("if-none-match", ""))


def _must(response: Response | None) -> Response:
    if response is None:
        raise HTTPException(404, "The page has no such part: load it again")
    return response


@router.api_route("/", methods=["GET", "HEAD"])
async def index(request: Request) -> Response:
    """The dashboard; where it was not built, the plain page."""
    return _built(request, INDEX) or _serve(INDEX)


@router.get("/plain")
async def plain() -> Response:
    """The plain page with agents, devices, rules and the chat box: no build, little code."""
    return _serve(INDEX)


@router.get("/api/docs")
async def docs() -> Response:
    """All routes, made from the OpenAPI document."""
    return _serve("docs.html")


@router.get("/page/{name}")
async def asset(name: str) -> Response:
    """A part of the plain page."""
    if name not in _ASSETS:
        raise HTTPException(404)
    return _serve(name)


@router.get("/assets/{path:path}")
async def built_asset(request: Request, path: str) -> Response:
    """A part of the dashboard whose name changes with its content."""
    return _must(_built(request, f"assets/{path}"))


@router.get("/icons/{name}")
async def built_icon(request: Request, name: str) -> Response:
    """An icon of the dashboard as an app."""
    return _must(_built(request, f"icons/{name}"))


@router.get("/icon.svg")
@router.get("/favicon.ico")
async def favicon(request: Request) -> Response:
    """The icon, also for browsers that ask for it by its old name."""
    return _built(request, "icon.svg") or _serve("icon.svg")


@router.get("/manifest.webmanifest")
@router.get("/sw.js")
async def built_root(request: Request) -> Response:
    """What makes the dashboard an app: its description, and what shows it while the gateway is away."""
    return _must(_built(request, request.url.path.removeprefix("/")))
