"""What can go wrong with a hosted agent."""

from wactorz_common.errors import WactorzError


class CodeFailed(WactorzError):
    """The agent's own code raised; the message is its error in one line."""

    code = "agent_code"


class OverTime(WactorzError):
    """A function of the agent did not end within its time; the agent goes on."""

    code = "over_time"


class InstanceEnded(WactorzError):
    """The agent's instance was ended, with every call under way; `reason` is one word."""

    code = "instance_ended"

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message, reason=reason, traceback=message)
        self.reason = reason


class Denied(WactorzError):
    """The agent asked for something that it was not granted; the message names the grant that is missing."""

    code = "denied"
