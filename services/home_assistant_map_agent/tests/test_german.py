from wactorz_common.contracts.home import Area, House
from wactorz_common.language import speaking
from wactorz_home_assistant_map_agent import german, wording
from wactorz_testing.phrases import gaps


def test_every_sentence_has_a_german_twin():
    assert gaps(german) == []


def test_the_house_is_told_in_german():
    house = House(version=3, name="Zuhause", areas=(Area(area_id="a", name="Küche"),))
    with speaking("de"):
        assert wording.status(house, "", 1) == (
            "Home Assistant ist verbunden. Zuhause: 1 Bereich, 0 Geräte, 0 Entitäten (Version 3); "
            "1 Änderung bemerkt, seit ich laufe."
        )
