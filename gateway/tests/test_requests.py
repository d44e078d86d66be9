"""Request ids."""

import pytest

from wactorz_gateway.requests import request_id


@pytest.mark.parametrize("given", ["12345678", "a" * 64, "01J-abc_d.ef"])
def test_a_plain_word_is_taken_on(given):
    assert request_id(given) == given


@pytest.mark.parametrize("given", ["", "short", "a" * 65, "with space", "new\nline1", "<script>1", "ünïcödé1"])
def test_anything_else_is_replaced(given):
    minted = request_id(given)
    assert minted != given
    assert len(minted) == 16
    assert request_id(given) != minted
