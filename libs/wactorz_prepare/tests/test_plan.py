"""Accounts that a person lists in a file."""

import pytest

from wactorz_common.errors import ConfigError
from wactorz_prepare.plan import listed

KINDS = {
    "node": {
        "publish": ["nodes/{name}/#"], "subscribe": ["nodes/{name}/#"], "deny_publish": ["agents/+/commands"],
        "deny_receive": ["agents/by-name/main/task"],
    }
}  # fmt: skip


def test_a_listed_account_has_the_rights_of_its_kind_under_its_name():
    (account,) = listed("# the attic\n\nnode pi long-enough-for-us\n", KINDS, frozenset())
    assert (account.user, account.password, account.client_id) == ("pi", "long-enough-for-us", "")
    assert account.publish == ("nodes/pi/#",)
    assert account.deny_publish == ("agents/+/commands",)
    assert account.deny_receive == ("agents/by-name/main/task",)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("node pi", "must read KIND NAME PASSWORD"), ("king pi long-enough-for-us", "one of the kinds node"),
        ("node Pi/# long-enough-for-us", "no name"), ("node agent-x long-enough-for-us", "no name"),
        ("node main long-enough-for-us", "an account 'main' already"), ("node pi short", "fewer than 12"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named_and_its_password_is_not(line, why):
    with pytest.raises(ConfigError, match="Line 2 of WACTORZ_ACCOUNTS_FILE is wrong") as caught:
        listed(f"node pi2 long-enough-for-us\n{line}", KINDS, frozenset({"main"}))
    assert why in str(caught.value)
    assert "long-enough" not in str(caught.value)


def test_two_accounts_of_one_name_are_refused():
    with pytest.raises(ConfigError, match="already"):
        listed("node pi long-enough-for-us\nnode pi long-enough-for-us", KINDS, frozenset())
