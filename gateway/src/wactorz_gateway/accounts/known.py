"""Accounts in memory, so that who calls is known without asking the disk."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from wactorz_gateway.accounts.book import Kept
from wactorz_gateway.accounts.callers import Caller
from wactorz_gateway.accounts.people import Person
from wactorz_gateway.accounts.sessions import Session, digest_of
from wactorz_gateway.accounts.tokens import Token

_TOUCH_SECONDS = 5.0

OPENED_HERE = "loopback"
"""The key of everybody who came in over loopback while there was no owner."""


@dataclass
class Known:
    """People, sessions and tokens; `revoked` is called with the key of each caller that counts no more."""

    people: dict[str, Person] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    revoked: list[Callable[[str], None]] = field(default_factory=list)
    seen_people: dict[str, float] = field(default_factory=dict)
    seen_sessions: dict[str, float] = field(default_factory=dict)
    seen_tokens: dict[str, float] = field(default_factory=dict)
    has_owner: bool = False
    _session_of: dict[str, Session] = field(default_factory=dict)
    _token_of: dict[str, Token] = field(default_factory=dict)

    def fill(self, kept: Kept) -> None:
        """Take in what was kept."""
        for person in kept.people:
            self.put_person(person)
        for session in kept.sessions:
            self.put_session(session)
        for token in kept.tokens:
            self.put_token(token)

    # -- who calls ------------------------------------------------------------------------------------------------

    def by_session(self, secret: str, now: float) -> Caller | None:
        """Who has this session, if it still counts."""
        session = self._session_of.get(digest_of(secret))
        if session is None or now >= session.expires_at:
            return None
        person = self.people.get(session.person)
        if person is None or person.disabled:
            return None
        if now - session.last_seen > _TOUCH_SECONDS:
            session.last_seen = self.seen_sessions[session.id] = self.seen_people[person.key] = now
        return Caller(person.name, person.role, "session", f"session:{session.id}", account=person.account)

    def by_token(self, secret: str, now: float) -> Caller | None:
        """Who has this API token, if it still counts."""
        token = self._token_of.get(digest_of(secret))
        if token is None or (token.expires_at is not None and now >= token.expires_at):
            return None
        person = self.people.get(token.person)
        if person is None or person.disabled:
            return None
        if now - (token.last_used or 0) > _TOUCH_SECONDS:
            token.last_used = self.seen_tokens[token.id] = self.seen_people[person.key] = now
        role = token.role_for(person.role)
        key = f"token:{token.id}"
        return Caller(person.name, role, "token", key, only_talks=token.only_talks, account=person.account)

    def session_with(self, secret: str) -> Session | None:
        """The session that a secret opens, whether it still counts or not."""
        return self._session_of.get(digest_of(secret)) if secret else None

    def last_seen(self, person: Person) -> float | None:
        """When a person was last here."""
        return self.seen_people.get(person.key, person.last_seen)

    def first_owner(self) -> str:
        """The name of who was owner first; empty when there is none."""
        owners = sorted((one for one in self.people.values() if one.rules), key=lambda one: one.created_at)
        return owners[0].name if owners else ""

    # -- changes --------------------------------------------------------------------------------------------------

    def put_person(self, person: Person) -> None:
        """Know a person as this from now on."""
        self.people[person.key] = person
        had, self.has_owner = self.has_owner, any(one.rules for one in self.people.values())
        if self.has_owner and not had:
            self._tell([OPENED_HERE])

    def remove_person(self, key: str) -> None:
        """Know a person no more, nor their sessions and tokens."""
        del self.people[key]
        self.has_owner = any(one.rules for one in self.people.values())
        self.remove_sessions(self.sessions_of(key))
        self.remove_tokens([token.id for token in self.tokens.values() if token.person == key])

    def put_session(self, session: Session) -> None:
        """Know a session, unless its person went in the meantime."""
        if session.person not in self.people:
            return
        self.sessions[session.id] = self._session_of[session.digest] = session

    def remove_sessions(self, ids: Iterable[str]) -> None:
        """These sessions count no more."""
        gone = [self.sessions.pop(each) for each in list(ids) if each in self.sessions]
        for session in gone:
            self._session_of.pop(session.digest, None)
            self.seen_sessions.pop(session.id, None)
        self._tell([f"session:{session.id}" for session in gone])

    def put_token(self, token: Token) -> None:
        """Know a token, unless its person went in the meantime."""
        if token.person not in self.people:
            return
        self.tokens[token.id] = self._token_of[token.digest] = token

    def remove_tokens(self, ids: Iterable[str]) -> None:
        """These tokens count no more."""
        gone = [self.tokens.pop(each) for each in list(ids) if each in self.tokens]
        for token in gone:
            self._token_of.pop(token.digest, None)
            self.seen_tokens.pop(token.id, None)
        self._tell([f"token:{token.id}" for token in gone])

    def interrupt_tokens_of(self, person: str) -> None:
        """What goes on with a person's tokens ends; the tokens themselves stay."""
        self._tell([f"token:{token.id}" for token in self.tokens.values() if token.person == person])

    def sessions_of(self, person: str) -> list[str]:
        """The ids of a person's sessions, oldest first."""
        own = [session for session in self.sessions.values() if session.person == person]
        return [session.id for session in sorted(own, key=lambda session: session.created_at)]

    def over(self, now: float) -> tuple[list[str], list[str]]:
        """The ids of sessions and tokens whose time is over."""
        sessions = [session.id for session in self.sessions.values() if now >= session.expires_at]
        ended = [token for token in self.tokens.values() if token.expires_at is not None and now >= token.expires_at]
        return sessions, [token.id for token in ended]

    def take_seen(self) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
        """Who and what was used since this was last asked, with the moments."""
        seen = (self.seen_people, self.seen_sessions, self.seen_tokens)
        for key, moment in self.seen_people.items():
            if key in self.people:
                self.people[key] = replace(self.people[key], last_seen=moment)
        self.seen_people, self.seen_sessions, self.seen_tokens = {}, {}, {}
        return seen

    def _tell(self, keys: Iterable[str]) -> None:
        for key in keys:
            for callback in self.revoked:
                callback(key)
