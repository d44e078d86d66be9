"""Settings of the proxy."""

import pytest

from wactorz_docker_proxy.settings import ProxySettings, Role


def test_what_follows_from_the_project():
    settings = ProxySettings(role=Role.CREATE, project="home", images="a:1, b:2,")
    assert settings.guest_network == "home_guests"
    assert settings.guest_images == {"a:1", "b:2"}
    assert settings.address == ("0.0.0.0", 2375)
    assert ProxySettings(role=Role.CREATE, project="home", network="other").guest_network == "other"


def test_a_listening_address_needs_a_port():
    with pytest.raises(ValueError):
        _ = ProxySettings(role=Role.WATCH, project="home", listen="localhost").address
