"""Policies of entities: who may change what, and when."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Request
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from wactorz_common import pins
from wactorz_common.contracts import Nothing
from wactorz_common.contracts.policy import LIST_POLICIES, SET_POLICY, EntityPolicy, Policies, SetPolicy
from wactorz_gateway.answers import PagingDep, paged
from wactorz_gateway.api.audit import EntityId
from wactorz_gateway.handing import AWAY, TASK, Key, hand_over, task_id_of
from wactorz_gateway.parts import Parts, PartsDep, PersonDep

router = APIRouter(tags=["policies"])

_ACCEPTED = 202
_EXAMPLES = {
    "asks": Example(
        summary="Each change asks, and a yes needs the PIN", value={"risk": "C", "pin": True, "new_pin": "2468"}
    ),
    "quiet": Example(summary="Left alone at night", value={"quiet_hours": "22:00-07:00"}),
    "persons": Example(summary="Only two people", value={"persons": ["ann", "ben"]}),
}  # fmt: skip


class PolicyBody(BaseModel):
    """The whole policy of an entity; an empty one takes its own away."""

    model_config = ConfigDict(extra="forbid")

    risk: Literal["A", "B", "C"] | None = Field(default=None, description="A: no change at all; C: each change asks")
    quiet_hours: str = Field(default="", max_length=11, description="From-to, when rules and models leave it alone")
    persons: list[str] = Field(default_factory=list, max_length=50, description="Who may change it; empty: everyone")
    pin: bool = Field(default=False, description="Whether a yes needs the PIN")
    new_pin: str | None = Field(
        default=None, pattern=r"^[0-9]{4,64}$", repr=False, description="Sets a new PIN, of 4 to 64 digits"
    )
    old_pin: str = Field(default="", max_length=64, repr=False, description="The PIN so far, where there is one")


class PolicySaved(BaseModel):
    """What became of a change."""

    policy: EntityPolicy = Field(description="The policy as it is now")
    approval_id: str = Field(description="Approval that the change waits for, because it loosens something; else empty")
    text: str = Field(description="What was done, in words")


_SAVED = {202: {"model": PolicySaved, "description": "The change loosens something and waits for an approval"}, **TASK}


@router.get("/api/policies", response_model=list[EntityPolicy], responses=AWAY)
async def list_policies(request: Request, parts: PartsDep, paging: PagingDep) -> Response:
    """Every policy that a person has laid down, by entity id."""
    policies = (await parts.backend.ask(LIST_POLICIES, Nothing())).policies
    return paged(request, policies, lambda policy: policy.entity_id, paging)


@router.get("/api/policies/{entity_id}", responses=AWAY)
async def get_policy(entity_id: EntityId, parts: PartsDep) -> EntityPolicy:
    """The policy of one entity; without one of its own an empty one."""
    return _of(await parts.backend.ask(LIST_POLICIES, Nothing()), entity_id)


@router.put("/api/policies/{entity_id}", response_model=PolicySaved, responses=_SAVED)
async def set_policy(
    entity_id: EntityId, body: Annotated[PolicyBody, Body(openapi_examples=_EXAMPLES)], parts: PartsDep,
    person: PersonDep, idempotency_key: Key = None,
) -> Response:  # fmt: skip
    """Lay down the policy of an entity."""
    fields = body.model_dump(exclude={"new_pin", "old_pin"})
    policy = EntityPolicy.accept({"entity_id": entity_id, **fields})
    task_id = task_id_of(SET_POLICY, idempotency_key)
    salt = (await parts.backend.ask(LIST_POLICIES, Nothing())).pin_salts.get(entity_id) if body.old_pin else None
    new_pin, proof = await asyncio.to_thread(_sealed, body, salt, task_id)
    wish = SetPolicy(policy=policy, new_pin=new_pin, pin_proof=proof, by=person)
    return await _save(parts, wish, task_id, idempotency_key)


@router.delete("/api/policies/{entity_id}", response_model=PolicySaved, responses=_SAVED)
async def delete_policy(
    entity_id: EntityId, parts: PartsDep, person: PersonDep, idempotency_key: Key = None
) -> Response:
    """Take the entity's own policy away."""
    wish = SetPolicy(policy=EntityPolicy(entity_id=entity_id), by=person)
    return await _save(parts, wish, task_id_of(SET_POLICY, idempotency_key), idempotency_key)


def _sealed(body: PolicyBody, salt: str | None, task_id: str) -> tuple[str | None, str]:
    """What is sent in place of the PINs: the new one sealed, and a proof of the old one."""
    new_pin = pins.seal(body.new_pin, pins.new_salt(task_id)) if body.new_pin is not None else None
    return new_pin, pins.prove(body.old_pin, salt, task_id) if salt else ""


async def _save(parts: Parts, wish: SetPolicy, task_id: str, key: str | None) -> Response:
    kept = await hand_over(parts, SET_POLICY, wish, key, task_id=task_id)
    saved = PolicySaved(policy=_of(kept, wish.policy.entity_id), approval_id=kept.approval_id, text=kept.text)
    status = _ACCEPTED if kept.approval_id else 200
    return Response(saved.model_dump_json(), status_code=status, media_type="application/json")


def _of(kept: Policies, entity_id: str) -> EntityPolicy:
    return next((one for one in kept.policies if one.entity_id == entity_id), EntityPolicy(entity_id=entity_id))
