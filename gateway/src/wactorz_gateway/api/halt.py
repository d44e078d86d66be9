"""Whether everything is stopped; `/stop all` and `/go` in a chat order it."""

from fastapi import APIRouter

from wactorz_common.contracts import Nothing
from wactorz_common.contracts.system import GET_HALT, HaltState
from wactorz_gateway.handing import AWAY
from wactorz_gateway.parts import PartsDep

router = APIRouter(tags=["home"])


@router.get("/api/halt", responses=AWAY)
async def get_halt(parts: PartsDep) -> HaltState:
    """Whether devices are held still, by whom and since when."""
    return await parts.backend.ask(GET_HALT, Nothing())
