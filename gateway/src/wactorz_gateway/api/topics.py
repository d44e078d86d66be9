"""Topics: what is said on them, and which agents fit together."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from wactorz_common.contracts.topics import (
    LIST_TOPICS,
    PROPOSE_WIRING,
    TopicQuery,
    TopicReport,
    Wiring,
    WiringQuery,
)
from wactorz_gateway.answers import PagingDep, paged
from wactorz_gateway.handing import AWAY
from wactorz_gateway.parts import PartsDep

router = APIRouter(tags=["topics"])


@router.get("/api/topics", responses=AWAY)
async def list_topics(
    parts: PartsDep,
    keyword: Annotated[str, Query(max_length=200, description="Part of a topic, an agent's name or a field")] = "",
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many, the liveliest first")] = 100,
    samples: Annotated[bool, Query(description="With fields and a sample")] = True,
) -> TopicReport:
    """Topics with who speaks and listens on them; secrets in samples are covered."""
    return await parts.backend.ask(LIST_TOPICS, TopicQuery(keyword=keyword, limit=limit, samples=samples))


@router.get("/api/wirings", response_model=list[Wiring], responses=AWAY)
async def list_wirings(
    request: Request, parts: PartsDep, paging: PagingDep,
    agent: Annotated[str, Query(max_length=64, description="Agent; empty: all")] = "",
) -> Response:  # fmt: skip
    """Agents that would fit together, best first."""
    wirings = (await parts.backend.ask(PROPOSE_WIRING, WiringQuery(agent=agent))).wirings
    return paged(request, wirings, lambda wiring: wiring.model_dump_json(), paging)
