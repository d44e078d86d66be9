"""German as people say it: word order, separable verbs, joined words, cases, both spellings, and answers."""

import pytest

from wactorz_understanding.answers import answer
from wactorz_understanding.context import Context
from wactorz_understanding.understander import Understander

KITCHEN = "light.arbeitsplatte,light.kueche_decke"
OFFICE = "light.buero_decke,light.schreibtisch"


@pytest.fixture(scope="module")
def german_house(corpus):
    return corpus.load_house("house_de")


@pytest.fixture(scope="module")
def german(german_house):
    understander = Understander("de")
    understander.load(german_house)
    return understander


@pytest.fixture(scope="module")
def lies(german, corpus):
    return lambda text, area_id=None: corpus.spell(german.understand(text, area_id))


@pytest.mark.parametrize("text", [
    "Schalt bitte das Licht in der Küche wieder aus.", "das Licht in der Küche bitte ausschalten", "Küche Licht aus",
    "in der Küche das Licht aus", "mach das Licht aus in der Küche", "Küchenlicht aus", "Küchenlampen aus",
    "kannst du mal das Küchenlicht ausmachen?", "schalten Sie das Licht in der Küche aus", "Kuechenlicht aus",
    "ich will, dass du das Licht in der Küche ausmachst", "schalte das Licht in der Kueche aus",
])  # fmt: skip
def test_every_word_order_says_the_same(lies, text):
    assert lies(text) == f"light.turn_off {KITCHEN}"


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("Bürolicht aus", f"light.turn_off {OFFICE}"),
        ("Wohnzimmerrollladen runter", "cover.close_cover cover.wohnzimmer"),
        ("Küchendeckenlampe an", "light.turn_on light.kueche_decke"),
        ("Büroventilator an", "fan.turn_on fan.buero"),
        ("mach die Schlafzimmerheizung aus", "climate.set_hvac_mode climate.schlafzimmer hvac_mode=off"),
        ("stelle die Lautstärke des Fernsehers auf 30 Prozent",
         "media_player.volume_set media_player.fernseher volume_level=0.3"),
        ("mach alle Lichter oben außer des Nachtlichts aus",
         ("light.turn_off light.bad,light.dachboden,light.nacht_links,light.nacht_rechts,light.schlafzimmer_decke,"
          "light.spiegel,light.sternenlampe")),
        ("mach die Nachttischlampen aus", "light.turn_off light.nacht_links,light.nacht_rechts"),
        ("mach Licht im Bad", "light.turn_on light.bad,light.spiegel"),
    ],
)  # fmt: skip
def test_joined_words_cases_and_plurals(lies, text, expect):
    assert lies(text) == expect


def test_all_the_light_of_a_room_is_meant_though_one_device_is_called_light(lies):
    assert lies("Licht aus", "arbeitszimmer") == f"light.turn_off {OFFICE}"
    assert lies("Licht aus", "gaeste_wc") == "light.turn_off light.wc"


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("schließ die Haustür ab", "lock.lock lock.haustuer"),
        ("schließ die Haustür auf", "lock.unlock lock.haustuer"),
        ("schließ die Haustür und die Terrassentür ab", "lock.lock lock.haustuer; lock.lock lock.terrasse"),
        ("schließ die Haustür und die Terrassentür auf", "lock.unlock lock.haustuer; lock.unlock lock.terrasse"),
        ("Haustür abschließen", "lock.lock lock.haustuer"),
        ("Haustür aufschließen", "lock.unlock lock.haustuer"),
        ("schließe das Garagentor", "cover.close_cover cover.garage"),
        ("schließe die Haustür nicht auf", "nothing"),
        ("schließ bloß nicht die Haustür auf", "nothing"),
        ("schließ die Haustür auf keinen Fall auf", "nothing"),
    ],
)
def test_the_end_of_a_separable_verb_decides(lies, text, expect):
    assert lies(text) == expect


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("um 7 Uhr", "07:00"), ("um halb acht", "07:30"), ("um Viertel nach sechs", "06:15"), ("um 6 Uhr 30", "06:30"),
        ("um Viertel vor sieben", "06:45"), ("um dreiviertel acht", "07:45"), ("um 17:30 Uhr", "17:30"),
        ("um Mitternacht", "00:00"), ("um zwölf Uhr", "12:00"), ("um 8 Uhr abends", "20:00"),
    ],
)  # fmt: skip
def test_times_of_day(lies, said, at):
    assert (
        lies(f"schalte jeden Tag {said} das Radio ein")
        == f"trigger time {at} do media_player.turn_on media_player.radio"
    )


