from wactorz_demo_home.config import config_of, services_of
from wactorz_demo_home.house import built_in_house
from wactorz_demo_home.world import World


def test_the_house_says_what_it_is():
    config = config_of(World(built_in_house()))
    assert (config["location_name"], config["config_source"], config["state"]) == ("Demo home", "demo", "RUNNING")
    assert {"light", "lock", "climate"} <= set(config["components"])
    assert config["unit_system"]["temperature"] == "°C"


def test_every_service_is_described():
    services = services_of(World(built_in_house()))
    assert "good_night" in services["script"]
    assert all({"name", "description", "fields"} <= one.keys() for own in services.values() for one in own.values())
