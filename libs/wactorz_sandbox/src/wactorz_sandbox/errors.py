"""What can go wrong with a guest."""

from typing import Literal

Reason = Literal["time", "memory", "recursion", "exit", "sleep", "flood", "trap", "closed"]


class SandboxError(Exception):
    """Root of this library's errors."""


class ComponentError(SandboxError):
    """The component cannot be built, found or loaded."""


class GuestError(SandboxError):
    """The agent's code raised; the text is its error in one line."""

    def __init__(self, text: str, traceback: str = "") -> None:
        super().__init__(text)
        self.traceback = traceback or text
        """With the agent's own lines."""


class GuestEnded(SandboxError):
    """The instance was ended, and with it every task that was open; the text says why, for a person."""

    def __init__(self, reason: Reason, text: str) -> None:
        super().__init__(text)
        self.reason: Reason = reason
