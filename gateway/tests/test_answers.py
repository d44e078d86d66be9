"""Validators and pages."""

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from wactorz_gateway.answers import answered, etag_of, has_it, linked, page


def request(path="/api/x", query=b"", **headers):
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": path, "query_string": query, "headers": raw})


def test_who_has_it_gets_nothing_again():
    first = answered(request(), b"[1]")
    assert first.status_code == 200
    again = answered(request(if_none_match=first.headers["etag"]), b"[1]")
    assert (again.status_code, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert answered(request(if_none_match=first.headers["etag"]), b"[2]").status_code == 200


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ('W/"a"', True), ('"a"', True), ("*", True), ('"b", W/"a"', True), ('W/"b"', False), ("", False), ("a", False),
        ('W/"a', False),
    ],
)  # fmt: skip
def test_validators_compare_weakly(given, found):
    assert has_it(given, 'W/"a"') is found


def test_a_validator_changes_with_the_content():
    assert etag_of(b"1") == etag_of(b"1") != etag_of(b"2")
    assert etag_of(b"1").startswith('W/"')


def test_the_next_page_keeps_the_question():
    link = linked(request(query=b"agent=a%26b&limit=5&cursor=old&before=x"), "new=", 5)
    assert link == '</api/x?agent=a%26b&limit=5&cursor=new%3D>; rel="next"'
    assert linked(request(), "", 5) == ""


def test_page_after_page_tells_every_row_once():
    rows, seen, cursor = list("abcdefg"), [], ""
    while True:
        found, cursor = page(rows, str, 3, cursor)
        seen += found
        if not cursor:
            break
    assert seen == rows


def test_a_row_that_is_gone_does_not_lose_the_place():
    rows = list("abcdefg")
    _, cursor = page(rows, str, 3, "")
    assert list(page([row for row in rows if row != "a"], str, 2, cursor)[0]) == ["d", "e"]
    assert list(page([row for row in rows if row != "c"], str, 2, cursor)[0]) == ["d", "e"]
    assert page([], str, 2, cursor) == ([], "")


@pytest.mark.parametrize("cursor", ["x", "%%", "W10", "WyJhIiwxXQ", "Wy0xLCJhIl0", "W3RydWUsImEiXQ", "é", "\ud800"])
def test_a_foreign_cursor_is_refused(cursor):
    with pytest.raises(HTTPException) as refused:
        page(list("abc"), str, 1, cursor)
    assert refused.value.status_code == 422
