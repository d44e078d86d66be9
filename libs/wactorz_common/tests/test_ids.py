import re
import string
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wactorz_common.errors import ContractError
from wactorz_common.ids import NAME_PATTERN, RESERVED_NAMES, Clock, HlcId, check_name

LAST_SECOND = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())
FIRST_SECOND = int(datetime(1, 1, 1, tzinfo=UTC).timestamp())
TAILS = st.text(string.ascii_letters + string.digits + "_", max_size=20)
IDS = st.builds(HlcId, st.integers(FIRST_SECOND, LAST_SECOND), st.integers(0, 9999), TAILS)
times = st.lists(st.floats(1_700_000_000, 1_700_000_010), min_size=1, max_size=200)


@given(IDS)
def test_text_and_back_gives_the_same_id(hlc):
    assert HlcId.parse(str(hlc)) == hlc


@given(IDS, IDS)
def test_ids_are_ordered_as_their_texts_are(one, other):
    assert (one < other) == (str(one) < str(other))
    assert (one == other) == (str(one) == str(other))


@given(times, st.booleans())
def test_a_clock_never_repeats_and_never_runs_backwards(moments, message):
    left = iter(moments)
    clock = Clock(lambda: next(left))
    texts = [clock.mint_message() if message else clock.mint("main") for _ in moments]
    stems = [text.split("-")[0] for text in texts]
    assert stems == sorted(stems)
    assert len(set(stems)) == len(stems)


def test_a_clock_that_stands_still_counts_on_into_the_next_second():
    clock = Clock(lambda: 1_770_000_000.5)
    texts = [clock.mint("n") for _ in range(10_003)]
    assert texts == sorted(texts)
    assert len(set(texts)) == len(texts)
    assert HlcId.parse(texts[9_999]).count == 9_999
    assert HlcId.parse(texts[10_000]) == HlcId(1_770_000_001, 0, "n")


@given(times, st.lists(st.builds(HlcId, st.integers(1_699_999_000, 1_700_003_600), st.integers(0, 9999)), min_size=1))
def test_after_a_merge_the_clock_is_past_both(moments, remotes):
    state = {"now": 0.0}
    clock = Clock(lambda: state["now"])
    last = ""
    for moment, remote in zip(moments, remotes, strict=False):
        state["now"] = moment
        clock.merge(remote)
        text = clock.mint("n")
        assert text > last
        if remote.seconds <= moment:
            assert HlcId.parse(text) > remote
        last = text


def test_a_merge_follows_an_id_that_is_ahead():
    clock = Clock(lambda: 1000.0)
    clock.merge(HlcId(2000, 9_999, "x"))
    assert HlcId.parse(clock.mint("n")) > HlcId(2000, 9_999, "x")


def test_an_id_from_the_far_future_does_not_carry_the_clock_away():
    clock = Clock(lambda: 1000.0)
    clock.merge(HlcId(LAST_SECOND, 9_999, "x"))
    assert HlcId.parse(clock.mint("n")).seconds == 1000


def test_two_processes_mint_different_message_ids():
    one, other = Clock(lambda: 1000.0), Clock(lambda: 1000.0)
    assert len({clock.mint_message() for clock in (one, other) for _ in range(500)}) == 1000


@given(st.text())
def test_every_node_name_gives_a_valid_id(node):
    text = Clock(lambda: 1_770_000_000.0).mint(node)
    hlc = HlcId.parse(text)
    assert len(hlc.tail) <= 20
    assert hlc.tail == re.sub(r"[^A-Za-z0-9_]", "_", node)[:20]


def test_an_id_reads_as_the_specification_shows_it():
    moment = datetime(2026, 2, 12, 9, 15, 30, tzinfo=UTC).timestamp()
    assert Clock(lambda: moment).mint("raspberry-1") == "20260212T091530.0000Z-raspberry_1"


@pytest.mark.parametrize(
    "text",
    [
        "", "20260212T091530", "20260212T091530.1Z", "20260212T091530.0001", "20260212T091530.0001Z-",
        "20260212T091530.0001Z-a-b", "20260212T091530.0001Z-ä", "20260212T091530.0001Z\n", "x20260212T091530.0001Z",
        "20261312T091530.0001Z", "20260230T091530.0001Z", "20260212T251530.0001Z", "20260212T091560.0001Z",
        "00000101T000000.0000Z", "٢0260212T091530.0001Z",
    ],
)  # fmt: skip
def test_what_is_not_an_id_is_refused(text):
    with pytest.raises(ContractError):
        HlcId.parse(text)


@given(st.text())
def test_no_text_crashes_the_parser(text):
    try:
        assert str(HlcId.parse(text)) == text
    except ContractError:
        return


@given(st.from_regex(NAME_PATTERN, fullmatch=True).filter(lambda name: name.strip() == name))
def test_names_by_the_grammar_are_taken(name):
    if name not in RESERVED_NAMES:
        assert check_name(name) == name
        assert 1 <= len(name) <= 32


@pytest.mark.parametrize(
    "name", ["", "-a", "a-", "A", "a_b", "a b", "a/b", "a+", "#", "a" * 33, "main\n", "ä", "by-name", "a\x00", "."]
)
def test_other_names_are_refused(name):
    with pytest.raises(ContractError, match="is not a valid name"):
        check_name(name)


@given(st.text(max_size=40))
def test_a_name_is_one_plain_topic_level(text):
    try:
        name = check_name(text)
    except ContractError:
        return
    assert set(name) <= set(string.ascii_lowercase + string.digits + "-")
