from wactorz_common.contracts.home import ServiceCall
from wactorz_common.language import speaking
from wactorz_common.verbs import FEATURES
from wactorz_home_assistant import State
from wactorz_home_assistant_actuator import german, wording
from wactorz_testing.phrases import gaps


def test_every_sentence_has_a_german_twin():
    assert gaps(german) == []


def test_every_ability_has_a_german_name():
    clauses = {clause for services in FEATURES.values() for _, clause in services.values()}
    with speaking("de"):
        assert [clause for clause in clauses if german.phrase(clause) == clause] == []


def test_what_is_so_now_is_told_in_german():
    call = ServiceCall(domain="lock", service="unlock", entity_id=("lock.a",))
    states = [State("lock.a", "unlocked", {"friendly_name": "Haustür"})]
    warm = ServiceCall(
        domain="climate", service="set_temperature", entity_id=("climate.a",), data={"temperature": 21.5}
    )
    room = [State("climate.a", "heat", {"friendly_name": "Heizung"}), State("climate.b", "heat")]
    with speaking("de"):
        assert wording.done(call, states, "°C") == "Haustür ist aufgeschlossen."
        assert wording.command(call, ["Haustür"]) == "Haustür aufschließen"
        assert wording.done(warm, room, "°C") == "Heizung und B sind auf 21,5 °C gestellt."


def test_a_lock_that_asks_says_so_in_german():
    call = ServiceCall(domain="lock", service="unlock", entity_id=("lock.a",))
    state = State("lock.a", "locked", {"friendly_name": "Haustür"})
    with speaking("de"):
        asked = wording.asks(call, state, "Haustür würde aufgeschlossen")
    assert asked == "Aufschließen braucht dein Ja; Haustür bleibt bis dahin abgeschlossen."
