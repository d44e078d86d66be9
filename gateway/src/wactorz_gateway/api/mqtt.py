"""MQTT for browsers: tickets, and the WebSocket that they are good for."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request, WebSocket
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from wactorz_common.errors import ContractError
from wactorz_gateway.accounts.roles import ADMIN
from wactorz_gateway.live.visible import MAX_FILTERS, VISIBLE, checked
from wactorz_gateway.parts import PartsDep, PersonDep, RoleDep, parts_of
from wactorz_gateway.problems import Problem, problem_response

router = APIRouter(tags=["events"])

PATH = "/mqtt"
_ONLY_MQTT = "Here is MQTT over WebSocket, for programs that speak it"


class TicketBody(BaseModel):
    """What a ticket shall be for."""

    model_config = ConfigDict(extra="ignore")

    filters: list[Annotated[str, Field(max_length=1_000)]] = Field(
        default_factory=list, max_length=MAX_FILTERS, description="Topic filters; none: all that browsers may read"
    )


class TicketView(BaseModel):
    """A login for one connection to the broker, which only reads."""

    path: Literal["/mqtt"] = Field(description="WebSocket to connect to, with subprotocol mqtt")
    username: str = Field(description="User name for MQTT")
    password: str = Field(description="Password for MQTT; told once")
    client_id: str = Field(description="A client id to give; the broker is told another one")
    expires_at: float = Field(description="Epoch seconds until which it must be used; it is good for one connection")
    filters: list[str] = Field(description="Topics that can be subscribed to")


@router.post(
    "/api/mqtt-ticket", status_code=201,
    responses={422: {"model": Problem, "description": "A topic that is none, or not for browsers"}},
)  # fmt: skip
async def give_ticket(
    request: Request, parts: PartsDep, person: PersonDep, role: RoleDep, body: TicketBody | None = None
) -> TicketView:
    """A short-lived login for MQTT over WebSocket, so that no page ever holds a password of the broker."""
    try:
        filters = checked((body or TicketBody()).filters) or VISIBLE
    except ContractError as error:
        raise HTTPException(422, f"filters: {error}") from error
    ticket = parts.live.tickets.give(person, role, filters, request.state.caller.key)
    return TicketView(
        path="/mqtt", username=ticket.username, password=ticket.password, client_id=ticket.username,
        expires_at=ticket.expires_at, filters=list(filters),
    )  # fmt: skip


@router.get(PATH, include_in_schema=False)
async def only_mqtt() -> Response:
    """Say what is here to whoever looks with a browser."""
    return problem_response(426, _ONLY_MQTT, {"upgrade": "websocket"})


@router.websocket(PATH)
async def mqtt(websocket: WebSocket) -> None:
    """MQTT 3.1.1 and 5, with a ticket or a login of the broker."""
    if "mqtt" not in websocket.scope.get("subprotocols", ()):
        await websocket.send_denial_response(problem_response(400, f"{_ONLY_MQTT}: ask for the subprotocol mqtt"))
        return
    await parts_of(websocket).live.door.serve(websocket, trusted=websocket.state.caller.may(ADMIN))
