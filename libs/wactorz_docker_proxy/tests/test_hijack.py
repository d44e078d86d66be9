"""What a client must send to attach."""

import pytest
from aiohttp.test_utils import make_mocked_request

from wactorz_docker_proxy.hijack import upgrade_of
from wactorz_docker_proxy.refusal import Refused


def request(method, **headers):
    return make_mocked_request(method, "/", {name.replace("_", "-"): value for name, value in headers.items()})


def test_only_the_headers_of_the_switch_are_passed_on():
    tcp = upgrade_of(request("POST", Connection="Upgrade", Upgrade="tcp", X_Other="1", Host="x"))
    assert tcp == {"Connection": "Upgrade", "Upgrade": "tcp"}
    socket = upgrade_of(
        request("GET", Connection="keep-alive, Upgrade", Upgrade="WebSocket", Sec_WebSocket_Key="k", Origin="http://x")
    )
    assert socket == {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "k"}


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {}), ("POST", {"Connection": "Upgrade", "Upgrade": "h2c"}), ("POST", {"Upgrade": "tcp"}),
        ("POST", {"Connection": "Upgrade", "Upgrade": "websocket"}), ("GET", {"Connection": "Upgrade", "Upgrade": "tcp"}),
    ],
)  # fmt: skip
def test_other_upgrades_are_refused(method, headers):
    with pytest.raises(Refused):
        upgrade_of(request(method, **headers))
