from wactorz_demo_home.catalog import SERVICES
from wactorz_demo_home.selectors import selector_of


def test_numbers_have_bounds_and_choices_options():
    assert selector_of("position")["number"]["max"] == 100
    assert "heat" in selector_of("hvac_mode")["select"]["options"]
    assert "red" in selector_of("color_name")["select"]["options"]
    assert selector_of("code") == {"text": None}


def test_every_field_tells_what_it_takes():
    for domain, services in SERVICES.items():
        for service in services.values():
            fields = service.describe(domain)["fields"].values()
            assert all(len(field["selector"]) == 1 for field in fields)
