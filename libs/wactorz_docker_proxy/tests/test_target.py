"""Paths and queries: one spelling each."""

import pytest
from hypothesis import given, strategies

from wactorz_docker_proxy.refusal import Refused
from wactorz_docker_proxy.target import parse


@pytest.mark.parametrize("prefix", ["", "/v1.41", "/v1.24", "/v1.50"])
def test_the_version_may_precede(prefix: str) -> None:
    target = parse(f"{prefix}/containers/abc/stop?t=5")
    assert target.parts == ("containers", "abc", "stop")
    assert target.query == {"t": "5"}


def test_a_query_is_decoded_once() -> None:
    assert parse("/events?filters=%7B%22event%22%3A%5B%22%2564ie%22%5D%7D").query == {"filters": '{"event":["%64ie"]}'}


@pytest.mark.parametrize(
    "raw",
    [
        "", "containers/json", "//containers/json", "/containers//json", "/containers/json/", "/containers/../info",
        "/v1.24/../info", "/v1.41/./info", "/containers/%2e%2e/info", "/containers/%6as", "/containers/a b/json",
        "/containers/a\\b/json", "http://docker/info", "/containers/ä/json", "/containers/a\n/json",
        "/info?a=1&a=1", "/info?a=1;b=2", "/info?a", "/info?a=1&&b=2", "/info?a=1#b",
        "/info?" + "&".join(f"k{number}=1" for number in range(40)), "/" + "a" * 3000,
    ],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_is_refused(raw: str) -> None:
    with pytest.raises(Refused):
        parse(raw)


@given(strategies.text(alphabet="/.%v1240aZ?&=;#\\ -_:é\n", max_size=40))
def test_no_part_is_empty_relative_or_encoded(raw: str) -> None:
    try:
        target = parse(raw)
    except Refused:
        return
    assert target.parts
    for part in target.parts:
        assert part not in ("", ".", "..")
        assert not set(part) & set("%/\\ \n")
