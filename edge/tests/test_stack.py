"""The native stack as data."""

from pathlib import Path

import pytest

from wactorz_common.bus import Broker
from wactorz_common.errors import ConfigError, ContractError
from wactorz_common.supervision import RestartType
from wactorz_edge import stack
from wactorz_edge.broker import BrokerPlan
from wactorz_edge.layout import Layout
from wactorz_edge.settings import EdgeSettings

SECRETS = {
    "ANTHROPIC_API_KEY": "canary-model",
    "HA_TOKEN": "canary-home",
    "WACTORZ_API_TOKEN": "canary-door",
    "WACTORZ_MQTT_URL": "mqtt://u:canary-broker@h",
    "GITHUB_TOKEN": "canary-unrelated",
}
PRIVATE = BrokerPlan(Broker("127.0.0.1", 21000, "wactorz", "canary-password"), Path("/s/pw"), ("/usr/sbin/mosquitto",))
HOME = stack.HomePlan(21001, Path("/s/token"))


@pytest.fixture
def settings(monkeypatch):
    monkeypatch.setattr(stack, "is_installed", lambda name: name != "not-there")
    return EdgeSettings()


def build(settings, given=SECRETS, home=HOME, broker=PRIVATE):
    return {unit.name: unit for unit in stack.build(settings, Layout(Path("/s")), given, broker, home, "socket")}


@pytest.mark.parametrize(
    ("canary", "owners"),
    [
        ("canary-model", {"llm"}),
        ("canary-home", {name for name in stack.OWNED if name.startswith("home-assistant-")}),
        ("canary-door", {"gateway"}),
        ("canary-broker", set()),
        ("canary-password", set()),
        ("canary-unrelated", set()),
    ],
)
def test_a_secret_reaches_its_owners_only(settings, canary, owners):
    units = build(settings, home=None)
    assert {name for name, unit in units.items() if canary in "".join((*unit.env.values(), *unit.command))} == owners


def test_every_service_is_told_where_the_broker_is(settings):
    units = build(settings)
    for name in stack.OWNED:
        assert units[name].env["MQTT_PORT"] == "21000"
        assert units[name].env["MQTT_PASSWORD_FILE"] == "/s/pw"
        assert units[name].env["WACTORZ_STATE_DIR"] == "/s"
    assert "MQTT_PORT" not in units["demo-home"].env


def test_with_a_demo_home_the_home_services_are_led_there(settings):
    units = build(settings)
    env = units["home-assistant-actuator"].env
    assert (env["HA_URL"], env["HA_TOKEN_FILE"]) == ("http://127.0.0.1:21001", "/s/token")
    assert "HA_URL" not in units["main"].env
    assert units["demo-home"].env["WACTORZ_DEMO_HOME_PORT"] == "21001"


def test_the_gateway_is_told_where_the_dashboard_lies_unless_a_person_says_so(settings, monkeypatch):
    monkeypatch.setattr(stack.page, "folder", lambda: "/checkout/spa/dist")
    assert build(settings)["gateway"].env["WACTORZ_HTTP_PAGE"] == "/checkout/spa/dist"
    assert "WACTORZ_HTTP_PAGE" not in build(settings)["main"].env
    assert build(settings, {"WACTORZ_HTTP_PAGE": ""})["gateway"].env["WACTORZ_HTTP_PAGE"] == ""


def test_the_stack_follows_what_is_configured(settings):
    assert "broker" in build(settings)
    assert "broker" not in build(settings, broker=BrokerPlan(Broker("h", 1), Path("/s/pw")))
    assert "demo-home" not in build(settings, home=None)


def test_the_fork_server_comes_first_and_knows_what_to_import(settings):
    units = build(settings)
    first = next(iter(units.values()))
    assert first.name == "fork-server"
    assert "wactorz_home_assistant_agent.__main__" in first.command[-1]
    assert not [word for word in ("anthropic", "hassil", "openai") if word in first.command[-1]]


def test_doors_close_first_and_the_broker_last(settings):
    waves = {name: unit.stop_wave for name, unit in build(settings).items()}
    order = [waves[name] for name in ("gateway", "main", "demo-home", "fork-server", "broker")]
    assert order == sorted(order)
    assert len(set(order)) == 5


def test_services_can_be_chosen_and_added(settings):
    settings = settings.model_copy(update={"services": "monitor, llm", "extra_services": "weather,llm"})
    assert stack.service_names(settings) == ["monitor", "llm", "weather"]
    units = build(settings)
    assert units["weather"].module == "wactorz_weather.__main__"
    assert units["weather"].kind is RestartType.TRANSIENT
    assert units["llm"].kind is RestartType.PERMANENT


@pytest.mark.parametrize("name", ["not-there", "broker", "fork-server", "demo-home"])
def test_a_service_that_cannot_be_is_refused_by_name(settings, name):
    with pytest.raises(ConfigError, match=name):
        stack.service_names(settings.model_copy(update={"extra_services": name}))


def test_a_bad_name_is_refused(settings):
    with pytest.raises(ContractError, match="Bad_Name"):
        stack.service_names(settings.model_copy(update={"services": "Bad_Name"}))


def test_what_is_installed_is_found():
    assert stack.is_installed("monitor")
    assert not stack.is_installed("surely-not-there")


def test_a_units_environment_is_not_shown(settings):
    assert "canary" not in repr(build(settings)["llm"])


def test_only_the_gateway_knows_the_graph_store(settings):
    given = {"FUSEKI_URL": "http://127.0.0.1:3030", "FUSEKI_PASSWORD": "secret-of-the-graph"}
    services = build(settings, given)
    assert given.items() <= services["gateway"].env.items()
    assert [name for name, service in services.items() if given.keys() & service.env.keys()] == ["gateway"]
