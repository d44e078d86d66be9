"""What the SPARQL protocol sends, and what its answers mean."""

import pytest

from wactorz_gateway.graph.protocol import (
    FORM,
    QUERY,
    UPDATE,
    ProtocolError,
    bounded,
    form_of,
    media_type_of,
    refusal_of,
)

ASK = "application/sparql-query"


def test_a_query_comes_in_three_ways():
    wanted = [("query", "ASK {}"), ("default-graph-uri", "http://e/g")]
    pairs = "query=ASK+%7B%7D&default-graph-uri=http%3A%2F%2Fe%2Fg"
    assert form_of(QUERY, pairs, None, b"") == wanted
    assert form_of(QUERY, "", FORM, pairs.encode()) == wanted
    assert form_of(QUERY, "default-graph-uri=http%3A%2F%2Fe%2Fg", f"{ASK}; charset=UTF-8", b"ASK {}") == wanted


def test_only_the_protocols_own_parameters_go_on():
    pairs = "query=ASK+%7B%7D&format=csv&timeout=0&update=DROP+ALL&using-graph-uri=x&results=json"
    assert form_of(QUERY, pairs, None, b"") == [("query", "ASK {}")]
    assert form_of(QUERY, "query=DESCRIBE+%3Cx%3E", ASK, b"ASK {}") == [("query", "ASK {}")]
    assert form_of(UPDATE, "", FORM, b"update=CLEAR+ALL&query=x") == [("update", "CLEAR ALL")]


@pytest.mark.parametrize(
    ("address", "content_type", "body", "status"),
    [
        ("", None, b"", 400),
        ("query=", None, b"", 400),
        ("query=a&query=b", None, b"", 400),
        ("query=%ff", None, b"", 400),
        ("query=a&" + "x=1&" * 500, None, b"", 400),
        ("query=a&" + "named-graph-uri=g&" * 60, None, b"", 400),
        ("", ASK, b"\xff", 400),
        ("", ASK, b" ", 400),
        ("query=a", "", b"", 415),
        ("", "application/json", b"{}", 415),
        ("", "application/sparql-update", b"CLEAR ALL", 415),
    ],
)
def test_what_is_no_query_is_said(address, content_type, body, status):
    with pytest.raises(ProtocolError) as caught:
        form_of(QUERY, address, content_type, body)
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("status", "told", "word"),
    [
        (302, 502, "elsewhere"), (400, 400, "bad word"), (401, 502, "FUSEKI_PASSWORD"), (403, 502, "FUSEKI_USER"),
        (404, 404, "'wactorz'"), (406, 406, "form"), (415, 400, "bad word"), (500, 502, "bad word"), (503, 502, "503"),
    ],
)  # fmt: skip
def test_what_the_store_refuses_is_told_in_its_words(status, told, word):
    refusal = refusal_of(QUERY, "wactorz", status, "bad word")
    assert refusal.status == told
    assert word in refusal.detail


def test_what_it_takes_is_no_refusal():
    assert refusal_of(UPDATE, "wactorz", 204, "") is None


def test_its_words_are_bounded_and_printable():
    assert bounded("a\x1b[31m\r\nb\0") == "a [31m b"
    assert len(bounded("a" * 10_000)) == 2_000
    assert bounded(" ") == "it does not say why"


def test_no_answer_is_a_page():
    assert media_type_of("text/html") == "application/octet-stream"
    assert media_type_of("") == "application/octet-stream"
    assert media_type_of("text/csv;charset=x") == "text/csv; charset=utf-8"
    assert media_type_of("application/sparql-results+json") == "application/sparql-results+json"
