"""Sessions and tokens of people: made, listed, ended."""

from collections.abc import Callable

from starlette.exceptions import HTTPException

from wactorz_gateway.accounts import book
from wactorz_gateway.accounts.book import Disk
from wactorz_gateway.accounts.callers import Caller
from wactorz_gateway.accounts.known import Known
from wactorz_gateway.accounts.people import key_of
from wactorz_gateway.accounts.roles import ADMIN, covers
from wactorz_gateway.accounts.sessions import Session
from wactorz_gateway.accounts.tokens import MOST_PER_PERSON, Scope, Token, new_token, role_of_scopes

_ONLY_ITSELF = "A token that may only read or talk ends nothing but itself: log in, or use one with the scope control"


def denied(status: int, detail: str, wait: float = 0.0) -> HTTPException:
    """The answer to what is not done; `wait` says in how many seconds to try again."""
    return HTTPException(status, detail, headers={"retry-after": str(int(wait) + 1)} if wait else None)


class Keys:
    """What people come in with besides their password; `now` gives epoch seconds."""

    def __init__(self, known: Known, disk: Disk, now: Callable[[], float]) -> None:
        self._known, self._disk, self._now = known, disk, now

    async def add_token(self, by: Caller, label: str, scopes: list[Scope], seconds: float) -> tuple[str, Token]:
        """A token for whoever asks, and its secret, which is told only now."""
        person = self._known.people.get(key_of(by.person))
        if by.way not in ("session", "token") or person is None:
            raise denied(409, "Only somebody with an account has tokens: make an account first, and log in")
        if not covers(by.role, role_of_scopes(scopes)) or (by.only_talks and {"control", "admin"} & set(scopes)):
            raise denied(403, "A token may not do more than you may")
        if sum(token.person == person.key for token in self._known.tokens.values()) >= MOST_PER_PERSON:
            raise denied(409, f"{person.name} has {MOST_PER_PERSON} tokens already: delete one first")
        made_by = self._known.tokens.get(by.key.removeprefix("token:")) if by.way == "token" else None
        if made_by is not None and made_by.expires_at is not None:
            seconds = min(seconds, made_by.expires_at - self._now())  # else a lost token would never end
        secret, token = new_token(person.key, label, scopes, self._now(), seconds)
        await self._disk.write(lambda connection: book.put_token(connection, token))
        self._known.put_token(token)
        return secret, token

    async def remove_token(self, by: Caller, token_id: str) -> Token:
        """End a token, one's own or, for admins, somebody's whom they may change."""
        token = self._known.tokens.get(token_id)
        if token is None or not self.may_see(by, token.person, change=True):
            raise denied(404, f"There is no token '{token_id}': /api/tokens lists them")
        if by.only_talks and by.key != f"token:{token_id}":
            raise denied(403, _ONLY_ITSELF)
        await self.end([], [token_id])
        return token

    async def remove_session(self, by: Caller, session_id: str) -> Session:
        """End a session, one's own or, for admins, that of somebody whom they may change."""
        session = self._known.sessions.get(session_id)
        if session is None or not self.may_see(by, session.person, change=True):
            raise denied(404, f"There is no session '{session_id}': /api/sessions lists them")
        if by.only_talks:
            raise denied(403, _ONLY_ITSELF)
        await self.end([session_id], [])
        return session

    def may_see(self, by: Caller, person: str, *, change: bool = False) -> bool:
        """Whether somebody may see, or end, what belongs to a person: their own, and admins that of others."""
        if by.way in ("session", "token") and key_of(by.person) == person:
            return True
        target = self._known.people.get(person)
        least = target.role if change and target else ADMIN
        return covers(by.role, ADMIN) and covers(by.role, least)

    async def sweep(self) -> None:
        """Forget sessions and tokens whose time is over."""
        sessions, tokens = self._known.over(self._now())
        if sessions or tokens:
            await self.end(sessions, tokens)

    async def end(self, sessions: list[str], tokens: list[str]) -> None:
        """These sessions and tokens count no more, at once and whatever the disk does."""
        self._known.remove_sessions(sessions)
        self._known.remove_tokens(tokens)

        def work(connection: book.Connection) -> None:
            book.remove_sessions(connection, sessions)
            book.remove_tokens(connection, tokens)

        if sessions or tokens:
            await self._disk.write(work)
