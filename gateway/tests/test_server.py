"""Where the gateway may listen."""

import socket

import pytest

from wactorz_common.errors import ConfigError
from wactorz_gateway.server import check_bind, open_socket
from wactorz_gateway.settings import GatewaySettings


@pytest.mark.parametrize("bind", ["0.0.0.0", "::", "192.168.1.5", "", "example.org"])
def test_other_machines_need_a_token(bind):
    with pytest.raises(ConfigError, match="WACTORZ_API_TOKEN"):
        check_bind(GatewaySettings.model_validate({"http_bind": bind}))
    with pytest.raises(ConfigError, match="WACTORZ_API_TOKEN"):
        check_bind(GatewaySettings.model_validate({"http_bind": bind, "api_token": "  "}))
    check_bind(GatewaySettings.model_validate({"http_bind": bind, "api_token": "secret"}))


@pytest.mark.parametrize("bind", ["127.0.0.1", "localhost", "::1", "127.1.2.3"])
def test_this_machine_needs_none(bind):
    check_bind(GatewaySettings.model_validate({"http_bind": bind}))


def test_behind_a_proxy_its_address_counts():
    def behind(public, **more):
        return GatewaySettings.model_validate({"http_bind": "0.0.0.0", "http_public_bind": public, **more})

    check_bind(behind("127.0.0.1"))
    with pytest.raises(ConfigError, match=r"WACTORZ_HTTP_BIND=192\.168\.1\.5 .* WACTORZ_API_TOKEN"):
        check_bind(behind("192.168.1.5"))
    check_bind(behind("192.168.1.5", api_token="secret"))


def test_taken_port_is_a_sentence_with_what_to_do():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ConfigError, match=f"Port {port} .* is taken .* WACTORZ_HTTP_PORT"):
            open_socket("127.0.0.1", port)


def test_a_port_that_was_just_used_is_free_again():
    first = open_socket("127.0.0.1", 0)
    port = first.getsockname()[1]
    with socket.create_connection(("127.0.0.1", port)) as client:
        served, _ = first.accept() if first.getblocking() else accept(first)
        served.close()
        first.close()
        again = open_socket("127.0.0.1", port)
        assert again.getsockname()[1] == port
        again.close()
        client.close()


def accept(listener):
    listener.setblocking(True)
    return listener.accept()


def test_foreign_address_is_a_sentence():
    with pytest.raises(ConfigError, match="WACTORZ_HTTP_BIND"):
        open_socket("203.0.113.7", 0)


def test_token_is_never_shown():
    assert "secret" not in repr(GatewaySettings.model_validate({"api_token": "secret"}))


def test_answers_are_sent_at_once():
    with open_socket("127.0.0.1", 0) as listener:  # asyncio sets TCP_NODELAY only where the protocol is named
        assert listener.proto == socket.IPPROTO_TCP
