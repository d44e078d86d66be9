"""Tokens by themselves."""

import pytest

from wactorz_gateway.accounts.callers import Caller
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


@pytest.mark.parametrize(
    ("role", "only_talks", "standing"),
    [("user", False, "user"), ("user", True, "talk"), ("admin", False, "admin"), ("owner", False, "owner"),
     ("viewer", False, "talk"), ("viewer", True, "talk"), ("", False, "talk")],
)  # fmt: skip
def test_what_agents_may_do_for_a_caller_is_never_left_open(role, only_talks, standing):
    assert Caller("ann", role, "token", "token:1", only_talks=only_talks).standing == standing
