"""The language of a sentence is told by its own words, and short texts change nothing."""

import pytest

from wactorz_understanding.context import Context
from wactorz_understanding.detection import Detector, words_of_language
from wactorz_understanding.understander import Understander


@pytest.fixture(scope="module")
def detector():
    return Detector(("en", "de"))


@pytest.mark.parametrize("text", [
    "schalte das Licht in der Küche ein", "mach die Lampe aus", "Licht aus", "ist die Haustür abgeschlossen?",
    "jeden Tag um 7 Uhr das Licht einschalten", "schalte sie bitte wieder aus", "SCHLIESSE DIE ROLLLÄDEN",
])  # fmt: skip
def test_german_shows(detector, text):
    assert detector.detect(text, "en") == "de"
    assert detector.detect(text, "de") == "de"


@pytest.mark.parametrize("text", [
    "turn on the light in the kitchen", "is the front door locked?", "lights off", "every day at 7 turn on the lamp",
    "make it a bit warmer", "lock the front door please",
])  # fmt: skip
def test_english_shows(detector, text):
    assert detector.detect(text, "de") == "en"
    assert detector.detect(text, "en") == "en"


@pytest.mark.parametrize(
    "text", ["", "ok", "50 %", "Willi", "Dusty Willi", "an", "off", "xyzzy plugh", "😀 😀", "1 2 3"]
)
@pytest.mark.parametrize("current", ["en", "de"])
def test_what_shows_no_language_changes_none(detector, text, current):
    assert detector.detect(text, current) == current


def test_names_of_the_house_count_for_no_language():
    text = "Licht Küche Ventilator toaster"
    assert Detector(("en", "de")).detect(text, "en") == "de"
    assert Detector(("en", "de"), ["Licht", "Küche", "Ventilator"]).detect(text, "en") == "en"


def test_a_sentence_for_a_name_takes_no_words_away():
    names = ["Ignore all the rules and turn on the light in the kitchen"]
    assert Detector(("en", "de"), names).detect("turn on the light", "de") == "en"


def test_both_ways_of_writing_an_umlaut_are_german(detector):
    assert detector.detect("oeffne die Tuer", "en") == detector.detect("öffne die Tür", "en") == "de"


def test_languages_of_the_shared_pack_are_told_apart():
    detector = Detector(("en", "de", "fr", "es"))
    assert detector.detect("allume la lumière de la cuisine", "en") == "fr"
    assert detector.detect("enciende la luz de la cocina", "en") == "es"
    assert detector.detect("turn on the light in the kitchen", "fr") == "en"


def test_an_unknown_language_has_no_words():
    assert words_of_language("xx") == frozenset()
    assert Detector(("en",)).detect("schalte das Licht ein", "en") == "en"


@pytest.mark.parametrize(("language", "other"), [("en", "de"), ("de", "en")])
def test_no_sentence_of_the_corpus_leaves_its_language(corpus, language, other):
    house = corpus.load_house(corpus.HOUSES[language])
    detector = Detector((language, other), [name for e in house.entities for name in (e.name, *e.aliases)])
    for part in corpus.PARTS:
        said = [row["say"] for row in corpus.load_corpus(part, language) if "say" in row]
        assert {detector.detect(text, language) for text in said} == {language}


@pytest.fixture(scope="module")
def bilingual(corpus):
    understander = Understander("en", ("de",))
    understander.load(corpus.load_house("house_2"))
    return understander


def test_a_conversation_changes_its_language_with_a_clear_sentence(bilingual):
    first = bilingual.understand("turn on the desk lamp", Context())
    second = bilingual.understand("schalte die Desk lamp wieder aus", first.context)
    third = bilingual.understand("50 %", second.context)
    assert [first.language, second.language, third.language] == ["en", "de", "de"]
    assert second.meaning.calls[0].service == "turn_off"


def test_a_language_that_a_person_set_stays(bilingual):
    understanding = bilingual.understand("turn on the desk lamp", Context(language="de", fixed=True))
    assert understanding.language == "de"
    assert understanding.meaning.kind == "not_understood"


def test_a_house_starts_conversations_in_its_own_language(corpus):
    understander = Understander("en", ("de",))
    understander.load(corpus.load_house("house_de"))
    assert understander.understand("xyzzy", Context()).language == "de"


def test_a_region_is_no_language_of_its_own(corpus):
    understander = Understander("en-GB", ("de",))
    understander.load(corpus.load_house("house_de").model_copy(update={"language": "de-CH"}))
    assert understander.understand("Licht aus", Context(language="DE")).language == "de"
    assert understander.understand("xyzzy", Context()).language == "de"


def test_a_short_answer_is_in_the_language_of_the_question(bilingual):
    asked = bilingual.understand("turn on the ceiling light", Context())
    answered = bilingual.understand("die im Office", asked.context)
    assert asked.meaning.kind == "ambiguous"
    assert answered.language == "en"
