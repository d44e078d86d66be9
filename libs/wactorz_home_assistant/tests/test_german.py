from wactorz_common.language import speaking
from wactorz_home_assistant import german
from wactorz_home_assistant.client import HomeAssistant
from wactorz_testing.phrases import gaps

OF_THE_SYSTEM = {"connection refused"}


def test_every_sentence_has_its_german_twin():
    assert gaps(german, OF_THE_SYSTEM) == []


def test_why_the_house_is_away_is_told_to_each_in_their_language():
    home = HomeAssistant("http://ha:8123", "token")
    assert home.problem.startswith(
        "Home Assistant at http://ha:8123 cannot be reached: no connection has been made yet."
    )
    with speaking("de"):
        assert home.problem == (
            "Home Assistant unter http://ha:8123 ist nicht erreichbar: es gab noch keine Verbindung. "
            "Prüfe, ob es läuft und ob HA_URL stimmt"
        )
