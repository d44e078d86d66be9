import pytest

from wactorz_demo_home.catalog import SERVICES, with_scripts
from wactorz_demo_home.errors import CallError


def test_data_comes_out_clean():
    cleaned = SERVICES["light"]["turn_on"].clean({"entity_id": "light.a", "brightness": "999", "rgb_color": [1, 2, 3]})
    assert cleaned == {"entity_id": ["light.a"], "brightness": 255, "rgb_color": (1, 2, 3)}


@pytest.mark.parametrize(
    ("domain", "service", "data", "problem"),
    [
        ("light", "turn_on", {}, "must contain at least one of entity_id"),
        ("light", "turn_on", {"entity_id": "light.a", "brightness": 1, "brightness_pct": 1}, "exclusion 'brightness'"),
        ("cover", "set_cover_position", {"entity_id": "cover.a"}, "required key"),
        ("climate", "set_temperature", {"entity_id": "climate.a"}, "at least one of temperature"),
        ("switch", "turn_on", {"entity_id": "switch.a", "x": 1}, "extra keys"),
    ],
)
def test_wrong_data_is_refused(domain, service, data, problem):
    with pytest.raises(CallError, match=problem) as caught:
        SERVICES[domain][service].clean(data)
    assert caught.value.code == "invalid_format"


def test_generic_calls_take_anything():
    assert SERVICES["homeassistant"]["turn_off"].clean({"whatever": 1}) == {"whatever": 1}


def test_each_script_is_a_service_of_its_own():
    services = with_scripts(iter(["good_night"]))
    assert services["script"]["good_night"].clean({"any": 1}) == {"any": 1}
    assert "good_night" not in SERVICES["script"]


def test_descriptions_tell_fields_targets_and_responses():
    assert SERVICES["fan"]["set_percentage"].describe("fan")["fields"]["percentage"]["required"] is True
    assert SERVICES["lock"]["open"].describe("lock")["target"] == {
        "entity": [{"domain": ["lock"], "supported_features": [1]}]
    }
    assert SERVICES["weather"]["get_forecasts"].describe("weather")["response"] == {"optional": False}
