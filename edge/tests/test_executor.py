"""What all executors share."""

import pytest

from wactorz_common.accounts import guest_password
from wactorz_common.bus import Broker
from wactorz_common.contracts.hosting import HostAnswer
from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_edge.executor import HOST_SECONDS, INSTALL_SECONDS, Logins, answered, patience
from wactorz_edge.ledger import Guest

BROKER = Broker("mosquitto", 1883, "runner", "runners-own")


def make_guest(**fields):
    return Guest("probe", "id-1", SpawnSpec(name="probe", agent_id="id-1", **fields), "digest", "shared")


def test_without_a_node_secret_guests_log_in_as_the_runner():
    login = Logins(BROKER).login(make_guest())
    assert (login.host, login.username, login.password, login.client_id) == ("mosquitto", "runner", "runners-own", "")


def test_with_a_node_secret_each_guest_has_an_account_of_its_own():
    login = Logins(BROKER, "secret", "10.0.0.1").login(make_guest())
    assert (login.host, login.port) == ("10.0.0.1", 1883)
    assert login.username == "agent-probe"
    assert login.client_id == "wactorz-agent-probe"
    assert login.password == guest_password("secret", "id-1")
    assert "runners-own" not in login.model_dump_json()


def test_an_order_names_the_guest_and_hides_its_password():
    order = Logins(BROKER, "secret").order(make_guest(code="x = 1"))
    assert (order.op, order.name, order.spec.code) == ("host", "probe", "x = 1")
    assert guest_password("secret", "id-1") not in repr(order)


@pytest.mark.parametrize(("packages", "seconds"), [((), HOST_SECONDS), (("numpy",), INSTALL_SECONDS)])
def test_packages_take_longer(packages, seconds):
    assert patience(make_guest(install=packages)) == seconds


def test_what_a_host_says_is_passed_on():
    told = []

    class Keeper:
        def ended(self, name, reason, *, code=None, wished=False):
            told.append((name, reason, wished))

        def repaired(self, name, code):
            told.append((name, code))

    answered(Keeper(), "probe", HostAnswer(event="ended", error="over", final=True))
    answered(Keeper(), "probe", HostAnswer(event="ended"))
    answered(Keeper(), "probe", HostAnswer(event="repaired", code="x = 2"))
    answered(Keeper(), "probe", HostAnswer(event="repaired"))
    assert told == [("probe", "over", True), ("probe", "it ended by itself", False), ("probe", "x = 2")]
