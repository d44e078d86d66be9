"""Roles stand one above the other."""

import pytest

from wactorz_gateway.accounts.roles import ADMIN, NOBODY, OWNER, USER, VIEWER, covers, higher, is_rank, lower

ORDER = (NOBODY, VIEWER, USER, ADMIN, OWNER)


@pytest.mark.parametrize("low", range(5))
@pytest.mark.parametrize("high", range(5))
def test_the_order(low, high):
    first, second = ORDER[low], ORDER[high]
    assert covers(first, second) is (low >= high)
    assert lower(first, second) == ORDER[min(low, high)]
    assert higher(first, second) == ORDER[max(low, high)]


def test_what_is_no_role_covers_nothing():
    assert not covers("root", NOBODY)
    assert not is_rank("")
    assert not is_rank("root")
    assert is_rank("viewer")
