"""API tokens: for programs that speak for a person."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from wactorz_gateway.accounts.accounts import Accounts
from wactorz_gateway.accounts.tokens import LONGEST_SECONDS, Scope, Token
from wactorz_gateway.answers import listed
from wactorz_gateway.api.session import CallerDep
from wactorz_gateway.parts import PartsDep
from wactorz_gateway.problems import Problem, Responses

router = APIRouter(tags=["people"])

_SCOPES = (
    "read: look; talk: chat; control: all that a user may; admin: all that an admin may. Never more than the person"
)
_WRONG: Responses = {
    403: {"model": Problem, "description": "It would do more than the person may"},
    409: {"model": Problem, "description": "Nobody with an account asks, or there are too many tokens"},
    422: {"model": Problem, "description": "A wrong field"},
}
_MISSING: Responses = {404: {"model": Problem, "description": "There is no such token"}}


class TokenView(BaseModel):
    """A token, without what makes it one."""

    id: str = Field(description="Names the token", examples=["9a1f0c22be74"])
    label: str = Field(description="What it is for", examples=["dashboard in the hall"])
    person: str = Field(description="For whom it speaks", examples=["ann"])
    scopes: list[Scope] = Field(description=_SCOPES, examples=[["read"]])
    prefix: str = Field(description="Its first characters, to recognize it by", examples=["wz_Ab3dE"])
    created_at: float = Field(description="Epoch seconds", examples=[1767225600.0])
    expires_at: float | None = Field(description="Epoch seconds when it ends; null: never")
    last_used: float | None = Field(description="Epoch seconds; null: not yet")


class MadeToken(TokenView):
    """A token that was just made."""

    token: str = Field(description="What programs send as bearer or X-API-Key; it is shown only now")


class NewToken(BaseModel):
    """A token to make."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"label": "hall dashboard", "scopes": ["read"], "expires_in_s": 2592000}]},
    )

    label: str = Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$", description="What it is for")
    scopes: list[Scope] = Field(min_length=1, max_length=4, description=_SCOPES)
    expires_in_s: int = Field(
        default=90 * 24 * 3600, ge=1, le=LONGEST_SECONDS, description="Seconds until it ends; 90 days unless told"
    )


@router.get("/api/tokens", response_model=list[TokenView])
async def list_tokens(request: Request, parts: PartsDep, caller: CallerDep) -> Response:
    """One's own tokens, and for admins everybody's; newest first."""
    seen = [one for one in parts.accounts.known.tokens.values() if parts.accounts.keys.may_see(caller, one.person)]
    newest = sorted(seen, key=lambda one: -one.created_at)
    return listed(request, [TokenView(**_fields(parts.accounts, one)) for one in newest])


@router.post("/api/tokens", status_code=201, responses=_WRONG)
async def add_token(body: NewToken, request: Request, parts: PartsDep, caller: CallerDep) -> MadeToken:
    """Make a token for oneself; it is told once."""
    request.state.deed = {"target": body.label, "detail": " ".join(body.scopes)}
    secret, token = await parts.accounts.keys.add_token(caller, body.label, body.scopes, body.expires_in_s)
    return MadeToken(**_fields(parts.accounts, token), token=secret)


@router.delete("/api/tokens/{id}", status_code=204, responses=_MISSING)
async def remove_token(
    token_id: Annotated[str, Path(alias="id", max_length=64, description="Token id")], request: Request,
    parts: PartsDep, caller: CallerDep,
) -> None:  # fmt: skip
    """End a token."""
    token = await parts.accounts.keys.remove_token(caller, token_id)
    request.state.deed = {"target": f"{token_id} {token.label}"}


def _fields(accounts: Accounts, token: Token) -> dict[str, object]:
    return {
        "id": token.id, "label": token.label, "person": accounts.known.people[token.person].name,
        "scopes": list(token.scopes), "prefix": token.prefix, "created_at": token.created_at,
        "expires_at": token.expires_at, "last_used": token.last_used,
    }  # fmt: skip
