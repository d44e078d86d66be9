"""What people see of a plan while it runs: lines of text for whoever asked, and events for everybody."""

import time
from collections.abc import Awaitable, Callable

from wactorz_common.contracts.chat import ChatPiece
from wactorz_common.contracts.plans import PlanProgress
from wactorz_common.errors import TransportError
from wactorz_planner.plans.book import KeptPlan

SendPiece = Callable[[ChatPiece], Awaitable[None]]
SendEvent = Callable[[PlanProgress], Awaitable[None]]

SENDER = "planner"


class PlanStream:
    """Tells how far one plan is; what the broker does not take is not told again."""

    def __init__(self, kept: KeptPlan, send_piece: SendPiece, send_event: SendEvent) -> None:
        self._kept, self._send_piece, self._send_event = kept, send_piece, send_event
        self.chat_id = kept.request.chat_id
        """Whom pieces are for; empty when nobody follows."""

    async def tell(self, step: int, status: str, text: str) -> None:
        """One line: an event, and a piece for whoever follows."""
        event = PlanProgress(
            plan_id=self._kept.id, step=step, status=status, text=text, chat_id=self.chat_id, timestamp=time.time()
        )
        try:
            await self._send_event(event)
            if self.chat_id:
                index = self._kept.pieces
                self._kept.pieces += 1
                await self._send_piece(ChatPiece(id=self.chat_id, sender=SENDER, content=f"{text}\n", index=index))
        except TransportError:
            return

    def turn_to(self, chat_id: str) -> None:
        """Somebody else follows from here on."""
        if chat_id and chat_id != self.chat_id:
            self.chat_id = chat_id
            self._kept.pieces = 0

    def leave(self) -> None:
        """Whoever asked has got an answer: further pieces would come too late."""
        self.chat_id = ""
