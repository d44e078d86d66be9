"""Sessions of people who logged in with a password: random ids of which only hashes are kept."""

import hashlib
import secrets
from dataclasses import dataclass

IDLE_SECONDS = 7 * 24 * 3600.0
"""A session that is not used for so long ends."""

LONGEST_SECONDS = 30 * 24 * 3600.0
"""A session ends after so long in any case."""

MOST_PER_PERSON = 50


@dataclass(slots=True)
class Session:
    """One login; times in epoch seconds."""

    id: str
    """Names the session, and is no secret."""
    digest: str
    person: str
    """Key of the person."""
    created_at: float
    last_seen: float
    address: str
    agent: str
    """What the browser called itself."""

    @property
    def expires_at(self) -> float:
        """When it ends if it is not used."""
        return min(self.created_at + LONGEST_SECONDS, self.last_seen + IDLE_SECONDS)


def digest_of(secret: str) -> str:
    """What is kept of a session id or token."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def csrf_of(secret: str) -> str:
    """The word that a page must repeat to show that it can read what the gateway answers; from the session id."""
    return hashlib.sha256(b"csrf\0" + secret.encode(errors="replace")).hexdigest()[:43]


def new_session(person: str, now: float, address: str, agent: str) -> tuple[str, Session]:
    """A secret for the cookie, and the session that it opens."""
    secret = secrets.token_urlsafe(32)
    shown = "".join(character for character in agent if character.isprintable())[:200]
    return secret, Session(secrets.token_hex(8), digest_of(secret), person, now, now, address, shown)
