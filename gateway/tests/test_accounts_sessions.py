"""Sessions by themselves."""

from wactorz_gateway.accounts.sessions import IDLE_SECONDS, LONGEST_SECONDS, csrf_of, digest_of, new_session


def test_a_session_ends_when_it_is_not_used_and_in_any_case():
    _, session = new_session("ann", 1000.0, "1.2.3.4", "browser")
    assert session.expires_at == 1000 + IDLE_SECONDS
    session.last_seen = 1000 + LONGEST_SECONDS - 60
    assert session.expires_at == 1000 + LONGEST_SECONDS


def test_only_a_hash_is_kept_and_the_csrf_token_tells_nothing():
    secret, session = new_session("ann", 1.0, "1.2.3.4", "a" * 500 + "\x1b[31m")
    other, _ = new_session("ann", 1.0, "1.2.3.4", "")
    assert len(secret) == 43
    assert secret != other
    assert secret not in repr(session)
    assert session.digest == digest_of(secret)
    assert csrf_of(secret) not in (secret, session.digest)
    assert csrf_of(secret) != csrf_of(other)
    assert len(session.agent) == 200
    assert digest_of("\ud800")
