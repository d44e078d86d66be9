"""The one error tree of the project: each error says what happened and what to do."""

from typing import Any

STOPPED = "Stopped."
"""Why a question that worked for a person was refused: they do not want its answer any more."""

STOP_TOLD_SECONDS = 3.0
"""How much later than whoever refused so others may hear of the stop."""


class WactorzError(Exception):
    """Root of every error that the project raises on purpose.

    `code` is stable and machine-readable; `context` keeps the values that explain the case and never holds a secret.
    """

    code = "error"

    def __init__(self, message: str, **context: Any) -> None:
        super().__init__(message)
        self.context = context


class ConfigError(WactorzError):
    """A setting is missing or wrong; the message names it and how to mend it."""

    code = "config"


class ContractError(WactorzError):
    """A message, topic or identifier breaks its contract."""

    code = "contract"


class TransportError(WactorzError):
    """The broker or a peer cannot be reached."""

    code = "transport"


class AskTimeout(TransportError):
    """A question got no answer in time."""

    code = "timeout"


class StoreError(WactorzError):
    """The state on disk cannot be opened, read or written."""

    code = "store"


class TaskFailed(WactorzError):
    """The agent that was asked answered with an error; the message is that agent's own."""

    code = "task_failed"


class Refused(WactorzError):
    """A handler declines the task for a reason that a person should read; not a fault of the handler."""

    code = "refused"


class HouseUnknown(Refused):
    """The house is not known yet, as in the first seconds after a start: it passes by itself."""

    code = "house_unknown"


class NotThere(Refused):
    """What the task names does not exist: no rule, plan or automation of that id."""

    code = "not_there"


class Expired(WactorzError):
    """The deadline passed before the action, so the action was not taken."""

    code = "expired"


class Unknown(WactorzError):
    """The action was sent but its effect could not be confirmed."""

    code = "unknown"
