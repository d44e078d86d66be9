"""What happened lately: activity and alerts, newest first."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from wactorz_gateway.answers import linked, listed
from wactorz_gateway.feed import Feed, FeedEntry
from wactorz_gateway.parts import PartsDep

router = APIRouter(tags=["activity"])

Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many")]
Before = Annotated[str, Query(max_length=64, description="Only entries before the one with this id")]
Cursor = Annotated[str, Query(max_length=400, description="From the `Link` of the page before")]
Agent = Annotated[str, Query(max_length=200, description="Only of the agent with this name or id")]
Kind = Annotated[str, Query(max_length=64, description="Only of this kind: error, alert, actuation, ...")]


@router.get("/api/feed", response_model=list[FeedEntry])
@router.get("/feed", include_in_schema=False)
async def list_feed(
    request: Request, parts: PartsDep, limit: Limit = 100, before: Before = "", cursor: Cursor = "", agent: Agent = "",
    kind: Kind = "",
) -> Response:  # fmt: skip
    """Activity of agents and of the house, newest first."""
    return _page(request, parts.feed, limit, cursor or before, agent, kind)


@router.get("/api/alerts", response_model=list[FeedEntry])
@router.get("/alerts", include_in_schema=False)
async def list_alerts(
    request: Request, parts: PartsDep, limit: Limit = 100, before: Before = "", cursor: Cursor = "", agent: Agent = ""
) -> Response:
    """What agents want people to know, newest first."""
    return _page(request, parts.alerts, limit, cursor or before, agent, "")


def _page(request: Request, feed: Feed, limit: int, before: str, agent: str, kind: str) -> Response:
    found, cursor = feed.newest(limit, before=before, agent=agent, kind=kind)
    return listed(request, found, link=linked(request, cursor, limit))
