"""What the frames of one browser may do: the same table of roles as for REST, the same record of changes."""

from http import HTTPStatus
from typing import Any

from wactorz_common.contracts.chat import Standing
from wactorz_gateway import frames
from wactorz_gateway.accounts.callers import Caller
from wactorz_gateway.accounts.changes import Deed
from wactorz_gateway.accounts.rights import Action, may
from wactorz_gateway.calls import Refusal
from wactorz_gateway.parts import Parts

_ROUTE = "/ws"


class FrameGate:
    """Looks at each frame before it is served; `connection` is the WebSocket."""

    def __init__(self, parts: Parts, connection: Any) -> None:
        self._parts = parts
        self._caller: Caller = connection.state.caller
        self._address = str(connection.state.address)
        self._request_id = str(connection.state.request_id)

    @property
    def standing(self) -> Standing:
        """What agents may do for whoever opened the WebSocket."""
        return self._caller.standing

    def refuse(self, frame: frames.ClientFrame) -> Refusal | None:
        """Why a frame is not served, or None; what changes something is written down either way."""
        action = _action_of(frame)
        if action is None:
            return None
        target, detail = _about(frame)
        if not may(self._caller.role, action):
            self._parts.exposition.refused("role")
            self._parts.accounts.changes.note_refused(self._deed(403, target, f"refused: {detail}"))
            return Refusal(HTTPStatus.FORBIDDEN, f"Your role is {self._caller.role}: this needs more")
        wait = self._parts.accounts.writes.take(self._caller.person)
        if wait:
            self._parts.exposition.refused("write limit")
            return Refusal(HTTPStatus.TOO_MANY_REQUESTS, f"Too many changes in a minute: wait {wait} s")
        self._parts.accounts.changes.note(self._deed(202, target, detail))
        return None

    def _deed(self, status: int, target: str, detail: str) -> Deed:
        who = self._caller
        return Deed(who.person, who.role, self._address, "WS", _ROUTE, target, status, self._request_id, detail)


def _action_of(frame: frames.ClientFrame) -> Action | None:
    if isinstance(frame, frames.ChatFrame):
        return "chat"
    if isinstance(frame, frames.StopFrame):
        return "stop"
    return "command" if isinstance(frame, frames.CommandFrame) else None


def _about(frame: frames.ClientFrame) -> tuple[str, str]:
    """What a frame is about and what it wants, without what is said."""
    if isinstance(frame, frames.CommandFrame):
        return frame.agent_id, frame.command
    if isinstance(frame, frames.ChatFrame):
        return frame.agent_name, "chat"
    return "", "stop"
