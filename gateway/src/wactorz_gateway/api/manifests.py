"""What agents say that they can do."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.responses import Response

from wactorz_common.contracts.lifecycle import AgentManifest
from wactorz_gateway.answers import answered
from wactorz_gateway.parts import PartsDep
from wactorz_gateway.problems import Problem, Responses

router = APIRouter(tags=["agents"])

_MISSING: Responses = {404: {"model": Problem, "description": "There is no such agent, or it has not said anything"}}

Name = Annotated[str, Path(min_length=1, max_length=200, description="Agent name or id", examples=["main"])]


@router.get("/api/agents/{name}/manifest", response_model=AgentManifest, responses=_MISSING)
async def get_manifest(request: Request, name: Name, parts: PartsDep) -> Response:
    """Abilities, topics and fields of an agent, as it told them last."""
    agent = parts.registry.find(name)
    if agent is None:
        raise HTTPException(404, f"There is no agent '{name}': /api/agents lists them")
    if not agent.manifest:
        raise HTTPException(404, f"{agent.name} has not said what it can do")
    return answered(request, to_json({**agent.manifest, "observed_samples": _fields(agent.manifest)}))


def _fields(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that were seen, by topic; what was in them is at /api/topics, with secrets covered."""
    samples = manifest.get("observed_samples") or {}
    return {topic: {"fields": seen.get("fields")} for topic, seen in samples.items() if isinstance(seen, dict)}
