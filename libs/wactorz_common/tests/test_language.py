import asyncio

import pytest

from wactorz_common.language import (
    Phrases,
    chosen_language,
    decimal,
    from_tables,
    grouped,
    language,
    preferred_language,
    speak,
    speaking,
)

phrase = Phrases({"{name} is away": "{name} ist nicht da"})


def test_english_is_spoken_until_somebody_says_otherwise():
    assert (language(), chosen_language()) == ("en", "")
    with speaking("de-AT"):
        assert (language(), chosen_language()) == ("de-AT", "de-AT")
        with speaking(""):
            assert language() == "en"
        speak("en")
        assert chosen_language() == "en"
    assert chosen_language() == ""


@pytest.mark.parametrize("code", ["", "d", "de de", "../de", "de-", "x" * 30])
def test_what_is_no_language_is_nobody_s(code):
    with speaking(code):
        assert chosen_language() == ""


def test_a_phrase_is_said_in_the_language_at_hand_else_in_english():
    assert phrase("{name} is away", name="planner") == "planner is away"
    with speaking("de-DE"):
        assert phrase("{name} is away", name="planner") == "planner ist nicht da"
        assert phrase("{name} is new", name="planner") == "planner is new"
        assert phrase("as it {is}") == "as it {is}"
    with speaking("fr"):
        assert phrase("{name} is away", name="planner") == "planner is away"


async def test_work_beside_speaks_the_language_of_who_began_it():
    async def beside():
        return language()

    with speaking("de"):
        work = asyncio.create_task(beside())
    assert await work == "de"


@pytest.mark.parametrize(
    ("header", "code"),
    [("de-AT,de;q=0.9,en;q=0.5", "de-AT"), ("en;q=0.4, de;q=0.8", "de"), ("de", "de"), ("", ""), ("*", ""),
     ("de;q=0", ""), ("de;q=x,en;q=0.1", "en"), ("<script>,en", "")],
)  # fmt: skip
def test_the_language_a_browser_prefers(header, code):
    assert preferred_language(header) == code


def test_a_key_is_looked_up_in_the_tables_of_a_package():
    tables = {"en": {"done": "Done: {what}.", "new": "New."}, "de": {"done": "Erledigt: {what}."}}
    assert from_tables(tables, "de-AT", "done", what="a") == "Erledigt: a."
    assert from_tables(tables, "de", "new") == "New."
    assert from_tables(tables, "fr", "done", what="a") == "Done: a."


def test_a_number_has_the_comma_of_its_language():
    assert decimal(21.5) == "21.5"
    with speaking("de"):
        assert (decimal(21.5), decimal(28)) == ("21,5", "28")


def test_long_numbers_stand_in_groups():
    assert (grouped(999), grouped(10_007)) == ("999", "10,007")
    with speaking("de"):
        assert grouped(1_000_000) == "1.000.000"
