"""What the planner says about plans on the bus: streams of progress, late answers, and that work is given up."""

import time
from collections.abc import Iterable
from typing import Any

from wactorz_common.agent import Agent
from wactorz_common.contracts.chat import CHAT_OUT, CHAT_PIECES, CHAT_STOP, ChatPiece, ChatReply, ChatStop
from wactorz_common.contracts.llm import CANCEL_COMPLETION, CancelCompletion
from wactorz_common.contracts.plans import PLAN_PROGRESS, PlanProgress
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_planner.plans.book import KeptPlan
from wactorz_planner.plans.stream import PlanStream


class Voice:
    """Speaks for the plans of one agent."""

    def __init__(self, world: Agent[Any]) -> None:
        self._world = world

    def stream(self, kept: KeptPlan) -> PlanStream:
        """Where the progress of a plan is told."""
        world = self._world

        async def send_piece(piece: ChatPiece) -> None:
            await world.publish(CHAT_PIECES, piece, chat_id=piece.id)

        async def send_event(event: PlanProgress) -> None:
            await world.publish(PLAN_PROGRESS, event)

        return PlanStream(kept, send_piece, send_event)

    async def stop_workers(self, under_way: Iterable[str], chat_id: str) -> None:
        """Agents that are at a step hear of it, and so does the model, also when it was writing the answer."""
        world = self._world
        for one in under_way:
            await world.publish(CHAT_STOP, ChatStop(chat_id=one, timestamp=time.time()))
        if not chat_id:
            return
        try:
            await world.ask(CANCEL_COMPLETION, CancelCompletion(stream_to=chat_id), timeout=CANCEL_COMPLETION.timeout)
        except (TransportError, TaskFailed) as error:
            world.log.debug("the model was not told to stop", problem=str(error))

    async def tell_late(self, kept: KeptPlan) -> None:
        """Tell the answer of a plan, or that it waits, to whom nobody has told it."""
        text = kept.plan.note if kept.plan.status == "proposed" else kept.plan.answer
        status = {"done": "done", "proposed": "waiting"}.get(kept.plan.status, "failed")
        reply = ChatReply(
            sender="planner", to=kept.request.person or "user", content=text, timestamp=time.time(),
            conversation_id=kept.plan.conversation_id, source=kept.source, status=status, trace_id=kept.trace_id,
            cost_usd=kept.plan.cost_usd, approval_id=only(kept.approvals.values()),
        )  # fmt: skip
        await self._world.publish(CHAT_OUT, reply)


def only(approvals: Iterable[str]) -> str:
    """The approval that a plain yes can only mean; empty when there are several or none."""
    ids = tuple(approvals)
    return ids[0] if len(ids) == 1 else ""
