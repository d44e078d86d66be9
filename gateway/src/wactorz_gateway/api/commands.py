"""Commands that people may type, for completion."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from wactorz_common.contracts import Nothing
from wactorz_common.contracts.memory import LIST_COMMANDS, CommandInfo
from wactorz_gateway.answers import PagingDep, paged
from wactorz_gateway.handing import AWAY
from wactorz_gateway.parts import PartsDep

router = APIRouter(tags=["chat"])


@router.get("/api/commands", response_model=list[CommandInfo], responses=AWAY)
@router.get("/commands", include_in_schema=False)
async def list_commands(request: Request, parts: PartsDep, paging: PagingDep) -> Response:
    """Every command, in the order of /help; each works in every conversation."""
    commands = (await parts.backend.ask(LIST_COMMANDS, Nothing())).commands
    return paged(request, commands, lambda command: command.name, paging)
