"""Names in sentences."""

import pytest

from wactorz_common.language import speaking
from wactorz_home_assistant import inline, is_or_are, join


@pytest.mark.parametrize(
    ("names", "verb"),
    [(["Lamp"], "is"), (["Blinds"], "are"), (["Bus"], "is"), (["Glass"], "is"), (["A", "B"], "are")],
)
def test_verb(names: list[str], verb: str):
    assert is_or_are(names) == verb


def test_inline():
    assert inline("Front door") == "front door"
    assert inline("TV") == "TV"


def test_join():
    assert join(["Kitchen light"]) == "Kitchen light"
    assert join(["Kitchen light", "TV", "Office light"]) == "Kitchen light, TV and office light"


def test_german_nouns_keep_their_capital():
    with speaking("de"):
        assert join(["Licht", "Haustür", "Fenster"]) == "Licht, Haustür und Fenster"
        assert (is_or_are(["Haus"]), is_or_are(["Licht", "Haustür"])) == ("ist", "sind")
