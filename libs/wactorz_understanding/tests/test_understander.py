"""The corpus, and what must never happen to any sentence."""

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wactorz_common.contracts.home import House
from wactorz_understanding.meaning import MEANING, Ambiguous, Calls, NotUnderstood, RuleMeaning
from wactorz_understanding.understander import Understander

PARTS = ("tuned", "held_out")
WORDS = [
    "turn",
    "switch",
    "on",
    "off",
    "the",
    "a",
    "kitchen",
    "light",
    "lamp",
    "bedroom",
    "lights",
    "all",
    "every",
    "except",
    "and",
    "then",
    "when",
    "if",
    "whenever",
    "only",
    "front",
    "door",
    "opens",
    "is",
    "open",
    "set",
    "to",
    "30",
    "%",
    "degrees",
    "above",
    "below",
    "goes",
    "temperature",
    "not",
    "don't",
    "never",
    "lock",
    "unlock",
    "garage",
    "blinds",
    "close",
    "for",
    "5",
    "minutes",
    "everything",
    "in",
    "red",
    ",",
    ".",
    "?",
    "at",
    "most",
    "once",
    "every",
    "hour",
    "motion",
    "detected",
    "fan",
]


@pytest.mark.parametrize("part", PARTS)
def test_nothing_wrong_is_done(part, corpus, understander):
    rows = corpus.load_corpus(part)
    wrong = [row["say"] for row in rows if corpus.is_wrong_action(row, understander.understand(row["say"]))]
    assert len(rows) > 75
    assert wrong == []


@pytest.mark.parametrize("kind", ["plain", "rule", "question", "name", "trap"])
@pytest.mark.parametrize("part", PARTS)
def test_nine_of_ten_sentences_are_read_right(part, kind, corpus, understander):
    rows = [row for row in corpus.load_corpus(part) if row["kind"] == kind]
    right = [row for row in rows if corpus.is_right(row, understander.understand(row["say"]))]
    assert len(right) >= 0.9 * len(rows)


@pytest.mark.parametrize(
    "frame",
    [
        "don't {}", "do not {}", "never {}", "{}?", "should i {}", "did you {}", "why did you {}", "when {}", "if {}",
        "{} when", "{} if it rains", "{} tomorrow", "{} in 5 minutes", "{} and tell me a joke", "{} unless i say no",
        "{} or not", "he said {}", "tell me how to {}", "what happens when you {}", "{} when hell freezes over",
        "whenever possible, {}", "{} and do not open the garage door", "is it wise to {}", "{} until noon",
    ],
)  # fmt: skip
def test_a_command_in_a_frame_is_not_a_command(frame, corpus, understander):
    acted = []
    for part in PARTS:
        for row in corpus.load_corpus(part):
            if row["kind"] == "plain":
                meaning = understander.understand(frame.format(row["say"].rstrip("?!. ").removesuffix(" please")))
                acted += [row["say"]] if isinstance(meaning, Calls | RuleMeaning) else []
    assert [text for text in acted if " you " not in text] == []


def test_every_device_is_found_by_its_name_and_no_other(house, understander):
    for entity in house.entities:
        meaning = understander.understand(f"Turn on the {entity.name}.")
        if isinstance(meaning, Calls):
            meant = {entity_id for call in meaning.calls for entity_id in call.entity_id}
            assert all(
                next(e for e in house.entities if e.entity_id == entity_id).name == entity.name for entity_id in meant
            )


def test_a_single_possible_device_is_asked_for_by_name(understander):
    meaning = understander.understand("close the door")
    assert isinstance(meaning, Ambiguous)
    assert len(meaning.choices) == 1
    assert meaning.question == f"Do you mean {meaning.choices[0].label}?"


@pytest.mark.parametrize(
    "text",
    ["", " ", "?", "x" * 10_000, "turn on the kitchen light" + " " * 600, "turn on\x00 the kitchen light", "\ud800", "💡" * 50,
     "((((" * 100, "[turn] on {name} <the>", "{{{}}}", "turn on \\", ", and and , and", "-" * 400, "1" * 499, "a?b"],
)  # fmt: skip
def test_odd_text_means_nothing(text, understander):
    assert isinstance(understander.understand(text), NotUnderstood)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=600))
def test_any_text_has_a_meaning_and_no_text_acts(text, understander):
    meaning = understander.understand(text)
    assert not isinstance(meaning, Calls | RuleMeaning)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.sampled_from(WORDS), max_size=30))
def test_any_words_have_a_meaning_that_travels(words, understander):
    meaning = understander.understand(" ".join(words))
    assert MEANING.validate_json(meaning.encode()) == meaning
    if {"don't", "never", "?"} & set(words):
        assert not isinstance(meaning, Calls)


def test_nothing_is_understood_before_a_house_is_loaded():
    assert isinstance(Understander().understand("turn on the kitchen light"), NotUnderstood)


def test_a_new_house_replaces_the_old_one(house):
    understander = Understander()
    understander.load(house)
    understander.load(House(version=house.version + 1))
    assert not isinstance(understander.understand("turn on the kitchen light"), Calls)


def test_importing_the_package_is_cheap():
    code = "import sys, wactorz_understanding; print([m for m in ('hassil', 'yaml', 'rapidfuzz', 'pydantic') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "[]"


@pytest.mark.parametrize(
    ("said", "area_id", "expected"),
    [
        ("turn off the lights", "bedroom", "light.turn_off light.bedroom_ceiling,light.bedroom_light,light.bedside_lamp"),
        ("turn on the ceiling light", "office", "light.turn_on light.office_ceiling"),
        ("turn on the light", "kitchen", "ambiguous light.kitchen_light,light.salt_and_pepper"),
        ("what is the temperature", "kitchen", "ask sensor.kitchen_temperature"),
        ("set the temperature to 21", "living_room", "climate.set_temperature climate.living_room_thermostat temperature=21"),
    ],
)  # fmt: skip
def test_the_room_of_the_speaker_counts(said, area_id, expected, read):
    assert read(said, area_id) == expected