@pytest.mark.parametrize("text", [
    "öffne die Jalousie um 7", "am Montag um 7 das Radio einschalten", "schalte das Radio um 7 ein",
    "jeden zweiten Tag um 7 Uhr das Radio einschalten", "schalte das Radio eine Stunde lang ein",
])  # fmt: skip
def test_once_and_later_is_not_now(lies, text):
    assert lies(text) == "nothing"


@pytest.mark.parametrize("text", [
    "ist die Terrassentür zu", "welche Geräte sind an", "brennt irgendwas", "wo ist der Schlüssel",
])  # fmt: skip
def test_a_question_is_not_an_unknown_device(lies, text):
    assert not lies(text).startswith("unknown")


@pytest.mark.parametrize(
    ("text", "states", "said"),
    [
        ("ist die Haustür abgeschlossen?", {"lock.haustuer": "locked"}, "Ja, Haustür ist abgeschlossen."),
        ("ist das Garagentor offen?", {"cover.garage": "closed"}, "Nein, Garagentor ist geschlossen."),
        ("läuft der Fernseher noch?", {"media_player.fernseher": "off"}, "Nein, Fernseher ist aus."),
        ("wie warm ist es in der Küche?", {"sensor.kueche_temperatur": "21.5"}, "Temperatur ist 21,5 °C."),
        ("gibt es Bewegung in der Garage?", {"binary_sensor.garage_bewegung": "on"}, "Ja, Bewegung ist ausgelöst."),
        ("brennt in der Garage noch Licht?", {"light.garage": "on"}, "Ja, an: Garagenlicht."),
        ("wie viele Lampen sind im Bad an?", {"light.bad": "on", "light.spiegel": "off"}, "1 von 2 ist an: Badlicht."),
        ("welche Lampen sind im Bad an?", {"light.bad": "on", "light.spiegel": "on"},
         "Badlicht und Spiegellicht sind an (2 von 2)."),
    ],
)  # fmt: skip
def test_answers_are_german(german, german_house, text, states, said):
    live = [e.model_copy(update={"state": states[e.entity_id]}) for e in german_house.entities if e.entity_id in states]
    assert answer(german.understand(text), live) == said


def test_what_is_asked_back_and_told_is_german(german):
    asked = german.understand("schalte den Ventilator ein", Context())
    assert asked.meaning.question == "Welches meinst du: Ventilator (Schlafzimmer) oder Ventilator (Arbeitszimmer)?"
    done = german.understand("den im Büro", asked.context)
    assert done.meaning.summary == "Ventilator (Arbeitszimmer) einschalten"
    assert german.understand("mach die Stehlampe grün").summary == "Stehlampe auf Grün stellen"
    assert german.understand("Klimaanlage auf 21,5 Grad").summary == "Klimaanlage auf 21,5 Grad stellen"
    rule = german.understand("jeden Montag um halb acht die Haustür abschließen")
    assert rule.summary == "Um 07:30 am Montag: Haustür abschließen."


@pytest.mark.parametrize("text", [
    "wenn es draußen kälter als 5 Grad ist, schalte die Teichpumpe aus",
    "schalte die Teichpumpe aus, wenn es draußen kälter als 5 Grad wird",
])  # fmt: skip
def test_outside_is_what_is_called_so(lies, text):
    assert lies(text) == "trigger sensor.aussen <5 do switch.turn_off switch.teichpumpe"
