from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.language import speaking
from wactorz_monitor import german, specs
from wactorz_monitor.admission import problem_of_name
from wactorz_testing.phrases import gaps

STATES = {"Running", "Stopped", "Paused", "Failed", "Quarantined", "Silent"}


def test_every_sentence_has_its_german_twin():
    assert gaps(german, STATES) == []
    assert STATES - german.GERMAN.keys() == set()


def test_a_name_that_is_taken_is_refused_in_german():
    with speaking("de"):
        assert problem_of_name("main").startswith("'main' heißt ein Dienst dieses Systems")


def test_what_a_yes_would_let_happen_is_told_in_german():
    spec = SpawnSpec(name="cam", kind="dynamic", code="x", install=("pillow",), grants={"model": True})
    with speaking("de"):
        told = specs.in_words(specs.canonical(spec, "local"), replaces=False)
    assert (
        told
        == "Den Agenten cam (dynamic) auf local erzeugen; er darf das Sprachmodell fragen und braucht die Pakete pillow"
    )
