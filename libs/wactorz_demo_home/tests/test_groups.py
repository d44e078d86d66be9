import pytest

from wactorz_demo_home.errors import CallError
from wactorz_demo_home.groups import Groups

EMPTY = {"aliases": [], "icon": None, "level": None}


def test_groups_come_change_and_go():
    floors = Groups("floor", EMPTY, [])
    made = floors.create({"name": "Top floor", "level": 3})
    assert (made["floor_id"], made["level"], made["aliases"]) == ("top_floor", 3, [])
    assert floors.update("top_floor", {"name": "Roof"})["name"] == "Roof"
    floors.delete("top_floor")
    assert floors.rows == {}


def test_names_are_given_once():
    floors = Groups("floor", EMPTY, [])
    floors.create({"name": "Top floor"})
    floors.create({"name": "Cellar"})
    with pytest.raises(CallError, match=r"The name topfloor \(topfloor\) is already in use"):
        floors.create({"name": "topfloor"})
    with pytest.raises(CallError, match="already in use"):
        floors.update("cellar", {"name": "Top Floor"})
    assert floors.update("cellar", {"name": "Cellar"})["name"] == "Cellar"


def test_what_is_not_there():
    labels = Groups("label", {}, [])
    with pytest.raises(CallError, match="Label ID doesn't exist"):
        labels.delete("nope")
    with pytest.raises(CallError, match="Unknown error"):
        labels.update("nope", {"name": "x"})
