"""Commands that people may type, for completion."""

from fastapi import APIRouter

from wactorz_common.contracts import Nothing
from wactorz_common.contracts.memory import LIST_COMMANDS, CommandInfo
from wactorz_gateway.handing import AWAY
from wactorz_gateway.parts import PartsDep

router = APIRouter(tags=["chat"])


@router.get("/api/commands", responses=AWAY)
async def list_commands(parts: PartsDep) -> list[CommandInfo]:
    """Every command, in the order of /help; each works in every conversation."""
    return list((await parts.backend.ask(LIST_COMMANDS, Nothing())).commands)
