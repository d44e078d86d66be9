"""The cookie of a session."""

import pytest

from wactorz_gateway.accounts.cookies import clear_cookie, session_secret, set_cookie


@pytest.mark.parametrize(
    ("header", "secret"),
    [("", ""), ("wactorz_session=abc", "abc"), ("a=b; wactorz_session=abc; c=d", "abc"), ("a=b;wactorz_session=abc", "abc"),
     ("xwactorz_session=abc", ""), ("wactorz_session", ""), ("wactorz_session=abc; wactorz_session=def", ""),
     ("wactorz_session=abc; wactorz_session=abc", "abc"), ("wactorz_session=" + "a" * 201, ""), ("wactorz_session=", "")],
)  # fmt: skip
def test_the_secret_is_read(header, secret):
    assert session_secret(header) == secret


def test_flags():
    assert (
        set_cookie("abc", secure=True)
        == "wactorz_session=abc; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict; Secure"
    )
    assert clear_cookie(secure=False) == "wactorz_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"
