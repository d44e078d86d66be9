"""People: who has an account, and as what."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from wactorz_gateway.accounts.accounts import Accounts
from wactorz_gateway.accounts.people import Person
from wactorz_gateway.accounts.roles import Rank
from wactorz_gateway.answers import listed
from wactorz_gateway.api.session import CallerDep, Password, PersonName
from wactorz_gateway.parts import PartsDep
from wactorz_gateway.problems import Problem, Responses

router = APIRouter(tags=["people"])

_WRONG: Responses = {
    403: {"model": Problem, "description": "Only an owner may do that, or nobody to themselves"},
    409: {"model": Problem, "description": "The name is taken, or this is the last owner"},
    422: {"model": Problem, "description": "A wrong field, or a name or password that is not taken"},
}
_MISSING: Responses = {404: {"model": Problem, "description": "There is nobody of this name"}, **_WRONG}
_PATIENCE = 5.0
_ROLE = "viewer: reads; user: talks, moves devices, answers approvals, makes rules; admin: runs the system; owner"

Name = Annotated[str, Path(min_length=1, max_length=64, description="Name of the person", examples=["ben"])]


class PersonView(BaseModel):
    """Somebody with an account."""

    name: str = Field(description="Name", examples=["ben"])
    role: Rank = Field(description=_ROLE, examples=["user"])
    created_at: float = Field(description="Epoch seconds", examples=[1767225600.0])
    last_seen: float | None = Field(description="Epoch seconds; null: never came in")
    disabled: bool = Field(description="Whether they are kept out")


class Removed(BaseModel):
    """Somebody has no account any more."""

    name: str = Field(description="Name", examples=["ben"])
    forgotten: list[str] = Field(description="What was forgotten so far, in words")
    waits_for: list[str] = Field(description="Agents that will forget it once they are back; the name is free then")


class NewPerson(BaseModel):
    """An account to make."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "ben", "role": "user", "password": "three blue window frames"}]},
    )

    name: PersonName
    role: Rank = Field(description=_ROLE)
    password: Password


class PersonChange(BaseModel):
    """What is to become of somebody; what is not named stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"role": "admin"}, {"disabled": True}]})

    role: Rank | None = Field(default=None, description=_ROLE)
    disabled: bool | None = Field(default=None, description="Keep them out, or let them in again")
    password: str | None = Field(
        default=None, min_length=1, max_length=256, repr=False, description="A new password, when they forgot theirs"
    )


@router.get("/api/people", response_model=list[PersonView])
async def list_people(request: Request, parts: PartsDep) -> Response:
    """Everybody with an account, by name."""
    people = sorted(parts.accounts.known.people.values(), key=lambda one: one.key)
    return listed(request, [_view(parts.accounts, one) for one in people])


@router.post("/api/people", status_code=201, responses=_WRONG)
async def add_person(body: NewPerson, request: Request, parts: PartsDep, caller: CallerDep) -> PersonView:
    """Make an account."""
    request.state.deed = {"target": body.name, "detail": body.role}
    return _view(parts.accounts, await parts.accounts.add_person(caller, body.name, body.role, body.password))


@router.patch("/api/people/{name}", responses=_MISSING)
async def change_person(
    name: Name, body: PersonChange, request: Request, parts: PartsDep, caller: CallerDep
) -> PersonView:
    """Change somebody's role, password, or whether they may come in; they have to log in again."""
    request.state.deed = {"target": name, "detail": _in_words(body)}
    changed = await parts.accounts.change_person(
        caller, name, role=body.role, disabled=body.disabled, password=body.password
    )
    return _view(parts.accounts, changed)


@router.delete("/api/people/{name}", responses=_MISSING)
async def remove_person(name: Name, request: Request, parts: PartsDep, caller: CallerDep) -> Removed:
    """Delete an account with its sessions and tokens, and have all forgotten that the person has said."""
    gone = parts.accounts.person(name).name
    await parts.accounts.remove_person(caller, name)
    told = list[str]()
    await asyncio.wait({asyncio.ensure_future(parts.erasing.round(told))}, timeout=_PATIENCE)
    left = [place for one, place in parts.accounts.erasures if one == gone]
    request.state.deed = {"target": gone, "detail": f"still to forget: {', '.join(left)}" if left else "forgotten"}
    return Removed(name=gone, forgotten=told, waits_for=left)


def _view(accounts: Accounts, one: Person) -> PersonView:
    seen = accounts.known.last_seen(one)
    return PersonView(name=one.name, role=one.role, created_at=one.created_at, last_seen=seen, disabled=one.disabled)


def _in_words(body: PersonChange) -> str:
    """What was asked for, without the password."""
    said = [f"role {body.role}"] if body.role else []
    if body.disabled is not None:
        said.append("disabled" if body.disabled else "enabled")
    return ", ".join([*said, *(["new password"] if body.password is not None else [])])
