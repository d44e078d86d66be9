"""The way in: who one is, the first owner, login, logout, one's password and sessions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from wactorz_gateway.accounts.accounts import Accounts, Visitor
from wactorz_gateway.accounts.callers import Caller
from wactorz_gateway.accounts.cookies import NAME, clear_cookie, session_secret, set_cookie
from wactorz_gateway.accounts.keys import denied
from wactorz_gateway.accounts.people import key_of
from wactorz_gateway.accounts.roles import OWNER, Role
from wactorz_gateway.accounts.sessions import Session, csrf_of
from wactorz_gateway.answers import listed
from wactorz_gateway.calls import is_loopback
from wactorz_gateway.parts import PartsDep
from wactorz_gateway.problems import Problem, Responses
from wactorz_gateway.views import VERSION

router = APIRouter(tags=["session"])

_TRIES: Responses = {
    422: {"model": Problem, "description": "A wrong field, or a name or password that is not taken"},
    429: {"model": Problem, "description": "Too many wrong tries; Retry-After says how long to wait"},
}
_SET_UP: Responses = {
    403: {"model": Problem, "description": "This is not the code"},
    409: {"model": Problem, "description": "There is an owner already"},
    **_TRIES,
}
_LOGIN: Responses = {401: {"model": Problem, "description": "The name or the password is wrong"}, **_TRIES}
_CHANGE: Responses = {403: {"model": Problem, "description": "The old password is wrong"}, **_TRIES}
_NO_SESSION: Responses = {404: {"model": Problem, "description": "There is no such session"}}

PersonName = Annotated[str, Field(min_length=1, max_length=64, description="Name of the person", examples=["ann"])]
Password = Annotated[
    str,
    Field(
        min_length=1, max_length=256, repr=False, description="8 to 256 characters", examples=["kitchen lamp 7 blue"]
    ),
]


class SessionView(BaseModel):
    """Who calls, and what the page needs to know before it shows anything."""

    person: str = Field(description="Name; empty when nobody is logged in", examples=["ann"])
    role: Role = Field(description="viewer, user, admin or owner; empty when nobody is logged in", examples=["owner"])
    csrf: str = Field(description="For the header X-CSRF-Token of every write by cookie; empty without a session")
    has_owner: bool = Field(description="Whether there is an owner")
    setup_needed: bool = Field(description="Whether the first owner is yet to be made")
    login_needed: bool = Field(description="Whether one must log in to see more")
    version: str = Field(default=VERSION, description="Version of Wactorz")
    expires_at: float | None = Field(description="Epoch seconds when the session ends if it is not used; null: never")


class SetUp(BaseModel):
    """The first owner."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(
        max_length=64, repr=False, description="Code that the server printed", examples=["7K2M-QX4D-9TFA"]
    )
    name: PersonName
    password: Password


class Login(BaseModel):
    """Who one is."""

    model_config = ConfigDict(extra="forbid")

    name: PersonName
    password: Password


class NewPassword(BaseModel):
    """Another password for oneself."""

    model_config = ConfigDict(extra="forbid")

    old: Password
    new: Password


class OneSession(BaseModel):
    """Where somebody is logged in."""

    id: str = Field(description="Names the session", examples=["5f0c9a3e1b7d2468"])
    person: str = Field(description="Whose it is", examples=["ann"])
    created_at: float = Field(description="Epoch seconds of the login")
    last_seen: float = Field(description="Epoch seconds of the last request, to within a minute")
    address: str = Field(description="Address that logged in", examples=["192.168.1.20"])
    agent: str = Field(description="What the browser called itself", examples=["Mozilla/5.0"])
    current: bool = Field(description="Whether it is the one that asks")


def caller_of(request: Request) -> Caller:
    """Who makes a request."""
    caller: Caller = request.state.caller
    return caller


def visitor_of(request: Request) -> Visitor:
    """Where a request comes from."""
    address = str(request.state.address)
    return Visitor(address, request.headers.get("user-agent", ""), is_loopback(address))


CallerDep = Annotated[Caller, Depends(caller_of)]
VisitorDep = Annotated[Visitor, Depends(visitor_of)]


@router.get("/api/session")
async def get_session(request: Request, response: Response, parts: PartsDep, caller: CallerDep) -> SessionView:
    """Who calls; answers everybody."""
    accounts, secret = parts.accounts, _secret_of(request)
    if caller.way == "session":
        return _view(accounts, caller, secret, accounts.known.session_with(secret))
    if NAME in request.cookies:
        response.headers["set-cookie"] = clear_cookie(secure=_is_secure(request))
    return _view(accounts, caller, "", None)


