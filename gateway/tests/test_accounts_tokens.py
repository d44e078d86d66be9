"""Tokens by themselves."""

import pytest

from wactorz_gateway.accounts.tokens import new_token, role_of_scopes


@pytest.mark.parametrize(
    ("scopes", "role", "only_talks"),
    [(["read"], "viewer", True), (["talk"], "user", True), (["control"], "user", False), (["admin"], "admin", False),
     (["read", "talk", "admin"], "admin", False), ([], "viewer", True)],
)  # fmt: skip
def test_scopes_stand_for_roles(scopes, role, only_talks):
    secret, token = new_token("ann", "x", scopes, 10.0, 5.0)
    assert role_of_scopes(scopes) == role
    assert token.only_talks is only_talks
    assert token.role_for("viewer") == "viewer"
    assert token.role_for("owner") == role
    assert token.expires_at == 15
    assert secret.startswith(token.prefix)
    assert secret not in repr(token)
