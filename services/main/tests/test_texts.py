import pytest

from wactorz_common.contracts.spawning import Approval
from wactorz_common.contracts.tasks import TaskState
from wactorz_main import texts


def make_approval(**more):
    return Approval(id="ab12", kind="actuation", agent="a", summary="unlock Front Door.", arguments_sha256="0",
                    created_at=0, expires_at=120, **more)  # fmt: skip


def test_every_sentence_of_a_language_has_the_same_blanks_as_the_english_one():
    english = texts._TEXTS["en"]
    for language, sentences in texts._TEXTS.items():
        for key, sentence in sentences.items():
            blanks = {part.partition("}")[0] for part in english[key].split("{")[1:]}
            assert {part.partition("}")[0] for part in sentence.split("{")[1:]} == blanks, (language, key)


def test_an_unknown_language_and_a_regional_one():
    assert texts.say("fr", "done") == "Done."
    assert texts.say("de-AT", "done") == "Erledigt."
    assert texts.ended("de", TaskState.EXPIRED).startswith("Das wurde nicht getan")


def test_waiting_says_what_until_when_and_how():
    said = texts.waiting("en", make_approval(), 30, "UTC")
    assert said == (
        "This waits for your yes until 00:02:00 (90 s): unlock Front Door.\n"
        "Answer yes or no here, or type /approve ab12 or /deny ab12."
    )
    with_pin = texts.waiting("de", make_approval(needs_pin=True), 30, "Europe/Berlin")
    assert "bis 01:02:00 (90 s)" in with_pin
    assert "/approve ab12 PIN" in with_pin


def test_without_a_session_a_yes_is_given_elsewhere():
    assert "wactorz approve ab12" in texts.waiting("en", make_approval(), 30, "UTC", here=False)


def test_a_sentence_ends_with_one_mark():
    assert [texts.sentence(text) for text in ("a", "a.", "a...", "a?")] == ["a.", "a.", "a.", "a?"]


def test_names_with_an_or():
    assert texts.either("en", ["a"]) == "a"
    assert texts.either("de", ["a", "b", "c"]) == "a, b oder c"


def test_an_unknown_zone_is_no_fault():
    assert len(texts.clock(0, "Mars/Olympus")) == 8


@pytest.mark.parametrize(
    ("language", "said", "answered"),
    [("en", "yes", "Nothing waits"), ("de", "nein", "Hier wartet nichts"), ("en", "Hello there!", "Hello"),
     ("de", "danke schön", "Gern"), ("en", "hello kitty", ""), ("en", "turn on the light", "")],
)  # fmt: skip
def test_small_talk(language, said, answered):
    told = texts.small_talk(language, said)
    assert told.startswith(answered)
    assert bool(told) == bool(answered)