@router.post("/api/setup", status_code=201, responses=_SET_UP)
async def set_up(
    body: SetUp, request: Request, response: Response, parts: PartsDep, visitor: VisitorDep
) -> SessionView:
    """Make the first owner with the code that the server printed, and log in."""
    request.state.deed = {"reason": "set-up code"}
    secret, session = await parts.accounts.set_up(body.code, body.name, body.password, visitor)
    request.state.deed = {"target": body.name, "caller": Caller(body.name, OWNER, "session")}
    return _logged_in(request, response, parts.accounts, secret, session)


@router.post("/api/login", responses=_LOGIN)
async def log_in(
    body: Login, request: Request, response: Response, parts: PartsDep, visitor: VisitorDep
) -> SessionView:
    """Log in with a password; the session is a cookie."""
    known = parts.accounts.known.people.get(key_of(body.name))
    # A name that nobody has may be a password in the wrong field: it is not written down.
    request.state.deed = {"reason": "password", "target": known.name if known else "", "detail": "login"}
    secret, session = await parts.accounts.log_in(body.name, body.password, visitor, old=_secret_of(request))
    view = _logged_in(request, response, parts.accounts, secret, session)
    request.state.deed = {"target": view.person, "caller": Caller(view.person, view.role, "session")}
    return view


@router.post("/api/logout")
async def log_out(request: Request, response: Response, parts: PartsDep) -> SessionView:
    """End this session."""
    await parts.accounts.log_out(_secret_of(request))
    response.headers["set-cookie"] = clear_cookie(secure=_is_secure(request))
    return _view(parts.accounts, Caller(), "", None)


@router.post("/api/password", responses=_CHANGE)
async def change_password(
    body: NewPassword, request: Request, response: Response, parts: PartsDep, caller: CallerDep, visitor: VisitorDep
) -> SessionView:
    """Change one's own password; every other session ends, and this one gets a new cookie."""
    if caller.way != "session":
        raise denied(409, "Log in with your name and password first: a token cannot change the password")
    request.state.deed = {"reason": "password", "target": caller.person}
    secret, session = await parts.accounts.change_password(caller, body.old, body.new, visitor)
    return _logged_in(request, response, parts.accounts, secret, session)


@router.get("/api/admission", status_code=204)
async def get_admission() -> None:
    """Whether one is at least an admin: for a proxy that guards what stands beside the gateway."""


@router.get("/api/sessions", response_model=list[OneSession])
async def list_sessions(request: Request, parts: PartsDep, caller: CallerDep) -> Response:
    """Where one is logged in, and for admins where everybody is; newest first."""
    known, current = parts.accounts.known, parts.accounts.known.session_with(_secret_of(request))
    seen = [one for one in known.sessions.values() if parts.accounts.keys.may_see(caller, one.person)]
    rows = [
        OneSession(
            id=one.id, person=known.people[one.person].name, created_at=one.created_at, last_seen=one.last_seen,
            address=one.address, agent=one.agent, current=one is current and caller.way == "session",
        )
        for one in sorted(seen, key=lambda one: -one.created_at)
    ]  # fmt: skip
    return listed(request, rows)


@router.delete("/api/sessions/{id}", status_code=204, responses=_NO_SESSION)
async def end_session(
    session_id: Annotated[str, Path(alias="id", max_length=64, description="Session id")], parts: PartsDep,
    caller: CallerDep,
) -> None:  # fmt: skip
    """End a session: whoever has its cookie is logged out."""
    await parts.accounts.keys.remove_session(caller, session_id)


def _view(accounts: Accounts, caller: Caller, secret: str, session: Session | None) -> SessionView:
    has_owner = accounts.known.has_owner
    return SessionView(
        person=caller.person, role=caller.role, csrf=csrf_of(secret) if session else "", has_owner=has_owner,
        setup_needed=not has_owner, login_needed=caller.role == "",
        expires_at=session.expires_at if session else None,
    )  # fmt: skip


def _logged_in(request: Request, response: Response, accounts: Accounts, secret: str, session: Session) -> SessionView:
    person = accounts.known.people[session.person]
    response.headers["set-cookie"] = set_cookie(secret, secure=_is_secure(request))
    return _view(accounts, Caller(person.name, person.role, "session"), secret, session)


def _secret_of(request: Request) -> str:
    return session_secret(request.headers.get("cookie", ""))


def _is_secure(request: Request) -> bool:
    """Whether the browser came by https; its origin says so also behind a proxy that ends it."""
    return request.url.scheme == "https" or request.headers.get("origin", "").startswith("https://")
