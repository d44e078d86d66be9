"""What goes wrong for a person at the command line."""

from wactorz_common.errors import WactorzError


class CommandFailed(WactorzError):
    """A command cannot do what it was asked; the message is one sentence with what to do."""

    code = "command"


class NotLetIn(CommandFailed):
    """The gateway does not know who calls."""

    code = "not_let_in"
