"""Places for notices: Discord, Slack, Telegram and others. Their addresses go in, and never come out again."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Request
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from wactorz_common.contracts import Nothing
from wactorz_common.contracts.notices import (
    LIST_TARGETS,
    NOTIFY,
    REMOVE_TARGET,
    SET_TARGET,
    Notice,
    NoticeResult,
    SetTarget,
    Target,
    TargetName,
)
from wactorz_common.errors import Refused
from wactorz_common.secrecy import PLACES, find
from wactorz_gateway.answers import PagingDep, paged
from wactorz_gateway.handing import AWAY, TASK, Key, hand_over, task_id_of
from wactorz_gateway.parts import PartsDep, PersonDep

router = APIRouter(tags=["webhooks"])

_NAME, _LONGEST_NAME = r"^[A-Za-z0-9][\w .-]*$", 64
"""A bound on \\w within the pattern would be compiled to megabytes."""

_TEST = "This is a test from Wactorz: notices arrive here."
_EXAMPLES = {
    "discord": Example(
        summary="A webhook of Discord", value={"url": "https://discord.com/api/webhooks/123/abc"}
    ),
    "named": Example(
        summary="Another service, by a name of its own", value={"name": "phone", "url": "ntfy://my-topic"}
    ),
}  # fmt: skip
Name = Annotated[str, Path(pattern=_NAME, max_length=_LONGEST_NAME, description="Name of the place")]


class WebhookBody(BaseModel):
    """A place for notices."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(
        pattern=r"^[A-Za-z][A-Za-z0-9+.-]{1,30}://\S+$", max_length=4_000, repr=False,
        description="Address of the webhook, or any address of Apprise; sealed for the vault before it goes anywhere",
    )  # fmt: skip
    service: str = Field(
        default="",
        max_length=40,
        pattern=r"^[a-z0-9-]*$",
        description="discord, slack, telegram, ...; empty: by address",
    )
    name: str = Field(
        default="", pattern=rf"^$|{_NAME}", max_length=_LONGEST_NAME,
        description="Its name; empty: that of the service",
    )  # fmt: skip


@router.get("/api/webhooks", response_model=list[Target], responses=AWAY)
async def list_webhooks(request: Request, parts: PartsDep, paging: PagingDep) -> Response:
    """Places for notices, the usual one first; without their addresses."""
    targets = (await parts.backend.ask(LIST_TARGETS, Nothing())).targets
    return paged(request, targets, lambda target: target.name, paging)


@router.post("/api/webhooks", responses=TASK)
async def set_webhook(
    body: Annotated[WebhookBody, Body(openapi_examples=_EXAMPLES)], parts: PartsDep, idempotency_key: Key = None
) -> Target:
    """Store a place; another one of that name is replaced."""
    task_id = task_id_of(SET_TARGET, idempotency_key)
    kind = next((span.kind for span in find(body.url) if span.kind in PLACES), "webhook")
    try:
        sealed = parts.keeper.seal(task_id, kind, body.url)
    except Refused as error:
        raise HTTPException(503, str(error)) from None
    wish = SetTarget(name=body.name, service=body.service or ("" if kind == "webhook" else kind), secret=sealed)
    return await hand_over(parts, SET_TARGET, wish, idempotency_key, task_id=task_id)


@router.delete("/api/webhooks/{name}", responses=TASK)
async def remove_webhook(name: Name, parts: PartsDep, idempotency_key: Key = None) -> list[Target]:
    """Forget a place; returns those that are left."""
    return list((await hand_over(parts, REMOVE_TARGET, TargetName(name=name), idempotency_key)).targets)


@router.post("/api/webhooks/{name}/test", responses=TASK)
async def try_webhook(name: Name, parts: PartsDep, person: PersonDep, idempotency_key: Key = None) -> NoticeResult:
    """Send a test there and say whether it arrived."""
    wish = Notice(text=_TEST, target=name, person=person)
    return await hand_over(parts, NOTIFY, wish, idempotency_key)
