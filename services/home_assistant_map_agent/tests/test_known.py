"""The house as it is known and kept."""

import json

from wactorz_common.contracts.home import HouseQuery
from wactorz_home_assistant import Registries, State
from wactorz_home_assistant_map_agent.known import from_kept, take_survey, to_keep

URL = "http://ha.local:8123"
STATES = {"light.lamp": State("light.lamp", "on", {"friendly_name": "Lamp"})}


def test_a_new_house_gets_the_next_version():
    first = take_survey(Registries(), STATES, None, 6)
    assert (first.house.version, first.packed.version) == (7, 7)
    other = take_survey(Registries(), {**STATES, "light.b": State("light.b", "off")}, first, 7)
    assert other.house.version == 8
    assert other.digest != first.digest


def test_the_same_house_keeps_its_version():
    first = take_survey(Registries(), STATES, None, 0)
    moved = {"light.lamp": State("light.lamp", "off", {"friendly_name": "Lamp"})}
    assert take_survey(Registries(), moved, first, 1) is first


def test_what_is_kept_is_the_house_again():
    known = take_survey(Registries(), STATES, None, 3)
    kept = json.loads(json.dumps(to_keep(known, URL)))
    again = from_kept(kept, URL)
    assert again == known
    assert again is not None
    assert again.packed.part(HouseQuery()).version == 4


def test_another_home_and_an_older_program_left_nothing():
    kept = to_keep(take_survey(Registries(), STATES, None, 3), URL)
    assert from_kept(kept, "http://elsewhere:8123") is None
    assert from_kept({"version": 3, "digest": "x"}, URL) is None
    assert from_kept({**kept, "pieces": ["not base64!"]}, URL) is None
    assert from_kept({}, URL) is None
