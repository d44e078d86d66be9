"""What agents ask people to choose, and the choice."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from wactorz_common.contracts.chat import Choice
from wactorz_common.errors import Refused
from wactorz_gateway.answers import PagingDep, paged
from wactorz_gateway.handing import AWAY
from wactorz_gateway.parts import PartsDep, PersonDep
from wactorz_gateway.problems import Problem, Responses
from wactorz_gateway.questions import QuestionView, choice_of

router = APIRouter(tags=["approvals"])

_ANSWERS: Responses = {
    404: {"model": Problem, "description": "There is no such question"},
    422: {"model": Problem, "description": "That was not offered"},
    **AWAY,
}
_EXAMPLE = {"option": "yes"}


class ChoiceBody(BaseModel):
    """What is chosen: the option itself or its place in the list."""

    model_config = ConfigDict(extra="ignore")

    option: str | None = Field(default=None, max_length=500, description="The option as it was offered")
    index: int | None = Field(default=None, ge=0, le=100, description="Its place, from 0")
    note: str = Field(default="", max_length=500, description="Something to add")


@router.get("/api/questions", response_model=list[QuestionView])
@router.get("/questions", include_in_schema=False)
async def list_questions(request: Request, parts: PartsDep, paging: PagingDep) -> Response:
    """What agents ask people to choose."""
    return paged(request, parts.questions.listed(), lambda one: f"{one.agent_id} {one.id}", paging)


@router.post("/api/questions/{agent_id}/{question_id}/answer", status_code=202, responses=_ANSWERS)
@router.post("/questions/{agent_id}/{question_id}/answer", status_code=202, include_in_schema=False)
async def choose(
    agent_id: Annotated[str, Path(max_length=200, description="Id or name of the agent that asks")],
    question_id: Annotated[str, Path(max_length=500, description="Id of the question")],
    body: Annotated[ChoiceBody, Body(examples=[_EXAMPLE])], parts: PartsDep, person: PersonDep,
) -> Choice:  # fmt: skip
    """Choose; the agent is told."""
    question = parts.questions.find(agent_id, question_id)
    if question is None:
        raise HTTPException(404, "There is no such question: /api/questions lists those that are open")
    try:
        choice = choice_of(question, body.option, body.index, body.note, person, parts.now())
    except Refused as error:
        raise HTTPException(422, str(error)) from error
    await parts.backend.choose(question.agent_id, choice)
    return choice
