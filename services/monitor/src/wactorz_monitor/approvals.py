"""Approvals of spawned agents: what a model proposed waits for a person's yes, and is shown as people read it."""

from typing import Any

from wactorz_common.approvals import ApprovalBook, in_each_language
from wactorz_common.contracts.spawning import Approval
from wactorz_monitor import specs
from wactorz_monitor.specs import Spec


class SpawnApprovals(ApprovalBook):
    """The approvals of the monitor; a wish is a specification."""

    async def ask(self, wish: Spec, *, replaces: bool, requested_by: str) -> tuple[Approval, bool]:
        """An open approval for exactly this wish, and whether it is new."""
        summary, detail = in_each_language(lambda: specs.in_words(wish, replaces=replaces)), specs.for_people(wish)
        return await self.open(wish, summary, kind="spawn", detail=detail, requested_by=requested_by)

    def listed(self, *, decided_too: bool) -> tuple[Approval, ...]:
        """Oldest first; the decided ones without their code."""
        opened = {one.id for one in super().listed(decided_too=False)}
        found = super().listed(decided_too=decided_too)
        return tuple(one if one.id in opened else _outlined(one) for one in found)


def _outlined(approval: Approval) -> Approval:
    return approval.model_copy(update={"detail": specs.outline(approval.detail) | _hash_of(approval)})


def _hash_of(approval: Approval) -> dict[str, Any]:
    known = approval.detail.get("code_sha256")
    return {"code_sha256": known} if known else {}
