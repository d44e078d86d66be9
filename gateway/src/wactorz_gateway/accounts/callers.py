"""Who makes a call, once it was let in."""

from dataclasses import dataclass
from typing import Literal

from wactorz_common.contracts.chat import Standing
from wactorz_gateway.accounts.roles import ADMIN, NOBODY, OWNER, USER, Role, covers

Way = Literal["", "loopback", "fixed", "local", "session", "token"]
"""How somebody came in: over loopback, by a token of the settings, the machine's own token, a session, an API token."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A person with a role; `key` is what can be ended while the call goes on, such as a session."""

    person: str = ""
    role: Role = NOBODY
    way: Way = ""
    key: str = ""
    only_talks: bool = False
    """Whether, of all that users do, only talking is allowed."""
    account: str = ""
    """The account, told apart from another one of the same name before or after it; empty for who has none."""

    def may(self, least: Role) -> bool:
        """Whether the caller's role is enough."""
        return covers(self.role, least)

    @property
    def whose(self) -> str:
        """What belongs to this caller and to nobody else, whatever they are called."""
        return self.account or self.person

    @property
    def standing(self) -> Standing:
        """What agents may do for the caller; never empty, which would stand for somebody without the gateway."""
        if self.only_talks or self.role not in (USER, ADMIN, OWNER):
            return "talk"
        return self.role


STRANGER = Caller()
"""Who has not shown anything."""
