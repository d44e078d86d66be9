"""Languages without a file of their own read what the shared pack gives, and never less than the whole sentence."""

import pytest

from wactorz_common.contracts.home import Area, Entity, House
from wactorz_common.errors import ConfigError
from wactorz_understanding.bare import bare_codes, bare_data
from wactorz_understanding.context import Context
from wactorz_understanding.language import available, load_language, possible
from wactorz_understanding.understander import Understander


def house_of(language, areas, entities):
    return House(
        version=1,
        language=language,
        areas=tuple(Area(area_id=area_id, name=name) for area_id, name in areas.items()),
        entities=tuple(Entity(entity_id=e, name=name, area_id=area) for e, name, area in entities),
    )


@pytest.fixture(scope="module")
def french():
    understander = Understander("en", ("de", "fr"))
    understander.load(
        house_of("fr", {"cuisine": "Cuisine", "salon": "Salon"}, [
            ("light.plafonnier", "Plafonnier", "cuisine"), ("light.lampadaire", "Lampadaire", "salon"),
            ("light.applique", "Applique", "salon"), ("lock.entree", "Porte d'entrée", "cuisine"),
            ("cover.volet", "Volet", "salon"),
        ])
    )  # fmt: skip
    return understander


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("allume le lampadaire", "light.turn_on light.lampadaire"),
        ("éteins les lumières du salon", "light.turn_off light.applique,light.lampadaire"),
        ("règle la luminosité du lampadaire à 30 %", "light.turn_on light.lampadaire brightness_pct=30"),
        ("ferme le volet", "cover.close_cover cover.volet"),
        ("verrouille la porte d'entrée", "lock.lock lock.entree"),
        ("déverrouille la porte d'entrée", "lock.unlock lock.entree"),
        ("n'allume pas le lampadaire", "nothing"),
        ("allume le lampadaire ?", "nothing"),
        ("allume le lampadaire demain", "nothing"),
        ("si la porte d'entrée est ouverte, allume le lampadaire", "nothing"),
        ("allume le lampadaire ou le plafonnier", "nothing"),
    ],
)
def test_french_is_read_by_the_shared_pack(french, corpus, text, expect):
    assert corpus.spell(french.understand(text)) == expect


def test_the_language_is_told_and_kept(french):
    first = french.understand("turn on the Lampadaire", Context())
    second = french.understand("éteins le lampadaire", first.context)
    assert (first.language, second.language) == ("en", "fr")


def test_a_language_with_a_file_is_not_bare():
    assert {"en", "de"} <= set(available())
    assert load_language("de").data["templates"]["commands"]


def test_every_bare_language_has_all_parts_and_no_word():
    english = load_language("en").data
    data = bare_data(english, "fr")
    assert data.keys() == english.keys()
    assert data["words"].keys() == english["words"].keys()
    assert data["kinds"].keys() == english["kinds"].keys()
    assert not any(data["templates"].values())


def test_languages_without_spaces_are_refused_with_the_choice():
    assert "ja" not in possible()
    assert {"en", "de", "fr", "es", "pt-BR"} <= set(possible())
    assert len(bare_codes()) > 50
    with pytest.raises(ConfigError, match=r"no language 'ja': choose one of .*fr"):
        load_language("ja")
